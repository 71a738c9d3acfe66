"""How the gradient-descent panel is looked at."""

from typing import Literal

from kernels.parameters import Parameters, View, setting
from widgets.camera import Camera


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
        False, help="A square that grows with the logarithm of the mean squared gradient."
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
    turning: float = setting(
        0.0, ge=-45, le=45, unit="degrees a step", help="How fast the surface turns by itself."
    )
    azimuth: float = setting(-35.0, ge=-360, le=360, in_form=False, help="The camera, round.")
    elevation: float = setting(32.0, ge=0, le=90, in_form=False, help="The camera, above.")
    distance: float = setting(6.4, gt=0, le=100, in_form=False, help="The camera, how far off.")

    def camera(self, step: int) -> Camera:
        """Where the eye stands after `step` steps."""
        azimuth = (self.azimuth + self.turning * step + 180) % 360 - 180
        return Camera(azimuth, self.elevation, self.distance)
