"""Analytic loss surfaces over (x, y): one readable record each, with what is known about them."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Literal, Self

import torch
from torch import Tensor

from kernels.objectives.base import Bounds, FunctionObjective, Minimum
from kernels.parameters import Parameters, setting

Point = tuple[float, float]

SurfaceName = Literal[
    "round-bowl",
    "ravine",
    "saddle",
    "monkey-saddle",
    "rosenbrock",
    "himmelblau",
    "beale",
    "rastrigin",
    "ackley",
    "styblinski-tang",
    "six-hump-camel",
    "hills",
    "plateau",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """A function of x and y and what is known about it; coordinates and values to double precision.

    `minima` and `saddles` are all that lie in the domain. For `ackley` only the deepest minimum is
    listed: the others, one near each point of the integer grid, have no closed form.
    """

    title: str
    function: Callable[[Tensor, Tensor], Tensor]  # x (...), y (...) -> (...)
    formula: str  # TeX
    source: str
    domain: tuple[Bounds, Bounds]
    start: Point
    minima: tuple[Minimum, ...] = ()
    saddles: tuple[Point, ...] = ()
    infimum: float
    is_quadratic: bool = False


def _deepest(value: float, *points: Point) -> tuple[Minimum, ...]:
    return tuple(Minimum((float(x), float(y)), float(value), "global") for x, y in points)


def _local(value: float, *points: Point) -> tuple[Minimum, ...]:
    return tuple(Minimum(point, value, "local") for point in points)


def _square(half: float) -> tuple[Bounds, Bounds]:
    return (-half, half), (-half, half)


def _mirrored(*points: Point) -> tuple[Point, ...]:
    """`points` and their images through the origin."""
    return tuple(p for x, y in points for p in ((x, y), (-x, -y)))


def _ackley(x: Tensor, y: Tensor) -> Tensor:
    square = 0.5 * (x * x + y * y)
    # At the tip the distance has no derivative, and autograd of sqrt gives 0 * inf = NaN there. The
    # inner `where` keeps sqrt off 0, the outer one makes the slope 0: a subgradient of the tip.
    off_tip = square > 0
    distance = torch.where(off_tip, torch.where(off_tip, square, 1.0).sqrt(), 0.0)
    waves = 0.5 * (torch.cos(2 * math.pi * x) + torch.cos(2 * math.pi * y))
    return 20 * (1 - torch.exp(-0.2 * distance)) + (math.e - torch.exp(waves))


def _hills(x: Tensor, y: Tensor) -> Tensor:
    deep = torch.exp(-2 * ((x + 1) ** 2 + (y - 0.75) ** 2))
    shallow = torch.exp(-2 * ((x - 1.25) ** 2 + (y + 0.5) ** 2))
    hill = torch.exp(-2 * ((x + 0.75) ** 2 + (y + 1) ** 2))
    return 0.25 * (x * x + y * y) - 3 * deep - 2 * shallow + 1.5 * hill


def _quartic(t: Tensor) -> Tensor:
    square = t * t
    return square * (square - 16) + 5 * t


def _camel(x: Tensor, y: Tensor) -> Tensor:
    u, v = x * x, y * y
    return (4 - 2.1 * u + u * u / 3) * u + x * y + (4 * v - 4) * v


def _rastrigin_turns() -> tuple[list[float], list[float]]:
    """Where ``t**2 - 10 cos(2 pi t)`` turns within its domain: its minima and its maxima."""

    def turn(t: float) -> float:
        for _ in range(20):  # Newton's method on 2 t + 20 pi sin(2 pi t) = 0
            slope = 2 * t + 20 * math.pi * math.sin(2 * math.pi * t)
            t -= slope / (2 + 40 * math.pi**2 * math.cos(2 * math.pi * t))
        return t

    return [turn(float(k)) for k in range(-5, 6)], [turn(k + 0.5) for k in range(-5, 5)]


def _rastrigin_minima() -> Iterable[Minimum]:
    def one(t: float) -> float:
        return t * t + 10 * (1 - math.cos(2 * math.pi * t))

    for x, y in product(_rastrigin_turns()[0], repeat=2):
        yield Minimum((x, y), one(x) + one(y), "global" if x == y == 0 else "local")


def _rastrigin_saddles() -> Iterable[Point]:
    low, high = _rastrigin_turns()
    yield from product(low, high)
    yield from product(high, low)


SURFACES: dict[SurfaceName, Surface] = {
    "round-bowl": Surface(
        title="Round bowl",
        function=lambda x, y: x * x + y * y,
        formula=r"f(x, y) = x^2 + y^2",
        source="De Jong 1975, function F1 (the sphere)",
        domain=_square(3.0),
        start=(-2.0, 1.5),
        minima=_deepest(0, (0, 0)),
        infimum=0.0,
        is_quadratic=True,
    ),
    "ravine": Surface(
        title="Ravine",
        function=lambda x, y: 0.5 * (x * x + 25 * y * y),
        formula=r"f(x, y) = \frac{1}{2} \left( x^2 + 25 y^2 \right)",
        source="A quadratic of condition 25; Nocedal & Wright 2006, Numerical Optimization, 3.3",
        domain=((-5.0, 5.0), (-2.5, 2.5)),
        start=(-4.0, 1.0),
        minima=_deepest(0, (0, 0)),
        infimum=0.0,
        is_quadratic=True,
    ),
    "saddle": Surface(
        title="Saddle",
        function=lambda x, y: x * x - y * y,
        formula=r"f(x, y) = x^2 - y^2",
        source="Dauphin et al. 2014, Identifying and attacking the saddle point problem, NeurIPS",
        domain=_square(2.0),
        start=(-1.5, 0.01),
        saddles=((0.0, 0.0),),
        infimum=-math.inf,
        is_quadratic=True,
    ),
    "monkey-saddle": Surface(
        title="Monkey saddle",
        function=lambda x, y: x * (x * x - 3 * y * y),
        formula=r"f(x, y) = x^3 - 3 x y^2",
        source="Hilbert & Cohn-Vossen 1932, Anschauliche Geometrie, chapter IV",
        domain=_square(2.0),
        start=(1.5, 0.1),
        saddles=((0.0, 0.0),),
        infimum=-math.inf,
    ),
    "rosenbrock": Surface(
        title="Rosenbrock's valley",
        function=lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
        formula=r"f(x, y) = (1 - x)^2 + 100 (y - x^2)^2",
        source="Rosenbrock 1960, Computer Journal 3(3); its start",
        domain=((-2.0, 2.0), (-1.0, 3.0)),
        start=(-1.2, 1.0),
        minima=_deepest(0, (1, 1)),
        infimum=0.0,
    ),
    "himmelblau": Surface(
        title="Himmelblau's four",
        function=lambda x, y: (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
        formula=r"f(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        source="Himmelblau 1972, Applied Nonlinear Programming, McGraw-Hill",
        domain=_square(6.0),
        start=(0.0, 0.0),
        minima=_deepest(
            0,
            (3, 2),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.2831859912861696),
            (3.5844283403304917, -1.8481265269644036),
        ),
        saddles=(
            (3.385154183607021, 0.07385187983774928),
            (0.08667750455539634, 2.884254701174776),
            (-3.0730257507643897, -0.08135304428796751),
            (-0.12796134673068005, -1.9537149802445766),
        ),
        infimum=0.0,
    ),
    "beale": Surface(
        title="Beale's function",
        function=lambda x, y: (
            (1.5 - x * (1 - y)) ** 2 + (2.25 - x * (1 - y**2)) ** 2 + (2.625 - x * (1 - y**3)) ** 2
        ),
        formula=r"f(x, y) = (1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2",
        source="Beale 1958; Moré, Garbow & Hillstrom 1981, ACM TOMS 7(1), problem 5; its start",
        domain=_square(4.5),
        start=(1.0, 1.0),
        minima=_deepest(0, (3, 0.5)),
        saddles=((0.0, 1.0), (0.10053793732415846, -2.644513585023124)),
        infimum=0.0,
    ),
    "rastrigin": Surface(
        title="Rastrigin's egg box",
        function=lambda x, y: (
            x * x
            + y * y
            + 10 * ((1 - torch.cos(2 * math.pi * x)) + (1 - torch.cos(2 * math.pi * y)))
        ),
        formula=r"f(x, y) = 20 + x^2 + y^2 - 10 \cos 2 \pi x - 10 \cos 2 \pi y",
        source="Rastrigin 1974; Mühlenbein, Schomisch & Born 1991, Parallel Computing 17",
        domain=_square(5.12),
        start=(-2.3, 3.3),
        minima=tuple(_rastrigin_minima()),
        saddles=tuple(_rastrigin_saddles()),
        infimum=0.0,
    ),
    "ackley": Surface(
        title="Ackley's funnel",
        function=_ackley,
        formula=r"f(x, y) = 20 + e - 20 e^{-0.2 \sqrt{(x^2 + y^2) / 2}}"
        r" - e^{(\cos 2 \pi x + \cos 2 \pi y) / 2}",
        source="Ackley 1987, A Connectionist Machine for Genetic Hillclimbing, Kluwer",
        domain=_square(5.0),
        start=(-3.3, 2.4),
        minima=_deepest(0, (0, 0)),
        infimum=0.0,
    ),
    "styblinski-tang": Surface(
        title="Styblinski-Tang",
        function=lambda x, y: 0.5 * (_quartic(x) + _quartic(y)),
        formula=r"f(x, y) = \frac{1}{2} \left( x^4 - 16 x^2 + 5 x + y^4 - 16 y^2 + 5 y \right)",
        source="Styblinski & Tang 1990, Neural Networks 3(4), p. 467",
        domain=_square(5.0),
        start=(0.5, 0.0),
        minima=(
            *_deepest(-78.33233140754284, (-2.903534027771177, -2.903534027771177)),
            *_local(
                -64.19561235905536,
                (-2.903534027771177, 2.746802770990837),
                (2.746802770990837, -2.903534027771177),
            ),
            *_local(-50.05889331056788, (2.746802770990837, 2.746802770990837)),
        ),
        saddles=(
            (-2.903534027771177, 0.1567312567803401),
            (0.1567312567803401, -2.903534027771177),
            (2.746802770990837, 0.1567312567803401),
            (0.1567312567803401, 2.746802770990837),
        ),
        infimum=-78.33233140754284,
    ),
    "six-hump-camel": Surface(
        title="Six-hump camel",
        function=_camel,
        formula=r"f(x, y) = \left( 4 - 2.1 x^2 + \frac{x^4}{3} \right) x^2 + x y"
        r" + (4 y^2 - 4) y^2",
        source="Dixon & Szegö 1978, Towards Global Optimisation 2",
        domain=((-2.1, 2.1), (-1.2, 1.2)),
        start=(-1.9, 0.1),
        minima=(
            *_deepest(-1.0316284534898774, *_mirrored((0.08984201310031806, -0.7126564030207396))),
            *_local(-0.21546382438371725, *_mirrored((1.7036067149699807, -0.7960835686726251))),
            *_local(2.1042503103112598, *_mirrored((1.6071047529201974, 0.5686514548841314))),
        ),
        saddles=(
            (0.0, 0.0),
            *_mirrored(
                (1.1092053368047865, -0.7682680925095398),
                (1.6380679841897785, 0.22867406904439405),
                (1.2960702671671092, 0.6050843880386585),
            ),
        ),
        infimum=-1.0316284534898774,
    ),
    "hills": Surface(
        title="Hills",
        function=_hills,
        formula=r"f(x, y) = \frac{x^2 + y^2}{4} - 3 e^{-2 (x + 1)^2 - 2 (y - 0.75)^2}"
        r" - 2 e^{-2 (x - 1.25)^2 - 2 (y + 0.5)^2} + 1.5 e^{-2 (x + 0.75)^2 - 2 (y + 1)^2}",
        source="A bowl with Gaussians, after Dupont 2018, Visualization of Optimization",
        domain=_square(3.0),
        start=(2.0, 2.4),  # plain descent ends in the shallow well, momentum rolls on
        minima=(
            *_deepest(-2.6213659364480244, (-0.9600588481259026, 0.7218813844684723)),
            *_local(-1.5731877898959385, (1.1760431050314344, -0.47009764233900714)),
        ),
        saddles=(
            (0.18567579495696757, 0.12401474163142505),
            (-1.2887006734746969, -1.718419391058576),
        ),
        infimum=-2.6213659364480244,
    ),
    "plateau": Surface(
        title="Plateau",
        function=lambda x, y: -torch.expm1(-(x * x + y * y)),
        formula=r"f(x, y) = 1 - e^{-(x^2 + y^2)}",
        source="An inverted Gaussian: its slope falls below 0.001 at 3 from the middle",
        domain=_square(4.0),
        start=(-1.9, 1.6),
        minima=_deepest(0, (0, 0)),
        infimum=0.0,
    ),
}


class SurfaceParameters(Parameters):
    """A test function of two coordinates, known from the literature."""

    kind: Literal["surface"] = "surface"
    name: SurfaceName = setting(
        "himmelblau",
        help="Which surface is descended.",
        label="Surface",
        labels={name: surface.title for name, surface in SURFACES.items()},
    )


class SurfaceObjective(FunctionObjective):
    """A surface of `SURFACES` as an objective; it holds no tensors and runs anywhere."""

    def __init__(self, parameters: SurfaceParameters) -> None:
        self._parameters = parameters
        self.surface = surface = SURFACES[parameters.name]
        self.title, self.formula, self.source = surface.title, surface.formula, surface.source
        self.domain, self.start = surface.domain, surface.start
        self.minima, self.saddles = surface.minima, surface.saddles
        self.infimum, self.is_quadratic = surface.infimum, surface.is_quadratic

    def value(self, *coordinates: Tensor) -> Tensor:
        return self.surface.function(*coordinates)

    def __reduce__(self) -> tuple[type[Self], tuple[SurfaceParameters]]:
        return type(self), (self._parameters,)  # a function without a name cannot be pickled
