"""The command line: open the window, export, list panels, examine this machine, draw the gallery.

A mistake is told in one sentence on standard error, with exit code 2.
"""

import argparse
import json
import os
import sys
import threading
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kernels.description import FieldDescription, catalogue
from kernels.editing import dump, load, with_value
from kernels.errors import LayerscopeError, ParameterError
from kernels.parameters import Parameters
from visualizer.registry import find_panel, panels
from visualizer.scene import Play, Scene, find_scene

DEFAULT_PANEL = "gradient-descent"
MISTAKE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; gives the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options) or 0)
    except LayerscopeError as error:
        print(f"layerscope: {error}", file=sys.stderr)
        return MISTAKE
    except KeyboardInterrupt:
        print("layerscope: stopped; nothing half done was left.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="layerscope", description="Shows neural networks at work.", allow_abbrev=False
    )
    parser.set_defaults(command=_open, scene=DEFAULT_PANEL, set=[], device=None, full_screen=False)
    commands = parser.add_subparsers(metavar="COMMAND")

    opening = commands.add_parser("open", help="open the window on a scene or a panel")
    _add_scene(opening, nargs="?", default=DEFAULT_PANEL)
    opening.add_argument("--full-screen", action="store_true", help="begin in full screen")
    opening.set_defaults(command=_open)

    exporting = commands.add_parser("export", help="write a scene as pictures, film or numbers")
    _add_scene(exporting)
    exporting.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help=OUTPUT_HELP
    )
    exporting.add_argument("--frames", metavar="N", help="how many pictures")
    exporting.add_argument("--steps-per-frame", metavar="K", help="steps between two pictures")
    exporting.add_argument("--spacing", help="'linear', or 'log' for pictures ever further apart")
    exporting.add_argument("--size", metavar="WxH", help="such as 1920x1080; at most 3840x2160")
    exporting.add_argument("--fps", dest="frames_per_second", metavar="F", help="pictures a second")
    exporting.add_argument("--theme", help="'light' or 'dark'")
    exporting.add_argument("--transparent", action="store_true", help="leave out the ground")
    exporting.add_argument(
        "--progress", choices=("auto", "lines", "none"), default="auto", help=argparse.SUPPRESS
    )
    exporting.set_defaults(command=_export)

    listing = commands.add_parser("panels", help="list the panels and their parameters")
    listing.add_argument("--json", action="store_true", help="as JSON, with every parameter")
    listing.set_defaults(command=_panels)

    doctor = commands.add_parser("doctor", help="examine this machine and say what is wrong")
    doctor.set_defaults(command=_doctor)

    gallery = commands.add_parser("gallery", help="draw a picture of every panel's scenes")
    gallery.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    gallery.set_defaults(command=_gallery)
    return parser


OUTPUT_HELP = (
    "what to write: .png (one picture; numbered for a folder or a name with %%04d), .svg, .pdf, "
    ".mp4, .webm, .gif, .webp, .apng, .json, .csv, .npz"
)


def _add_scene(parser: argparse.ArgumentParser, **options: Any) -> None:
    parser.add_argument(
        "scene", metavar="SCENE-OR-PANEL", help="a scene file, or the key of a panel", **options
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="set a parameter, such as optimizers.0.learning_rate=0.2; view.… and play.… set those",
    )
    parser.add_argument("--device", help="where to compute: auto, cpu, cuda or mps")


def requested_scene(text: str, settings: Sequence[str], device: str | None) -> Scene:
    """The scene that a command line asks for: a file or a panel's own, with some values set."""
    scene = find_scene(text)
    info = find_panel(scene.panel)
    parameters = load(info.load_parameters(), scene.parameters)
    play = scene.play
    view = dict(scene.view)
    for given in settings:
        path, value = _assignment(given)
        if path.startswith("play."):
            play = with_value(play, path.removeprefix("play."), value)
        elif path.startswith("view."):
            view = dump(_with_view(info.load_panel().View, view, path.removeprefix("view."), value))
        else:
            parameters = with_value(parameters, path, value)
    if device is not None:
        play = with_value(play, "device", device)
    return scene.model_copy(update={"parameters": dump(parameters), "view": view, "play": play})


def _with_view(model: type[Parameters], view: dict[str, Any], path: str, value: Any) -> Parameters:
    return with_value(load(model, view), path, value)


