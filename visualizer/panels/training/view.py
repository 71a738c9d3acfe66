"""How the training panel is looked at."""

from typing import Literal

from kernels.parameters import View, setting


class TrainingView(View):
    """Which points and curves are drawn, and how."""

    validation: bool = setting(
        False, label="Validation data", help="Also draw the points that are not trained on."
    )
    brush: Literal["A", "B", "C", "D", "E", "F", "G", "H"] = setting(
        "A", label="Painted class", help="Of painted points: the class that a click or drag adds."
    )
    batch: bool = setting(True, label="Batch in use", help="Ring the points of the last step.")
    sharp: bool = setting(
        False,
        label="Sharp regions",
        help="Colour by the winning class alone, not by how sure the network is.",
    )
    pictures: Literal["mistakes", "layers"] = setting(
        "mistakes",
        label="Left of the matrix",
        labels={"mistakes": "Mistakes", "layers": "Layers"},
        help="Of a network that learns pictures: those that it takes for another class, or its "
        "layers with their shapes.",
    )
    cell: tuple[int, int] | None = setting(
        None, in_form=False, help="The true and the predicted class whose pictures are shown."
    )
    beside: Literal["accuracy", "histograms"] = setting(
        "accuracy",
        label="Beside the loss",
        labels={"accuracy": "Accuracy", "histograms": "Histograms"},
        help="The share of right answers; or how weights, activations and gradients lie.",
    )
    log_loss: bool = setting(True, label="Log loss", help="The loss on a logarithmic axis.")
