"""How the gradient-descent panel is looked at."""

from typing import Literal

from kernels.parameters import Parameters, View, setting
from widgets.camera import Camera


class ArrowsView(Parameters):
    """What is drawn at the ball of the chosen optimizer."""

    gradient: bool = setting(True, help="The way down: the gradient, turned round.")
    momentum: bool = setting(False, help="Where the optimizer's memory of gradients pulls.")
    step: bool = setting(False, help="The step that was just taken.")
    second_moment: bool = setting(
        False, help="A square whose side is the root of the mean squared gradient."
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
    chosen: int = setting(
        0, label="Chosen optimizer", ge=0, le=11, help="Whose arrows and whose update are shown."
    )
    log_loss: bool = setting(True, label="Log loss", help="The loss on a logarithmic axis.")
    arrows: ArrowsView = setting(ArrowsView(), help="What is drawn at the chosen ball.")
    azimuth: float = setting(-35.0, ge=-360, le=360, in_form=False, help="The camera, round.")
    elevation: float = setting(32.0, ge=0, le=90, in_form=False, help="The camera, above.")
    distance: float = setting(6.4, gt=0, le=100, in_form=False, help="The camera, how far off.")

    @property
    def camera(self) -> Camera:
        return Camera(self.azimuth, self.elevation, self.distance)
