"""What data sets drawn from formulas have in common: how many points, noise, and the division."""

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np

from kernels.parameters import setting
from kernels.samples.samples import Dataset, DatasetParameters, divided
from kernels.simulation import Array

CLASS_NAMES = ("A", "B", "C", "D", "E", "F", "G", "H")
PLANE = ((-6.0, 6.0), (-6.0, 6.0))


def count_of(default: int = 500) -> Any:
    """The field for how many points there are."""
    return setting(
        default,
        help="How many points there are, for training and validation together.",
        label="Points",
        ge=20,
        le=100_000,
        slider=(20, 2000),
    )


def train_share_of(default: float) -> Any:
    """The field for the share of the samples that a network is trained on."""
    return setting(
        default,
        help="The share of the samples that is trained on; the others validate.",
        ge=0.1,
        le=0.9,
    )


def noise_of(default: float, help: str) -> Any:
    """The field for a standard deviation, in units of the axis that it acts along."""
    return setting(default, help=help, ge=0, le=5, slider=(0, 2))


class Toy(DatasetParameters):
    """Points drawn from a formula.

    Position, noise, labels drawn anew and division come from streams of their own, so that more
    noise moves the same points further.
    """

    features: ClassVar[tuple[str, ...]] = ("x1", "x2")
    domain: ClassVar[tuple[tuple[float, float], ...]] = PLANE

    count: int = count_of()
    train_share: float = train_share_of(0.5)


class ClassToy(Toy):
    """Points of the plane in two classes or more."""

    noise: float = noise_of(
        0.0, "The standard deviation by which each coordinate is shifted, its class unchanged."
    )
    label_noise: float = setting(
        0.0,
        help="The share of labels that are drawn anew among all classes, in training and "
        "validation alike.",
        ge=0,
        le=1,
    )
    balance: float = setting(
        0.5, help="The share of the first of two classes.", ge=0.05, le=0.95, label="Class balance"
    )

    def idle(self) -> frozenset[str]:
        return frozenset() if self.class_count == 2 else frozenset({"balance"})

    @property
    def class_count(self) -> int:
        """How many classes there are."""
        return 2

    @abstractmethod
    def place(self, label: int, count: int, rng: np.random.Generator) -> Array:
        """`count` points of class number `label`, without noise, (count, 2)."""

    def sizes(self) -> tuple[int, ...]:
        """How many points each class has: alike, or by `balance` where there are two."""
        if self.class_count == 2:
            first = max(1, min(round(self.balance * self.count), self.count - 1))
            return (first, self.count - first)
        each, rest = divmod(self.count, self.class_count)
        return tuple(each + (label < rest) for label in range(self.class_count))

    def load(self, seed: int) -> Dataset:
        where, shift, anew, order = np.random.default_rng(seed).spawn(4)
        sizes = self.sizes()
        points = np.concatenate([self.place(k, size, where) for k, size in enumerate(sizes)])
        points += self.noise * shift.standard_normal(points.shape)
        labels = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
        chosen = anew.permutation(self.count)[: round(self.label_noise * self.count)]
        labels[chosen] = anew.integers(len(sizes), size=self.count)[chosen]
        train, validation = divided(points.astype(np.float32), labels, self.train_share, order)
        return Dataset(
            title=self.title,
            train=train,
            validation=validation,
            classes=CLASS_NAMES[: len(sizes)],
            features=self.features,
            domain=self.domain,
        )


class NumberToy(Toy):
    """Points, uniform in the domain, at each of which a number is to be found."""

    noise: float = noise_of(0.0, "The standard deviation of the normal error of each target.")

    @abstractmethod
    def target(self, *x: Array) -> Array:
        """What is to be found, without noise, where the features are `x`, (N,) each."""

    def load(self, seed: int) -> Dataset:
        where, shift, order = np.random.default_rng(seed).spawn(3)
        low, high = np.transpose(self.domain)
        points = where.uniform(low, high, (self.count, len(self.domain)))
        targets = self.target(*points.T) + self.noise * shift.standard_normal(self.count)
        train, validation = divided(
            points.astype(np.float32),
            targets[:, np.newaxis].astype(np.float32),
            self.train_share,
            order,
        )
        return Dataset(
            title=self.title,
            train=train,
            validation=validation,
            features=self.features,
            domain=self.domain,
        )