def _assignment(text: str) -> tuple[str, Any]:
    """``PATH=VALUE`` with the value read as TOML, or as a text where it is none."""
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise ParameterError(
            f"--set takes PATH=VALUE, not '{text}'. Write, for instance, --set seed=3."
        )
    try:
        return path.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return path.strip(), value.strip()


def _open(options: argparse.Namespace) -> int:
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY")
        or os.environ.get("WAYLAND_DISPLAY")
        or os.environ.get("QT_QPA_PLATFORM")
    ):
        raise LayerscopeError(
            "There is no display to open a window on. Start Layerscope from a desktop, or write "
            "what it shows to a file: layerscope export gradient-descent -o demo.mp4"
        )
    from visualizer.app import run_window

    return run_window(options.scene, options.set, options.device, full_screen=options.full_screen)


def _export(options: argparse.Namespace) -> None:
    from visualizer.export import ExportSettings, Progress, export, remaining_seconds

    given: dict[str, Any] = {
        name: value
        for name in ("frames", "steps_per_frame", "spacing", "frames_per_second", "theme")
        if (value := getattr(options, name)) is not None
    }
    given["transparent"] = options.transparent
    if options.size is not None:
        given["width"], given["height"] = _size(options.size)
    settings = load(ExportSettings, given)
    scene = requested_scene(options.scene, options.set, options.device)
    begun = time.monotonic()

    def tell(progress: Progress) -> None:
        if options.progress == "lines":
            print(progress.done, progress.total, flush=True)
        elif options.progress == "auto" and sys.stderr.isatty():
            left = remaining_seconds(time.monotonic() - begun, progress) or 0.0
            line = f"picture {progress.done} of at most {progress.total}, {left:.0f} s left"
            print(f"\r{line:60}", end="", file=sys.stderr, flush=True)

    stopped = threading.Event()
    if options.progress == "lines":  # a window asked: when it lets go of our input, we stop
        threading.Thread(target=_wait_for_end, args=(stopped,), daemon=True).start()
    export(scene, options.output, settings, progress=tell, cancelled=stopped.is_set)
    if options.progress == "auto":
        end = "\r" if sys.stderr.isatty() else ""
        print(
            f"{end}{options.output} written in {time.monotonic() - begun:.1f} s.", file=sys.stderr
        )


def _wait_for_end(stopped: threading.Event) -> None:
    while sys.stdin.read(1):
        pass
    stopped.set()


def _size(text: str) -> tuple[str, str]:
    width, times, height = text.lower().partition("x")
    if not (times and width.isdigit() and height.isdigit()):
        raise ParameterError(f"--size is '{text}'; it must be WIDTHxHEIGHT, such as 1920x1080.")
    return width, height


def _panels(options: argparse.Namespace) -> None:
    if options.json:
        listed = [
            {
                "key": info.key,
                "title": info.title,
                "group": info.group,
                "summary": info.summary,
                "parameters": [_told(f) for f in catalogue(info.load_parameters())],
                "play": [_told(f) for f in catalogue(Play)],
            }
            for info in panels()
        ]
        print(json.dumps(listed, indent=1, default=str))
        return
    for info in panels():
        print(f"{info.key:20} {info.title}: {info.summary}")


def _told(field: FieldDescription) -> dict[str, Any]:
    told: dict[str, Any] = {"path": field.path, "type": field.kind, "help": field.help}
    told |= {
        "default": dump(field.default) if isinstance(field.default, Parameters) else field.default
    }
    for name in ("minimum", "maximum", "unit", "scale", "when"):
        if value := getattr(field, name):
            told[name] = value
    if field.minimum == 0:
        told["minimum"] = 0
    if field.choices:
        told["choices"] = [choice.value for choice in field.choices]
    told["live"] = field.live
    return told


def _doctor(options: argparse.Namespace) -> int:
    from visualizer.doctor import examine

    findings = examine()
    for finding in findings:
        print(f"{'ok ' if finding.good else 'NO '} {finding.subject:12} {finding.sentence}")
    return 0 if all(finding.good for finding in findings) else 1


def _gallery(options: argparse.Namespace) -> None:
    from visualizer.gallery import draw_gallery

    for path in draw_gallery(options.output):
        print(path)
