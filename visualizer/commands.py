"""What the commands of the command line do; each gives its exit code, or None for success."""

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from kernels.description import FieldDescription, catalogue
from kernels.editing import dump
from kernels.errors import ExportError, LayerscopeError
from kernels.parameters import Parameters
from visualizer.registry import PanelInfo, broken_panels, panels
from visualizer.requests import requested_scene, requested_settings
from visualizer.scenes.scene import Play


def open_window(options: argparse.Namespace) -> int:
    """Open the window and run until it is closed."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(map(os.environ.get, names)):
        raise LayerscopeError(
            "There is no display to open a window on. Start Layerscope from a desktop, or write "
            "what it shows to a file with 'layerscope export gradient-descent -o demo.mp4'."
        )
    from visualizer.window.app import run_window

    _tell_of_broken_panels()
    return run_window(options.scene, options.set, options.device, full_screen=options.full_screen)


def export_scene(options: argparse.Namespace) -> None:
    """Write a scene to a file."""
    from visualizer.exporting.export import ExportCancelled, export
    from visualizer.scenes.sources import changed_sources

    if not options.output:  # what an unset variable of a shell gives; a Path would be this folder
        raise ExportError("The name of the file to write is empty. Give one, such as film.mp4.")
    names = ("frames", "steps_per_frame", "spacing", "frames_per_second", "theme", "transparent")
    settings = requested_settings({n: getattr(options, n) for n in names}, options.size)
    scene = requested_scene(options.scene, options.set, options.device)
    for sentence in changed_sources(scene):
        print(f"layerscope: {sentence}", file=sys.stderr)
    begun = time.monotonic()
    is_let_go = _end_of_input() if options.progress == "lines" else lambda: False
    with _ended_gently() as is_ended:
        try:
            export(
                scene,
                options.output,
                settings,
                progress=_teller(options.progress, begun),
                cancelled=lambda: is_ended() or is_let_go(),
                hidden=options.hidden,
            )
        except ExportCancelled:
            if is_ended():
                raise KeyboardInterrupt from None
            raise
    if options.progress == "auto":
        seconds = time.monotonic() - begun
        print(f"{_line_start()}{options.output} written in {seconds:.1f} s.", file=sys.stderr)


def list_panels(options: argparse.Namespace) -> None:
    """Print every panel with its parameters."""
    _tell_of_broken_panels()
    if options.json:
        print(json.dumps([_panel_told(info) for info in panels()], indent=1, allow_nan=False))
        return
    for info in panels():
        told = _panel_told(info)
        print(f"{info.key}: {info.title}. {info.summary}\n")
        for field in (*told["parameters"], *_below("view", told["view"])):
            print(_text_of(field))
        print()
    print("Of every panel, how it is played:\n")
    for field in _below("play", _fields_told(Play)):
        print(_text_of(field))


def examine_machine(options: argparse.Namespace) -> int:
    """Print what the doctor finds; 1 if something is wrong."""
    from visualizer.doctor import examine

    findings = examine()
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=1))
    else:
        for finding in findings:
            print(f"{'ok ' if finding.good else 'NO '} {finding.subject:20} {finding.sentence}")
    return 0 if all(finding.good for finding in findings) else 1


def draw_gallery(options: argparse.Namespace) -> None:
    """Draw a picture of every scene that ships, and print where they are."""
    from visualizer.gallery import draw_gallery

    for path in draw_gallery(options.output):
        print(path, flush=True)


# ---- export: how far it is, and when it is to stop ------------------------------------------


def _teller(progress: str, begun: float) -> Callable[[Any], None]:
    """What tells how far an export is, as `--progress` wants it."""
    from visualizer.exporting.export import Progress, remaining_seconds

    def tell_lines(now: Progress) -> None:
        print(now.done, now.total, flush=True)

    def tell_terminal(now: Progress) -> None:
        left = remaining_seconds(time.monotonic() - begun, now) or 0.0
        line = f"picture {now.done} of at most {now.total}, {left:.0f} s left"
        print(f"\r{line:60}", end="", file=sys.stderr, flush=True)

    if progress == "lines":
        return tell_lines
    return tell_terminal if progress == "auto" and sys.stderr.isatty() else lambda _: None


def _line_start() -> str:
    """What clears the line of the progress on a terminal."""
    return f"\r{'':60}\r" if sys.stderr.isatty() else ""


def _end_of_input() -> Callable[[], bool]:
    """Tells whether whoever holds our standard input has let it go."""
    ended = threading.Event()

    def wait() -> None:
        # Not through sys.stdin: a thread that waits in it at the end of the program aborts Python.
        while os.read(0, 4096):
            pass
        ended.set()

    threading.Thread(target=wait, name="end of input", daemon=True).start()
    return ended.is_set


@contextmanager
def _ended_gently() -> Iterator[Callable[[], bool]]:
    """Gives what tells whether somebody has asked, by Ctrl+C or a signal, that the program end.

    An exception at whatever place it happens to be at could leave the lock of an import taken, for
    which another thread would wait for ever. Only Ctrl+C a second time raises one.
    """
    kept, is_ended = {}, False

    def note(number: int, _frame: object) -> None:
        nonlocal is_ended
        if is_ended and number == signal.SIGINT:
            raise KeyboardInterrupt
        is_ended = True

    if threading.current_thread() is threading.main_thread():
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
            if number := getattr(signal, name, None):
                kept[number] = signal.signal(number, note)
    try:
        yield lambda: is_ended
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


# ---- panels: what there is to set -----------------------------------------------------------


def _tell_of_broken_panels() -> None:
    for sentence in broken_panels().values():
        print(f"layerscope: {sentence}", file=sys.stderr)


def _panel_told(info: PanelInfo) -> dict[str, Any]:
    model = info.load_parameters()
    return {
        "key": info.key,
        "title": info.title,
        "group": info.group,
        "summary": info.summary,
        "parameters": _fields_told(model),
        "view": _fields_told(info.load_panel().View),
        "play": _fields_told(Play),
    }


def _fields_told(model: type[Parameters]) -> list[dict[str, Any]]:
    defaults = dump(model())
    return [_told(field, defaults) for field in catalogue(model)]


def _below(group: str, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The `fields` of a group, with the paths by which the command line sets them."""
    return [field | {"path": f"{group}.{field['path']}"} for field in fields]


