"""Where descents end, against places that are known."""

import numpy as np
import pytest
import torch

from kernels.descent.attractors import (
    Attractors,
    Ending,
    connected_cells,
    eigenvalues,
    share_names,
    shares,
)
from kernels.objectives.catalogue import make_objective
from kernels.objectives.formulas import FormulaParameters
from kernels.objectives.surfaces import SurfaceObjective, SurfaceParameters

CPU = torch.device("cpu")


def attractors(objective, tolerance=1e-2, radius=0.01):
    return Attractors(
        objective, tolerance=tolerance, radius=radius, device=CPU, dtype=torch.float64
    )


def surface(name):
    return SurfaceObjective(SurfaceParameters(name=name))


def formula(text):
    return make_objective(FormulaParameters(text=text), CPU, torch.float64)


def classify(objective, points, at_rest=True, **settings):
    points = torch.tensor(np.array(points), dtype=torch.float64)
    rest = torch.full(points.shape[:1], at_rest)
    return attractors(objective, **settings).classify(points, rest)


@pytest.mark.parametrize("name", ["himmelblau", "rastrigin", "styblinski-tang", "six-hump-camel"])
def test_a_resting_point_belongs_to_the_minimum_beside_it(name):
    objective = surface(name)
    widths = np.array([high - low for low, high in objective.domain])
    points = np.array([m.point for m in objective.minima])
    for shift in ((0, 0), (0.006, 0.005), (-0.008, 0)):
        endings = classify(objective, points + np.array(shift) * widths)
        assert endings.labels.tolist() == list(range(len(points)))
    assert np.array_equal(endings.ends, points)


@pytest.mark.parametrize("name", ["himmelblau", "rastrigin", "beale", "six-hump-camel", "hills"])
def test_a_saddle_is_told_from_a_minimum(name):
    endings = classify(surface(name), surface(name).saddles)
    assert set(endings.labels) == {Ending.SADDLE}


def test_a_point_that_moves_is_near_or_moving_and_far_points_have_left():
    points = [
        (3, 2),
        (3.11, 2),
        (3.2, 2),
        (17.9, 0),
        (18.1, 0),
        (0, -18.1),
        (np.nan, 0),
        (np.inf, 0),
    ]
    endings = classify(surface("himmelblau"), points, at_rest=False)
    gone = [Ending.DIVERGED] * 4
    expected = [Ending.NEAR, Ending.NEAR, Ending.MOVING, Ending.MOVING, *gone]
    assert endings.labels.tolist() == expected
    assert endings.nearest.tolist() == [0, 0, *[-1] * 6]


def test_flat_ground_is_not_decided():
    endings = classify(surface("plateau"), [(3.5, 3.5), (0, 0)])
    assert endings.labels.tolist() == [Ending.UNDECIDED, 0]


def test_the_monkey_saddle_is_a_saddle_though_its_hessian_vanishes():
    assert classify(surface("monkey-saddle"), [(0, 0)]).labels.tolist() == [Ending.SADDLE]
    unlisted = formula("x**3 - 3*x*y**2")
    assert classify(unlisted, [(0, 0)]).labels.tolist() == [Ending.UNDECIDED]


def test_unlisted_minima_are_found_in_rising_order_of_y():
    objective = formula("(x**2 - 1)**2 + (y**2 - 1)**2")
    assert objective.minima == ()
    minima = np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)])
    order = [3, 0, 2, 1, 0, 3]
    endings = classify(objective, [minima[i] + 1e-4 * k for k, i in enumerate(order)])
    assert endings.labels.tolist() == order
    np.testing.assert_allclose(endings.ends, minima, atol=1e-3)
    assert classify(objective, [(0, 0), (0, 1)]).labels.tolist() == [Ending.SADDLE] * 2


def test_found_minima_come_after_known_ones():
    objective = surface("himmelblau")
    objective.minima = objective.minima[:1]
    endings = classify(objective, [m.point for m in surface("himmelblau").minima])
    assert endings.labels.tolist() == [0, 3, 1, 2]


def test_one_minimum_is_one_cluster_wherever_the_cells_lie():
    objective = formula("x**2 * 4 + y**2 * 4 + 0 * exp(x)")
    ring = [(0.003 * np.cos(a) + 0.5, 0.003 * np.sin(a) - 0.5) for a in np.linspace(0, 6.2, 40)]
    assert set(classify(objective, ring).labels) == {len(objective.minima)}


def test_connected_cells_against_flood_fill():
    generator = np.random.default_rng(0)
    width = 23
    grid = generator.random((19, width)) < 0.35
    cells = np.flatnonzero(grid)
    patches = connected_cells(cells, width)
    seen = {}
    for cell in cells:
        if cell in seen:
            continue
        number, stack = len(set(seen.values())), [cell]
        while stack:
            row, column = divmod(int(stack.pop()), width)
            if not (0 <= row < 19 and 0 <= column < width and grid[row, column]):
                continue
            if seen.setdefault(row * width + column, None) is not None:
                continue
            seen[row * width + column] = number
            stack += [
                (row + i) * width + column + j
                for i in (-1, 0, 1)
                for j in (-1, 0, 1)
                if 0 <= column + j < width
            ]
    assert patches.tolist() == [seen[cell] for cell in cells]
    assert patches.max() > 3


def test_eigenvalues_against_lapack():
    matrices = np.random.default_rng(0).normal(size=(50, 2, 2))
    matrices += matrices.swapaxes(-1, -2)
    np.testing.assert_allclose(np.stack(eigenvalues(matrices), -1), np.linalg.eigvalsh(matrices))


def test_shares_add_up_and_have_a_name_each():
    objective = surface("himmelblau")
    labels = np.array([0, 0, 3, 5, 4, *Ending], dtype=np.int16)
    told = dict(zip(share_names(objective), shares(labels, 4), strict=True))
    assert sum(told.values()) == pytest.approx(1)
    assert told["end at (3, 2)"] == pytest.approx(2 / len(labels))
    assert told["end at unlisted minima"] == pytest.approx(2 / len(labels))
    assert told["rest at a saddle or top"] == pytest.approx(1 / len(labels))
