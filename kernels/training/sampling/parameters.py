"""The parameters of the comparison of ways to choose what a step learns from."""

from typing import Annotated, Literal

from pydantic import Field

from kernels.parameters import Parameters, setting

MOST_CHOSEN = 2000  # samples of a coreset
MOST_SAMPLERS, MOST_REPEATS = 4, 10


class CurriculumSampler(Parameters):
    """A part of the data that grows to all of them, taken by how hard they are.

    How hard a sample is, is its loss in the network as it is, told anew at each epoch.
    Sources: Bengio et al., Curriculum Learning (2009); Kumar et al., Self-Paced Learning (2010);
    Wu et al., When Do Curricula Work? (2021), who find that the growth alone does as much: choose
    the order "random" for that.
    """

    kind: Literal["curriculum"] = "curriculum"
    order: Literal["easy", "hard", "random"] = setting(
        "easy",
        labels={"easy": "Easy first", "hard": "Hard first", "random": "In random order"},
        help="Which samples come first; the random order shows what the growth alone does.",
    )
    start: float = setting(
        0.2, gt=0, le=1, label="First part", help="The share of the data at the start."
    )
    until: float = setting(
        10.0,
        gt=0,
        le=10_000,
        slider=(1.0, 100.0),
        scale="log",
        unit="epochs",
        help="After how many epochs all data are in use.",
    )


class CoresetSampler(Parameters):
    """A few of the samples, chosen once or again and again, and no others.

    k-centre takes the sample that is farthest from all that are chosen, in what the last hidden
    layer gives. Source: Sener and Savarese, Active Learning for Convolutional Neural Networks: A
    Core-Set Approach (2018), algorithm 1.
    """

    kind: Literal["coreset"] = "coreset"
    choice: Literal["random", "highest loss", "k-centre"] = setting(
        "k-centre",
        labels={"random": "At random", "highest loss": "Highest loss", "k-centre": "k-centre"},
        help="How the samples are chosen.",
    )
    size: int = setting(
        50, ge=1, le=MOST_CHOSEN, slider=(2, 500), scale="log", help="How many samples it has."
    )
    after: int = setting(
        1,
        ge=0,
        le=1000,
        slider=(0, 20),
        unit="epochs",
        help="How long all data are used before it is chosen.",
    )
    every: int = setting(
        5,
        ge=0,
        le=1000,
        slider=(0, 50),
        unit="epochs",
        help="After how many epochs it is chosen anew; 0: never.",
    )


SamplerSpec = Annotated[CurriculumSampler | CoresetSampler, Field(discriminator="kind")]

SAMPLER_LABELS = {"curriculum": "Curriculum", "coreset": "Coreset"}


class SamplingExperiment(Parameters):
    """Ways to choose what a step learns from, beside random ones, at equal numbers of updates."""

    kind: Literal["sampling"] = "sampling"
    samplers: tuple[SamplerSpec, ...] = setting(
        (
            CurriculumSampler(),
            CoresetSampler(choice="highest loss"),
            CoresetSampler(choice="k-centre"),
        ),
        min_length=1,
        max_length=MOST_SAMPLERS,
        labels=SAMPLER_LABELS,
        help="What is compared with random order, which is always there.",
    )
    repeats: int = setting(
        3,
        ge=1,
        le=MOST_REPEATS,
        help="From how many seeds, of first weights and orders, each is trained; a difference "
        "smaller than their spread tells nothing.",
    )