def _told(field: FieldDescription, defaults: Any) -> dict[str, Any]:
    """What can be set, in plain types; what is None, empty or false is left out."""
    told: dict[str, Any] = {"path": field.path, "type": field.kind, "help": field.help}
    told["default"] = _rows(field.path, defaults) if field.kind == "list" else field.default
    if field.minimum is not None:
        told["exclusive_minimum" if field.exclusive_minimum else "minimum"] = field.minimum
    if field.maximum is not None:
        told["exclusive_maximum" if field.exclusive_maximum else "maximum"] = field.maximum
    if field.choices:
        told["choices"] = [choice.value for choice in field.choices]
    if field.kind == "list":
        told["rows"] = [field.minimum_items, field.maximum_items]
    if field.scale != "linear":
        told["scale"] = field.scale
    told |= {name: value for name in ("unit", "when") if (value := getattr(field, name))}
    return told | {name: True for name in ("live", "optional") if getattr(field, name)}


def _rows(path: str, defaults: Any) -> Any:
    """The rows that the list at `path` has by default; None if it is not there by default."""
    for part in path.split("."):
        if not isinstance(defaults, dict):
            return None
        defaults = defaults.get(part)
    return defaults


def _text_of(told: dict[str, Any]) -> str:
    """A field that is told, in two lines: how it is set, and what it does."""
    signs = {"exclusive_minimum": ">", "minimum": "≥", "maximum": "≤", "exclusive_maximum": "<"}
    bounds = [f"{sign} {told[name]:.12g}" for name, sign in signs.items() if name in told]
    allowed = ", ".join([told["type"], *bounds, *map(str, told.get("choices", ()))])
    default, unit = told["default"], told.get("unit", "")
    value = "" if default is None or told["type"] == "list" else f" = {default} {unit}".rstrip()
    condition = f"; with {told['when']}" if "when" in told else ""
    return f"  {told['path']}{value}  ({allowed}{condition})\n      {told['help']}"
