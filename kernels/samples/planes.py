"""Classes in the plane: circle, exclusive or, Gaussians, spirals, moons and a checkerboard.

The formulas are Layerscope's own. Circle, exclusive or, two Gaussians and the spiral of two arms
have about the sizes of those of TensorFlow Playground (Smilkov et al. 2017, arXiv:1708.03788), the
moons the shape of those of scikit-learn's ``make_moons``, three times as large.
"""

from typing import ClassVar, Literal

import numpy as np

from kernels.parameters import setting
from kernels.samples.toys import ClassToy, noise_of
from kernels.simulation import Array

EXTENT = 5.0  # points without noise lie in (-5, 5), in a domain of (-6, 6)
_GAP = 0.3  # between the axes and the points of the exclusive or


class CircleData(ClassToy):
    """A disc of radius 2.5, class 1, in a ring of radii 3.5 to 5, class 0; uniform by radius."""

    title: ClassVar[str] = "Circle"
    kind: Literal["circle"] = "circle"

    def place(self, label: int, count: int, rng: np.random.Generator) -> Array:
        radius = rng.uniform(0, 2.5, count) if label else rng.uniform(3.5, EXTENT, count)
        return _polar(radius, rng.uniform(0, 2 * np.pi, count))


class XorData(ClassToy):
    """Class 1 where x1 and x2 have the same sign, class 0 where they have not."""

    title: ClassVar[str] = "Exclusive or"
    kind: Literal["xor"] = "xor"

    def place(self, label: int, count: int, rng: np.random.Generator) -> Array:
        points = rng.uniform(_GAP, EXTENT, (count, 2))
        points *= rng.choice((-1.0, 1.0), (count, 1))
        points[:, 1] *= 1 if label else -1
        return points


class GaussiansData(ClassToy):
    """Normal clouds about centres evenly on a circle of radius 2 √2, the first at (2, 2)."""

    title: ClassVar[str] = "Gaussians"
    kind: Literal["gaussians"] = "gaussians"
    noise: float = noise_of(1.0, "The standard deviation of each cloud along both axes.")
    clouds: int = setting(
        2, help="How many clouds there are, each a class of its own.", label="Classes", ge=2, le=8
    )

    @property
    def class_count(self) -> int:
        return self.clouds

    def place(self, label: int, count: int, rng: np.random.Generator) -> Array:
        angle = np.full(count, np.pi / 4 + 2 * np.pi * label / self.clouds)
        return _polar(np.full(count, 2 * np.sqrt(2)), angle)


class SpiralData(ClassToy):
    """Arms about the origin, each a class: at radius r the angle has grown by 2π turns r / 5."""

    title: ClassVar[str] = "Spiral"
    kind: Literal["spiral"] = "spiral"
    arms: int = setting(2, help="How many arms there are, each a class of its own.", ge=2, le=8)
    turns: float = setting(
        1.75, help="How often each arm goes round.", ge=0.1, le=6, slider=(0.25, 4)
    )

    @property
    def class_count(self) -> int:
        return self.arms

    def place(self, label: int, count: int, rng: np.random.Generator) -> Array:
        along = rng.uniform(0, 1, count)
        return _polar(EXTENT * along, 2 * np.pi * (self.turns * along + label / self.arms))


class MoonsData(ClassToy):
    """Two half circles of radius 3, the upper about (-1.5, -0.75), the lower about (1.5, 0.75)."""

    title: ClassVar[str] = "Moons"
    kind: Literal["moons"] = "moons"

    def place(self, label: int, count: int, rng: np.random.Generator) -> Array:
        arc = _polar(np.full(count, 3.0), rng.uniform(0, np.pi, count))
        return np.array((1.5, 0.75)) - arc if label else arc - np.array((1.5, 0.75))


class CheckerboardData(ClassToy):
    """Cells of a board over (-5, 5) in both directions; that at (-5, -5) has class 0."""

    title: ClassVar[str] = "Checkerboard"
    kind: Literal["checkerboard"] = "checkerboard"
    cells: int = setting(4, help="How many cells the board has along each side.", ge=2, le=10)

    def place(self, label: int, count: int, rng: np.random.Generator) -> Array:
        corners = np.argwhere(np.indices((self.cells, self.cells)).sum(axis=0) % 2 == label)
        corner = corners[rng.integers(len(corners), size=count)]
        return (corner + rng.uniform(0, 1, (count, 2))) * (2 * EXTENT / self.cells) - EXTENT


def _polar(radius: Array, angle: Array) -> Array:
    """The points, (N, 2), at those radii and angles, (N,) each, counted from the first axis."""
    return np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)
