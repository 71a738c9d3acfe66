"""How a scene is exported: the size of its pictures, their number, and at which steps they lie."""

from typing import Literal

from kernels.errors import ParameterError
from kernels.parameters import Parameters, setting
from visualizer.scenes.scene import Play

WIDEST, TALLEST = 3840, 2160


class ExportSettings(Parameters):
    """How a scene is exported; what is None is as the scene says."""

    frames: int | None = setting(None, help="How many pictures, at most.", ge=1, le=1_000_000)
    steps_per_frame: int | None = setting(
        None, help="Steps between two pictures.", ge=1, le=1_000_000
    )
    spacing: Literal["linear", "log"] = setting(
        "linear",
        help="Whether pictures lie evenly in the run, or, with 2 steps a picture or more, ever "
        "further apart.",
    )
    width: int = setting(1280, help="Width of the picture.", unit="px", ge=64, le=WIDEST)
    height: int = setting(720, help="Height of the picture.", unit="px", ge=64, le=TALLEST)
    frames_per_second: float | None = setting(
        None, help="How many pictures of a film are shown a second.", unit="1/s", ge=0.1, le=240
    )
    transparent: bool = setting(False, help="Whether the ground is left out, to lay it over film.")
    theme: Literal["light", "dark"] = setting("light", help="On light or on dark ground.")


def frame_steps(play: Play, settings: ExportSettings) -> list[int]:
    """The step numbers at which pictures are taken, rising, from 0 on.

    However they are spaced, there are as many and the last is the same. A scene that is played at
    full speed (0 steps a picture) is exported step by step.

    Raises `ParameterError` if they are to lie ever further apart where every step has its picture.
    """
    count = settings.frames or play.frames
    stride = settings.steps_per_frame or play.steps_per_frame or 1
    if settings.spacing == "linear" or count < 3:
        return [i * stride for i in range(count)]
    if stride == 1:
        raise ParameterError(
            "spacing is 'log', but at 1 step a picture every step has its picture already, so that "
            "they cannot lie ever further apart. Give more steps a picture (--steps-per-frame 10), "
            "or the spacing 'linear'.",
            "spacing",
        )
    return _spread(count, (count - 1) * stride)


def _spread(count: int, last: int) -> list[int]:
    """0, 1, ..., `last`: `count` whole numbers, each the same multiple of the one before.

    Small ones, which that would make equal, follow one by one; the others share what is left.
    """
    steps = [0, 1]
    place, ratio = 1.0, last ** (1 / (count - 2))
    while len(steps) < count:
        place *= ratio
        if place < steps[-1] + 1:
            place = steps[-1] + 1.0
            ratio = (last / place) ** (1 / max(1, count - len(steps) - 1))
        steps.append(round(place))
    return steps
