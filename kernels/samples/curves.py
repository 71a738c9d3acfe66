"""Numbers to be found: over the plane, a slope and bumps; over a line, sines and a polynomial.

The formulas are Layerscope's own. The slope and the places and signs of the bumps are those of
TensorFlow Playground (Smilkov et al. 2017, arXiv:1708.03788), whose bumps are cones.
"""

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from kernels.parameters import setting
from kernels.samples.toys import NumberToy, count_of, noise_of, train_share_of
from kernels.simulation import Array

_ERROR = "The standard deviation of the normal error of each target."

BUMPS = (  # where each is, and its sign
    (-4.0, 2.5, 1),
    (0.0, 2.5, -1),
    (4.0, 2.5, 1),
    (-4.0, -2.5, -1),
    (0.0, -2.5, 1),
    (4.0, -2.5, -1),
)


class PlaneData(NumberToy):
    """y = (x1 + x2) / 10."""

    title: ClassVar[str] = "Plane"
    kind: Literal["plane"] = "plane"

    def target(self, *x: Array) -> Array:
        x1, x2 = x
        return (x1 + x2) / 10


class MultiGaussData(NumberToy):
    """Six Gaussian bumps of height 1 and alternating sign, added up."""

    title: ClassVar[str] = "Gaussian bumps"
    kind: Literal["multi-gauss"] = "multi-gauss"
    width: float = setting(1.0, help="The standard deviation of each bump.", ge=0.1, le=5)

    def target(self, *x: Array) -> Array:
        x1, x2 = x
        bumps = (
            sign * np.exp(-((x1 - at1) ** 2 + (x2 - at2) ** 2) / (2 * self.width**2))
            for at1, at2, sign in BUMPS
        )
        total: Array = np.sum(list(bumps), axis=0)
        return total


class _Curve(NumberToy):
    """A curve over (-2, 2)."""

    features: ClassVar[tuple[str, ...]] = ("x",)
    domain: ClassVar[tuple[tuple[float, float], ...]] = ((-2.0, 2.0),)


class TwoSinesData(_Curve):
    """y = a sin(f x) + b sin(g x)."""

    title: ClassVar[str] = "Two sines"
    kind: Literal["two-sines"] = "two-sines"
    noise: float = noise_of(0.1, _ERROR)
    amplitude_1: float = setting(1.0, help="The height of the first sine.", ge=-10, le=10)
    frequency_1: float = setting(
        2.0, help="How many radians the first sine goes on per unit of x.", ge=0, le=50
    )
    amplitude_2: float = setting(0.5, help="The height of the second sine.", ge=-10, le=10)
    frequency_2: float = setting(
        6.0, help="How many radians the second sine goes on per unit of x.", ge=0, le=50
    )

    def target(self, *x: Array) -> Array:
        first = self.amplitude_1 * np.sin(self.frequency_1 * x[0])
        return first + self.amplitude_2 * np.sin(self.frequency_2 * x[0])


class PolynomialData(_Curve):
    """y = c0 + c1 x + c2 x² + ..."""

    title: ClassVar[str] = "Noisy polynomial"
    kind: Literal["polynomial"] = "polynomial"
    noise: float = noise_of(0.2, _ERROR)
    coefficients: tuple[Annotated[float, Field(ge=-100, le=100)], ...] = setting(
        (0.0, -1.0, 0.0, 0.5),
        help="What the powers of x are multiplied by, the constant first.",
        min_length=1,
        max_length=8,
    )

    def target(self, *x: Array) -> Array:
        return np.polynomial.polynomial.polyval(x[0], self.coefficients)


class SineData(_Curve):
    """y = sin(frequency x): by default 12 noisy points to train on and 108 that validate."""

    title: ClassVar[str] = "Few points of a sine"
    kind: Literal["sine"] = "sine"
    count: int = count_of(120)
    train_share: float = train_share_of(0.1)
    noise: float = noise_of(0.2, _ERROR)
    frequency: float = setting(
        3.0, help="How many radians the sine goes on per unit of x.", ge=0, le=50, slider=(0.5, 10)
    )

    def target(self, *x: Array) -> Array:
        return np.sin(self.frequency * x[0])
