"""What is asked of the landscape of a network in training."""

from typing import Literal

from kernels.parameters import Parameters, setting

PlaneName = Literal["random", "path"]
PLANE_LABELS = {"random": "Random, through the weights", "path": "Of the path (PCA)"}


class LandscapeExperiment(Parameters):
    """The network is trained, and meanwhile its loss is drawn on a plane through its weights."""

    kind: Literal["landscape"] = "landscape"
    plane: PlaneName = setting(
        "random",
        labels=PLANE_LABELS,
        help="Through the present weights in two random directions, scaled filter by filter to "
        "the network (Li et al. 2018); or the plane in which the path varies most.",
    )
    runs: int = setting(
        1,
        ge=1,
        le=4,
        help="How many networks from different first weights are on the plane; a random one goes "
        "through the weights of the first.",
    )
    reach: float = setting(
        1.0,
        gt=0,
        le=10,
        slider=(0.1, 3.0),
        help="Of a random plane: how far it reaches to each side; at 1 each filter is moved by its "
        "own length.",
    )
    directions: int = setting(
        0, ge=0, le=2**32 - 1, label="Directions seed", help="What the random directions come from."
    )
    samples: int = setting(
        500,
        ge=1,
        le=10_000,
        slider=(50, 2000),
        scale="log",
        help="The loss is that of so many training samples, the first ones.",
    )
    resolution: int = setting(
        51, ge=7, le=101, slider=(25, 101), unit="points", help="A side of the finest grid."
    )
    evaluations: int = setting(
        30,
        ge=1,
        le=10_000,
        slider=(5, 500),
        scale="log",
        label="Points a step",
        help="At how many points of the grid the loss is taken in a step; with more it is complete "
        "sooner, and steps are slower.",
    )

    def idle(self) -> frozenset[str]:
        return frozenset() if self.plane == "random" else frozenset({"reach", "directions"})
