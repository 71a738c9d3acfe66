"""The test surfaces against published values, closed forms, and a search for what was left out."""

import math

import pytest
import torch

from kernels.objectives.base import Objective
from kernels.objectives.surfaces import SURFACES, SurfaceName, SurfaceObjective, SurfaceParameters


def surface(name: SurfaceName) -> Objective:
    return SurfaceObjective(SurfaceParameters(name=name))


def at(*point: float) -> torch.Tensor:
    return torch.tensor(point, dtype=torch.float64)


# Each written out once more, point by point, in Python's own numbers.
REFERENCE = {
    "round-bowl": lambda x, y: x**2 + y**2,
    "ravine": lambda x, y: x**2 / 2 + 12.5 * y**2,
    "saddle": lambda x, y: (x - y) * (x + y),
    "monkey-saddle": lambda x, y: ((x + 1j * y) ** 3).real,
    "rosenbrock": lambda x, y: 100 * (y - x**2) ** 2 + (1 - x) ** 2,
    "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "beale": lambda x, y: sum(
        (c - x * (1 - y**k)) ** 2 for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))
    ),
    "rastrigin": lambda x, y: 20 + sum(t * t - 10 * math.cos(math.tau * t) for t in (x, y)),
    "ackley": lambda x, y: (
        -20 * math.exp(-0.2 * math.hypot(x, y) / math.sqrt(2))
        - math.exp((math.cos(math.tau * x) + math.cos(math.tau * y)) / 2)
        + math.e
        + 20
    ),
    "styblinski-tang": lambda x, y: sum(t**4 - 16 * t**2 + 5 * t for t in (x, y)) / 2,
    "six-hump-camel": lambda x, y: 4 * x**2 - 2.1 * x**4 + x**6 / 3 + x * y - 4 * y**2 + 4 * y**4,
    "hills": lambda x, y: (
        (x**2 + y**2) / 4
        - 3 * math.exp(-2 * math.dist((x, y), (-1, 0.75)) ** 2)
        - 2 * math.exp(-2 * math.dist((x, y), (1.25, -0.5)) ** 2)
        + 1.5 * math.exp(-2 * math.dist((x, y), (-0.75, -1)) ** 2)
    ),
    "plateau": lambda x, y: 1 - math.exp(-(x**2) - y**2),
}


def test_there_are_thirteen_with_a_source_each() -> None:
    assert set(REFERENCE) == set(SURFACES)
    assert len(SURFACES) >= 13
    assert all(
        s.title and s.source and s.formula.startswith("f(x, y) =") for s in SURFACES.values()
    )


@pytest.mark.parametrize("name", SURFACES)
def test_function_is_the_written_one(name: SurfaceName) -> None:
    generator = torch.Generator().manual_seed(1)
    points = 2.5 * torch.randn(50, 2, dtype=torch.float64, generator=generator)
    expected = [REFERENCE[name](x, y) for x, y in points.tolist()]
    torch.testing.assert_close(
        surface(name).loss(points),
        torch.tensor(expected, dtype=torch.float64),
        rtol=1e-12,
        atol=1e-12,
    )


# Values as published: Surjanovic & Bingham, Virtual Library of Simulation Experiments; Himmelblau
# 1972; Molga & Smutnicki 2005.
PUBLISHED = [
    ("rosenbrock", (1, 1), 0.0),
    ("himmelblau", (3, 2), 0.0),
    ("himmelblau", (-2.805118, 3.131312), 0.0),
    ("himmelblau", (-3.779310, -3.283186), 0.0),
    ("himmelblau", (3.584428, -1.848126), 0.0),
    ("beale", (3, 0.5), 0.0),
    ("rastrigin", (0, 0), 0.0),
    ("ackley", (0, 0), 0.0),
    (
        "styblinski-tang",
        (-2.903534, -2.903534),
        2 * -39.166165,
    ),  # Wikipedia: between -39.16617 and -39.16616 each
    ("six-hump-camel", (0.0898, -0.7126), -1.0316),
    ("six-hump-camel", (-0.0898, 0.7126), -1.0316),
]


@pytest.mark.parametrize(("name", "point", "value"), PUBLISHED)
def test_published_minima_are_listed(
    name: SurfaceName, point: tuple[float, float], value: float
) -> None:
    near = [m for m in SURFACES[name].minima if math.dist(m.point, point) < 1e-4]
    assert len(near) == 1
    assert near[0].kind == "global"
    assert near[0].value == pytest.approx(value, abs=6e-5)


