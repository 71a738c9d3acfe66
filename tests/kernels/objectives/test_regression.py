"""The line fit against NumPy's least squares, closed forms, and the mean of squares written out."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch.nn.functional import mse_loss

from kernels.errors import DataError
from kernels.objectives.data_objective import MiniBatches, TableData
from kernels.objectives.regression import LineObjective, LineParameters, NoisyLine
from kernels.simulation import Array

CPU = torch.device("cpu")


def line(parameters: LineParameters) -> LineObjective:
    return LineObjective(parameters, CPU, torch.float64)


def least_squares(x: Array, y: Array) -> Array:
    design = np.stack([x, np.ones_like(x)], axis=1)
    return np.linalg.lstsq(design, y, rcond=None)[0]


class TestTwoPoints:
    objective = line(LineParameters())

    def test_minimum_start_and_data(self) -> None:
        (minimum,) = self.objective.minima
        assert (minimum.point, minimum.value, minimum.kind) == ((2.0, 1.0), 0.0, "global")
        assert self.objective.start == (-1.0, 5.0)
        assert [a.tolist() for a in self.objective.data] == [[1, 2], [3, 5]]
        assert self.objective.axes == ("m", "b")

    def test_eigenvalues_and_limit(self) -> None:
        at = torch.tensor(self.objective.start, dtype=torch.float64)
        low, high = torch.linalg.eigvalsh(self.objective.hessian(at)).tolist()
        assert (low, high) == pytest.approx(((7 - math.sqrt(45)) / 2, (7 + math.sqrt(45)) / 2))
        assert (round(low, 3), round(high, 3), round(2 / high, 4)) == (0.146, 6.854, 0.2918)
        assert self.objective.is_quadratic

    def test_best_rates_are_those_of_the_theory(self) -> None:
        """Polyak 1964: plain 2 / (l + L); with momentum 4 / (sqrt l + sqrt L)^2, and its beta."""
        at = torch.tensor(self.objective.start, dtype=torch.float64)
        low, high = torch.linalg.eigvalsh(self.objective.hessian(at)).sqrt().tolist()
        assert 2 / (low**2 + high**2) == pytest.approx(2 / 7)
        assert 4 / (low + high) ** 2 == pytest.approx(4 / 9)
        assert ((high - low) / (high + low)) ** 2 == pytest.approx(5 / 9)


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("data", ["two points", "noisy line", "csv"])
def test_minimum_is_numpys(data: str, standardise: bool) -> None:
    objective = line(LineParameters(data=data, standardise=standardise))
    x, y = objective.data
    np.testing.assert_allclose(objective.minima[0].point, least_squares(x, y), rtol=1e-10)
    if standardise:
        assert abs(x.mean()) < 1e-12
        assert x.std() == pytest.approx(1)
        at = torch.tensor(objective.start, dtype=torch.float64)
        np.testing.assert_allclose(objective.hessian(at), 2 * np.eye(2), atol=1e-12)
        assert "standardised" in objective.title
        assert "standardised" in objective.data_axes[0]
        widths = [high - low for low, high in objective.domain]
        assert widths[0] == pytest.approx(widths[1])


floats = st.floats(-100, 100, allow_subnormal=False)


@given(st.lists(st.tuples(floats, floats), min_size=2, max_size=20), floats, floats)
def test_loss_is_the_mean_of_squares(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, float]], m: float, b: float
) -> None:
    x, y = np.array(rows).T
    assume(x.std() > 1e-3)
    file = tmp_path_factory.getbasetemp() / "rows.csv"
    file.write_text("x,y\n" + "".join(f"{a!r},{c!r}\n" for a, c in rows))
    objective = line(LineParameters(data=TableData(file=str(file))))
    target, point = torch.tensor(y), torch.tensor([m, b], dtype=torch.float64)
    expected = mse_loss(torch.tensor(m * x + b), target).item()
    scale = 1e-9 * (1 + float(np.abs(x).max() + 1) ** 2 * (m * m + b * b + 1) + float(y @ y))
    assert objective.loss(point).item() == pytest.approx(expected, rel=1e-9, abs=scale)
    every = torch.arange(len(x))
    assert objective.loss(point, every).item() == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_near_the_minimum_no_digits_are_lost() -> None:
    """The loss falls as the square of the distance, to the last digit."""
    objective = line(LineParameters())
    away = torch.tensor([1.0, 0.0], dtype=torch.float64)
    losses = [
        objective.loss(torch.tensor([2.0, 1.0], dtype=torch.float64) + 2.0**-k * away).item()
        for k in (20, 40)
    ]
    assert losses == [2.5 * 2.0**-40, 2.5 * 2.0**-80]


def test_a_batch_is_the_loss_over_its_samples() -> None:
    objective = line(LineParameters(data=NoisyLine(seed=5), batches=MiniBatches(size=32, seed=5)))
    assert objective.steps_per_epoch == 7
    points = torch.randn(4, 3, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    losses, seen = [], []
    for step in range(7):
        batch = objective.batch(step)
        assert batch is not None
        x, y = (a[batch.numpy()] for a in objective.data)
        m, b = points[1, 2].tolist()
        loss = objective.loss(points, batch)
        assert loss.shape == (4, 3)
        assert loss[1, 2].item() == pytest.approx(float(np.mean((m * x + b - y) ** 2)))
        losses.append(loss * len(batch))
        seen += batch.tolist()
    assert sorted(seen) == list(range(200))
    torch.testing.assert_close(sum(losses) / 200, objective.loss(points))
    gradient = objective.gradient(points, objective.batch(0))
    assert not torch.allclose(gradient, objective.gradient(points))


def test_batches_can_be_asked_for_in_any_order() -> None:
    parameters = LineParameters(data="noisy line", batches=MiniBatches(size=60))
    forward = [line(parameters).batch(step).tolist() for step in range(12)]
    objective = line(parameters)
    assert [objective.batch(step).tolist() for step in reversed(range(12))] == forward[::-1]
    assert [len(batch) for batch in forward[:4]] == [60, 60, 60, 20]
    assert forward[:4] != forward[4:8]
    assert line(LineParameters(data="noisy line", batches=MiniBatches(size=200))).batch(0) is None
    still = line(LineParameters(data="noisy line", batches=MiniBatches(size=60, shuffle=False)))
    assert still.batch(4).tolist() == list(range(60))


def test_seed_and_noise_make_the_noisy_line() -> None:
    first, again = (line(LineParameters(data=NoisyLine(seed=1))) for _ in range(2))
    other = line(LineParameters(data=NoisyLine(seed=2)))
    assert first.samples == 200
    assert first.data[1].tolist() == again.data[1].tolist() != other.data[1].tolist()
    assert first.minima[0].point == pytest.approx((2, 1), abs=0.3)
    exact = line(LineParameters(data=NoisyLine(noise=0)))
    assert exact.infimum == pytest.approx(0, abs=1e-25)
    np.testing.assert_allclose(exact.predict((2.0, 1.0), exact.data[0]), exact.data[1])
    with pytest.raises(ValueError, match="read-only"):
        first.data[0][0] = 0


def test_own_table_with_columns_by_name(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("name,mass,price\nA,1,5\nB,2,7\nC,4,9\n")
    chosen = line(LineParameters(data=TableData(file=str(file))))
    assert chosen.data_axes == ("mass", "price")
    turned = line(LineParameters(data=TableData(file=f"file:{file}", x_column="price")))
    assert turned.data_axes == ("price", "mass")
    assert turned.title == "mass against price"
    np.testing.assert_allclose(
        turned.minima[0].point, least_squares(np.array([5.0, 7, 9]), np.array([1.0, 2, 4]))
    )


@pytest.mark.parametrize(
    ("text", "columns", "words"),
    [
        ("a,b\n1,2\n1,3\n", {}, "'a' is 1 in every row"),
        ("a,b\n1,2\n1e200,3\n", {}, "beyond 1e\\+100"),
        (
            "a,b\nu,2\nv,3\n",
            {},
            "^In own.csv, column 'b' is taken for x, and there is none .* for y",
        ),
        ("a,b\nu,v\nw,x\n", {}, "no column of numbers. Row 2 of column 'a' of own.csv is 'u'"),
        ("a,b\n1,2\n2,\n", {}, "none beside it for y.*'b' of own.csv has no value in row 3"),
        (
            "a,b\nu,2\nv,3\n",
            {"y_column": "b"},
            "'b' is taken for y, and there is none .* for x, which must hold numbers",
        ),
        ("a,b\nu,2\nv,3\n", {"x_column": "a"}, "Row 2 of column 'a' of own.csv is 'u'"),
        ("a,beta\n1,2\n2,3\n", {"y_column": "Beta"}, "no column 'Beta'.*Did you mean 'beta'"),
    ],
)
def test_tables_that_determine_no_line(
    tmp_path: Path, text: str, columns: dict[str, str], words: str
) -> None:
    file = tmp_path / "own.csv"
    file.write_text(text)
    with pytest.raises(DataError, match=words):
        line(LineParameters(data=TableData(file=str(file), **columns)))
