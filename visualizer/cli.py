"""The command line: what can be asked for. `visualizer.commands` does it.

Nothing is imported here before it is needed: help comes at once, and a foreign package that stands
in the place of one of ours is told of, not stumbled over. A mistake is told in one sentence on
standard error, with exit code 2.
"""

import argparse
import errno
import importlib.metadata
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from visualizer import MISTAKE

DEFAULT_PANEL = "gradient-descent"
STOPPED = 130  # as a shell counts what Ctrl+C ended

OUTPUT_HELP = (
    "what to write: .png (one picture of the end; numbered for a folder or a name with %%04d), "
    ".svg, .pdf, .mp4, .webm, .gif, .webp, .apng, .json, .csv, .npz; of a network in training also "
    ".safetensors (its weights) and .py (a script that trains it the same)"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; gives the exit code."""
    options = _parser().parse_args(arguments)
    try:
        from kernels.errors import LayerscopeError

        command = pkgutil.resolve_name(f"visualizer.commands:{options.command}")
    except ImportError as error:
        return _say(_missing(error), MISTAKE)
    try:
        code = int(command(options) or 0)
        if sys.stdout:  # under pythonw there is none
            sys.stdout.flush()  # here a full disk can still be told
        return code
    except LayerscopeError as error:
        return _say(str(error), MISTAKE)
    except ImportError as error:
        return _say(_missing(error), MISTAKE)
    except KeyboardInterrupt:
        return _say("stopped; nothing half done was left.", STOPPED)
    except BrokenPipeError:  # whoever read what we print has read enough
        _silence()
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _silence()
        return _say("The disk is full; what was to be printed is cut off. Make room.", MISTAKE)


def _silence() -> None:
    """Let go of what is still to be printed, which Python would try again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"layerscope: {sentence}\n")
    return code


def _missing(error: ImportError) -> str:
    """What to do about a module that is not there, or is another one of that name."""
    from visualizer.doctor import foreign_packages

    for finding in foreign_packages():
        return finding.sentence
    return f"{error}. 'layerscope doctor' says what is missing and how to mend it."


class Parser(argparse.ArgumentParser):
    """A parser that takes no abbreviations and tells a mistake in a sentence."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:].rstrip(".")
        self.exit(MISTAKE, f"layerscope: {sentence}. See {self.prog} --help.\n")


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="layerscope", description="Shows neural networks at work.")
    parser.add_argument("--version", action="version", version=f"layerscope {_version()}")
    parser.set_defaults(command="open_window", scene=DEFAULT_PANEL, set=[], device=None)
    parser.set_defaults(full_screen=False)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")

    opening = commands.add_parser("open", help="open the window on a scene or a panel")
    _add_scene(opening, nargs="?", default=DEFAULT_PANEL)
    opening.add_argument("--full-screen", action="store_true", help="begin in full screen")
    opening.set_defaults(command="open_window")

    exporting = commands.add_parser("export", help="write a scene as pictures, film or numbers")
    _add_scene(exporting)
    _add_export(exporting)
    exporting.set_defaults(command="export_scene")

    listing = commands.add_parser("panels", help="list the panels and their parameters")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(command="list_panels")

    doctor = commands.add_parser("doctor", help="examine this machine and say what is wrong")
    doctor.add_argument("--json", action="store_true", help="as JSON")
    doctor.set_defaults(command="examine_machine")

    gallery = commands.add_parser("gallery", help="draw a picture of every panel's scenes")
    gallery.add_argument("-o", "--output", required=True, metavar="DIR", help="where to put them")
    gallery.set_defaults(command="draw_gallery")
    return parser


def _add_scene(parser: argparse.ArgumentParser, **options: Any) -> None:
    parser.add_argument(
        "scene",
        metavar="SCENE-OR-PANEL",
        help="a scene file, the name of a scene that ships, or the key of a panel",
        **options,
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="set a parameter, such as optimizers.0.learning_rate=0.2; view.… and play.… set those",
    )
    parser.add_argument("--device", help="where to compute: auto, cpu, cuda or mps")


def _add_export(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("-o", "--output", required=True, metavar="FILE", help=OUTPUT_HELP)
    add("--frames", metavar="N", help="how many pictures at most; fewer if the run ends before")
    add("--steps-per-frame", metavar="K", help="steps between two pictures")
    add(
        "--spacing",
        help="'linear', or 'log' for as many pictures ever further apart, which needs 2 steps "
        "between two pictures or more",
    )
    add("--size", metavar="WxH", help="such as 1920x1080; at most 3840x2160")
    add("--fps", dest="frames_per_second", metavar="F", help="pictures a second of a film")
    add("--theme", help="'light' or 'dark'")
    add("--transparent", action="store_true", help="leave out the ground")
    # For the window, which reads "done total" from us and closes our input to stop us, and which
    # removes the folder that we write in if it had to kill us.
    add("--progress", choices=("auto", "lines", "none"), default="auto", help=argparse.SUPPRESS)
    add("--hidden", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)


def _version() -> str:
    try:
        return importlib.metadata.version("layerscope")
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"