COUNTS = {"himmelblau": 4, "styblinski-tang": 4, "six-hump-camel": 6, "rastrigin": 121, "hills": 2}


@pytest.mark.parametrize("name", [n for n in SURFACES if n != "ackley"])
def test_no_minimum_of_the_domain_is_left_out(name: SurfaceName) -> None:
    record = SURFACES[name]
    assert len(record.minima) == COUNTS.get(name, len(record.minima[:1]))
    n = 241
    axes = [torch.linspace(low, high, n, dtype=torch.float64) for low, high in record.domain]
    z = record.function(*torch.meshgrid(*axes, indexing="ij"))  # (n, n)
    middle = z[1:-1, 1:-1]
    shifts = [(i, j) for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    lowest = torch.stack([middle < z[i : n - 2 + i, j : n - 2 + j] for i, j in shifts]).all(0)
    cells = [(high - low) / (n - 1) for low, high in record.domain]
    for i, j in lowest.nonzero().tolist():
        x, y = axes[0][i + 1].item(), axes[1][j + 1].item()
        if name == "rosenbrock" or name == "beale":  # a grid finds pits along a curved valley
            continue
        assert any(
            abs(m.point[0] - x) <= 2 * cells[0] and abs(m.point[1] - y) <= 2 * cells[1]
            for m in record.minima
        ), (x, y)


def test_himmelblaus_limits() -> None:
    objective = surface("himmelblau")
    points = torch.tensor([m.point for m in objective.minima], dtype=torch.float64)
    limits = 2 / torch.linalg.eigvalsh(objective.hessian(points))[:, -1]
    assert sorted(limits.tolist()) == pytest.approx([0.0150, 0.0190, 0.0243, 0.0248], abs=6e-5)


def test_ravine_has_condition_25_and_the_bowl_1() -> None:
    assert torch.linalg.cond(surface("ravine").hessian(at(1, 2))).item() == pytest.approx(25)
    assert torch.linalg.cond(surface("round-bowl").hessian(at(1, 2))).item() == pytest.approx(1)


def test_ackleys_tip_has_no_slope_and_no_nan() -> None:
    """Near its minimum the slope does not vanish; at the tip itself it is 0, not NaN."""
    objective = surface("ackley")
    assert objective.loss(at(0, 0)).item() == 0
    assert objective.gradient(at(0, 0)).tolist() == [0, 0]
    assert torch.isfinite(objective.hessian(at(0, 0))).all()
    for angle in (0.0, 0.7, 2.0):
        near = 1e-7 * at(math.cos(angle), math.sin(angle))
        slope = objective.gradient(near)
        # 20 * 0.2 / sqrt(2), the steepness of the cone that stands at the tip
        assert slope.norm().item() == pytest.approx(2 * math.sqrt(2), abs=1e-5)
    mixed = objective.gradient(torch.stack([at(0, 0), at(1, 2)]))
    torch.testing.assert_close(mixed[1], objective.gradient(at(1, 2)))


def test_monkey_saddle_is_beyond_second_derivatives() -> None:
    assert surface("monkey-saddle").hessian(at(0, 0)).abs().max() == 0


def test_plateau_is_flat_far_out() -> None:
    slope = surface("plateau").gradient(at(3, 0)).norm().item()
    assert 0 < slope < 1e-3


def test_saddles_have_no_floor() -> None:
    for name in ("saddle", "monkey-saddle"):
        objective = surface(name)
        assert objective.infimum == -math.inf
        assert objective.loss(at(0.5, 1e6)) < -1e11


@pytest.mark.parametrize("rate", [0.02, 0.05, 0.1])
def test_on_the_hills_momentum_carries_past_the_shallow_well(rate: float) -> None:
    objective = surface("hills")
    deep, shallow = (m.point for m in objective.minima)
    for momentum, end in ((0.0, shallow), (0.9, deep)):
        point = at(*objective.start).requires_grad_()
        optimizer = torch.optim.SGD([point], lr=rate, momentum=momentum)
        for _ in range(400):
            optimizer.zero_grad()
            objective.loss(point).backward()
            optimizer.step()
        assert point.tolist() == pytest.approx(end, abs=1e-3)
