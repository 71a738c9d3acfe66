"""How the training panel is looked at."""

from typing import Literal

from kernels.parameters import View, setting
from widgets.surface.camera import Camera

PHASES = ("batch", "forward", "loss", "backward", "update")  # of a step


class TrainingView(View):
    """Which points and curves are drawn, and how."""

    inside: bool = setting(
        False,
        label="Inside one step",
        help="Show the step to come in slow motion: batch, forward, loss, backward, update.",
    )
    phase: Literal["batch", "forward", "loss", "backward", "update"] = setting(
        "batch", in_form=False, help="Which phase of the step is shown."
    )
    sample: int = setting(
        1,
        ge=1,
        le=40,
        label="Sample in the step",
        help="Inside one step: whose numbers are shown, counted in the order of the batch.",
    )

    validation: bool = setting(
        False, label="Validation data", help="Also draw the points that are not trained on."
    )
    brush: Literal["A", "B", "C", "D", "E", "F", "G", "H", "erase"] = setting(
        "A",
        label="Painted class",
        labels={"erase": "Erase"},
        help="Of painted points: the class that a click or drag adds, or that it erases them.",
    )
    batch: bool = setting(True, label="Batch in use", help="Ring the points of the last step.")
    sharp: bool = setting(
        False,
        label="Sharp regions",
        help="Colour by the winning class alone, not by how sure the network is.",
    )
    right: Literal["regions", "surface"] = setting(
        "regions",
        label="Right of the network",
        labels={"regions": "Regions", "surface": "Surface"},
        help="What it says of two features: as a map with the data, or as a surface in space.",
    )
    surface_class: int = setting(
        2, ge=1, le=26, slider=(1, 8), help="Of the surface: whose probability; the first is 1."
    )
    pictures: Literal["mistakes", "layers", "weights", "batch"] = setting(
        "mistakes",
        label="Left of the matrix",
        labels={
            "mistakes": "Mistakes",
            "layers": "Layers",
            "weights": "First weights",
            "batch": "Batch in use",
        },
        help="Of a network that learns pictures: those that it takes for another class, its "
        "layers with their shapes, the weights of the first one, or the batch in use.",
    )
    cell: tuple[int, int] | None = setting(
        None, in_form=False, help="The true and the predicted class whose pictures are shown."
    )
    member: int = setting(
        0, ge=0, le=999, in_form=False, help="Of many seeds: the place of the one looked at."
    )
    beside: Literal["accuracy", "histograms", "normalization"] = setting(
        "accuracy",
        label="Beside the loss",
        labels={
            "accuracy": "Accuracy",
            "histograms": "Histograms",
            "normalization": "Batch normalisation",
        },
        help="The share of right answers; how weights, activations and gradients lie; or what "
        "batch normalisation does with the batch in use.",
    )
    norm_layer: int = setting(
        1, ge=1, le=12, label="Normalisation layer", help="Which one, where there are more."
    )
    norm_channel: int = setting(
        1,
        ge=0,
        le=512,
        slider=(0, 64),
        label="Normalised channel",
        help="Which channel or unit of that layer; 0 for all of them.",
    )
    sampler: int = setting(
        0, ge=0, le=4, help="Of compared samplings: whose samples are shown; 0 is random order."
    )
    log_loss: bool = setting(True, label="Log loss", help="The loss on a logarithmic axis.")
    azimuth: float = setting(-35.0, ge=-360, le=360, in_form=False, help="The camera, round.")
    elevation: float = setting(32.0, ge=0, le=90, in_form=False, help="The camera, above.")
    distance: float = setting(6.4, gt=0, le=100, in_form=False, help="The camera, how far off.")

    def camera(self) -> Camera:
        """Where the eye stands before a surface."""
        return Camera(self.azimuth, self.elevation, self.distance)
