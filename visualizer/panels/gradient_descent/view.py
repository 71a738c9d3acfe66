"""How the gradient-descent panel is looked at."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import model_validator

from kernels.descent.base import MOST_OPTIMIZERS
from kernels.objectives.catalogue import Objective
from kernels.objectives.logistic import LogisticObjective
from kernels.objectives.surfaces import SURFACES
from kernels.parameters import Parameters, View, setting
from widgets.plots.contours import Spacing
from widgets.surface.camera import Camera

PLATEAU = SURFACES["plateau"].title


class ArrowsView(Parameters):
    """What is drawn at the ball of the chosen optimizer."""

    gradient: bool = setting(
        True, help="Learning rate times the slope, downhill: the step of plain gradient descent."
    )
    momentum: bool = setting(
        False, help="Learning rate times the memory of gradients, downhill, where it is kept."
    )
    step: bool = setting(False, help="The step that was just taken.")
    magnified: float = setting(
        1.0, gt=0, le=1e6, scale="log", slider=(0.1, 1000), help="How many times as long as true."
    )
    second_moment: bool = setting(
        False,
        help="A rectangle whose sides grow with the logarithm of the root mean squared gradient.",
    )


class GradientDescentView(View):
    """Which views are there, and what is drawn in them."""

    left: Literal["data", "surface", "update"] = setting(
        "data",
        label="Left",
        labels={"data": "Data", "surface": "Surface", "update": "One update"},
        help="Left of the map: the data with the moving line, the surface in 3-D, or one update "
        "worked through. Where there are no data, the surface is shown.",
    )
    optimizer: int = setting(
        1,
        label="Chosen optimizer",
        ge=1,
        le=MOST_OPTIMIZERS,
        slider=(1, 8),
        help="Whose arrows, update and sentence are shown: its place in the list, the first is 1.",
    )
    log_loss: bool = setting(True, label="Log loss", help="The loss on a logarithmic axis.")
    levels: Literal["auto", "areas", "even"] = setting(
        "auto",
        label="Contour lines",
        labels={"auto": "As suits the surface", "areas": "At equal areas", "even": "At even steps"},
        help="At equal areas a narrow ravine reads as well as a bowl; at even steps lines lie "
        "close where it is steep, and level ground has none: that suits a plateau and a logistic "
        "curve.",
    )
    arrows: ArrowsView = setting(ArrowsView(), help="What is drawn at the chosen ball.")
    turning: float = setting(
        0.0, ge=-45, le=45, unit="degrees a step", help="How fast the surface turns by itself."
    )
    azimuth: float = setting(-35.0, ge=-360, le=360, in_form=False, help="The camera, round.")
    elevation: float = setting(32.0, ge=0, le=90, in_form=False, help="The camera, above.")
    distance: float = setting(6.4, gt=0, le=100, in_form=False, help="The camera, how far off.")

    @model_validator(mode="before")
    @classmethod
    def _read_chosen(cls, data: Any) -> Any:
        """Scenes once had the number of the row, from 0, as `chosen`."""
        if not isinstance(data, Mapping) or not isinstance(data.get("chosen"), int):
            return data
        rest = {name: value for name, value in data.items() if name != "chosen"}
        return {"optimizer": data["chosen"] + 1} | rest

    @property
    def chosen(self) -> int:
        """The row of the chosen optimizer, from 0."""
        return self.optimizer - 1

    def spacing(self, objective: Objective) -> Spacing:
        """How the contour lines of `objective` are spaced."""
        if self.levels != "auto":
            return self.levels
        level = isinstance(objective, LogisticObjective) or objective.title == PLATEAU
        return "even" if level else "areas"

    def camera(self, step: int) -> Camera:
        """Where the eye stands after `step` steps."""
        return Camera(_turned(self.azimuth, self.turning * step), self.elevation, self.distance)

    def azimuth_from(self, seen: float, step: int) -> float:
        """The azimuth that it must have so that the eye stands at `seen` after `step` steps."""
        return _turned(seen, -self.turning * step)


def _turned(azimuth: float, by: float) -> float:
    """`azimuth` turned `by`, all in degrees, from -180 on."""
    return (azimuth + by + 180) % 360 - 180
