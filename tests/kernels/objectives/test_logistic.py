"""The logistic curve against torch's own losses, plain descent, and exact cases of separation."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from kernels.errors import DataError
from kernels.objectives.data_objective import MiniBatches, TableData
from kernels.objectives.logistic import (
    LogisticObjective,
    LogisticParameters,
    LossName,
    OverlappingClasses,
    gradient_against_logit,
    separation_of,
)

CPU = torch.device("cpu")
LOSSES: tuple[LossName, ...] = ("mse", "cross-entropy")


def logistic(**parameters: object) -> LogisticObjective:
    return LogisticObjective(LogisticParameters(**parameters), CPU, torch.float64)


BOTH = {loss: logistic(loss=loss) for loss in LOSSES}


def point(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


@given(st.floats(-9, 9), st.floats(-9, 9))
def test_losses_are_torchs(w: float, b: float) -> None:
    for loss, objective in BOTH.items():
        x, y = map(torch.tensor, objective.data)
        logits = w * x + b
        expected = (
            functional.mse_loss(logits.sigmoid(), y)
            if loss == "mse"
            else functional.binary_cross_entropy_with_logits(logits, y)
        )
        torch.testing.assert_close(objective.loss(point(w, b)), expected, rtol=1e-12, atol=1e-14)


def test_far_out_nothing_overflows_or_vanishes() -> None:
    """On data that separate, the loss of a steep right curve is tiny, but not 0."""
    objective = logistic(data="separable")
    steep = objective.loss(point(100, 0)).item()
    margin = float(np.abs(objective.data[0]).min())
    assert steep == pytest.approx(math.exp(-100 * margin) / 40, rel=0.5)
    assert objective.loss(point(-1e6, 0)).item() > 1e5
    for loss in LOSSES:
        far = logistic(loss=loss)
        points = torch.stack([point(1e6, -1e6), point(-1e6, 1e6)])
        for f in (far.loss, far.gradient, far.hessian):
            assert torch.isfinite(f(points)).all()


@pytest.mark.parametrize("data", ["overlapping", "csv"])
@pytest.mark.parametrize("loss", LOSSES)
def test_minimum_is_where_a_long_descent_ends(loss: LossName, data: str) -> None:
    objective = logistic(loss=loss, data=data, standardise=True)
    at = point(1, 0).requires_grad_()
    optimizer = torch.optim.LBFGS(
        [at], max_iter=500, tolerance_grad=1e-13, tolerance_change=0, line_search_fn="strong_wolfe"
    )

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = objective.loss(at)
        loss.backward()
        return loss

    optimizer.step(closure)
    (minimum,) = objective.minima
    np.testing.assert_allclose(minimum.point, at.detach(), rtol=1e-5)
    assert objective.loss(at).item() == pytest.approx(minimum.value, rel=1e-12)
    assert minimum.kind == ("global" if loss == "cross-entropy" else "local")


def test_minimum_of_four_points_in_closed_form(tmp_path: Path) -> None:
    """Two values of x with shares 1/4 and 3/4 of ones: p must be those shares, so w = 2 ln 3."""
    file = tmp_path / "four.csv"
    file.write_text("x,y\n" + "0,0\n" * 3 + "0,1\n" + "1,0\n" + "1,1\n" * 3)
    objective = logistic(data=TableData(file=str(file)))
    (minimum,) = objective.minima
    assert minimum.point == pytest.approx((2 * math.log(3), -math.log(3)), rel=1e-12)
    entropy = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75))
    assert minimum.value == objective.infimum == pytest.approx(entropy, rel=1e-14)
    both = logistic(data=TableData(file=str(file)), loss="mse")
    assert both.minima[0].point == pytest.approx((2 * math.log(3), -math.log(3)), rel=1e-8)
    assert both.minima[0].value == pytest.approx(3 / 16, rel=1e-14)


def test_both_losses_are_seen_side_by_side() -> None:
    squared, entropy = (logistic(loss=loss) for loss in LOSSES)
    assert squared.start == entropy.start
    assert squared.domain == entropy.domain
    assert squared.data[0].tolist() == entropy.data[0].tolist()
    start = point(*squared.start)
    assert entropy.gradient(start).norm() > 5 * squared.gradient(start).norm()


class TestSlopeAgainstLogit:
    @pytest.mark.parametrize("loss", LOSSES)
    @pytest.mark.parametrize("target", [0.0, 1.0])
    def test_is_autograds(self, loss: LossName, target: float) -> None:
        logits = torch.linspace(-30, 30, 121, dtype=torch.float64).requires_grad_()
        one = torch.full_like(logits, target)
        if loss == "mse":
            values = (logits.sigmoid() - one) ** 2
        else:
            values = functional.binary_cross_entropy_with_logits(logits, one, reduction="none")
        values.sum().backward()
        slope = gradient_against_logit(loss, target, logits.detach().numpy())
        np.testing.assert_allclose(slope, logits.grad, rtol=1e-9, atol=1e-12)

    def test_squared_error_is_flat_where_the_model_is_surely_wrong(self) -> None:
        wrong = np.array([-10.0])
        assert abs(gradient_against_logit("mse", 1.0, wrong)[0]) < 1e-4
        assert gradient_against_logit("cross-entropy", 1.0, wrong)[0] == pytest.approx(-1, abs=1e-4)

    def test_takes_a_target_for_each_logit(self) -> None:
        both = gradient_against_logit("cross-entropy", np.array([0.0, 1.0]), np.zeros(2))
        assert both.tolist() == [0.5, -0.5]


class TestSeparation:
    @pytest.mark.parametrize(
        ("zeros", "ones", "expected"),
        [
            ([1, 2], [3, 4], (False, None)),
            ([3, 4], [1, 2], (True, None)),
            ([1, 2], [2, 3], (False, 2)),
            ([2, 3], [1, 2], (True, 2)),
            ([1, 3], [3], (False, 3)),
            ([1], [1, 3], (False, 1)),
            ([1, 3], [2], None),
            ([1, 3], [2, 4], None),
            ([1, 2], [1, 2], None),
        ],
    )
    def test_is_decided_exactly(
        self, zeros: list[float], ones: list[float], expected: tuple[bool, float | None] | None
    ) -> None:
        x, y = np.array(zeros + ones, float), np.repeat([0.0, 1.0], [len(zeros), len(ones)])
        found = separation_of(x, y)
        assert (found and (found.falls, found.tied_at)) == expected

    @given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=12))
    def test_is_that_a_minimum_runs_away(self, rows: list[tuple[int, bool]]) -> None:
        """Against the definition: some direction never raises, and somewhere lowers, the loss."""
        x, y = np.array([r[0] for r in rows], float), np.array([float(r[1]) for r in rows])
        if len(set(y)) < 2 or len(set(x)) < 2:
            return
        signs = 2 * y - 1
        thresholds = [*x, x.min() - 1, x.max() + 1]
        runs_away = any(
            (margins >= 0).all() and (margins > 0).any()
            for turn in (1, -1)
            for t in thresholds
            for margins in [signs * turn * (x - t)]
        )
        between = any(
            (signs * turn * (x - (a + b) / 2) > 0).all() for turn in (1, -1) for a in x for b in x
        )
        assert (separation_of(x, y) is not None) == (runs_away or between)

    @pytest.mark.parametrize("loss", LOSSES)
    def test_is_told_with_the_bound(self, loss: LossName) -> None:
        objective = logistic(data="separable", loss=loss)
        assert (objective.minima, objective.infimum) == ((), 0)
        none, measure = "there is no minimum", "Cross-entropy"
        if loss == "mse":
            none, measure = "there is no lowest point", "Squared error"
        sentence = (
            f"{measure}: these data separate, so {none}; "
            "steeper curves bring it ever nearer to 0, which no curve reaches."
        )
        assert objective.notes == (sentence,)

    @pytest.mark.parametrize("loss", LOSSES)
    def test_with_a_tie_the_bound_is_approached_and_never_passed(
        self, tmp_path: Path, loss: LossName
    ) -> None:
        file = tmp_path / "tie.csv"
        file.write_text("x,y\n1,0\n2,0\n3,0\n3,1\n3,1\n5,1\n")
        objective = logistic(data=TableData(file=str(file)), loss=loss)
        assert objective.minima == ()
        share = 2 / 3  # of ones among the three at x = 3, half of all samples
        bound = (
            share * (1 - share) / 2
            if loss == "mse"
            else -(share * math.log(share) + (1 - share) * math.log(1 - share)) / 2
        )
        assert objective.infimum == pytest.approx(bound, rel=1e-14)
        assert "but for the points at x = 3" in objective.notes[0]
        w = torch.tensor([1.0, 5.0, 50.0], dtype=torch.float64)
        losses = objective.loss(torch.stack([w, math.log(2) - 3 * w], dim=-1)).tolist()
        assert losses[0] > losses[1] > losses[2] >= bound - 1e-15
        assert losses[2] == pytest.approx(bound, rel=1e-12)

    @given(st.integers(0, 200), st.sampled_from([4, 5, 6, 40]))
    def test_overlapping_data_overlap_whatever_the_seed(self, seed: int, count: int) -> None:
        objective = logistic(data=OverlappingClasses(seed=seed, count=count))
        assert len(objective.minima) == 1
        assert objective.samples == count
        at = point(*objective.minima[0].point)
        assert objective.gradient(at).norm() < 1e-9 * (1 + at.norm())


class TestOwnTable:
    def test_classes_are_told(self, tmp_path: Path) -> None:
        file = tmp_path / "own.csv"
        file.write_text("id,dose,cured\n1,1,7\n2,2,9\n3,3,7\n4,4,9\n")
        objective = logistic(data=TableData(file=str(file), x_column="dose"))
        assert objective.data_axes == ("dose", "cured")
        assert objective.data[1].tolist() == [0, 1, 0, 1]
        assert objective.notes == ("Here 7 counts as 0 and 9 as 1.",)

    @pytest.mark.parametrize(
        ("column", "words"),
        [
            (
                "",
                "'a' is taken for x, and there is none .* for y, which must hold two different nu",
            ),
            ("b", "'b' of own.csv has 3 different values"),
        ],
    )
    def test_needs_two_classes(self, tmp_path: Path, column: str, words: str) -> None:
        file = tmp_path / "own.csv"
        file.write_text("a,b\n1,1\n2,2\n3,3\n")
        with pytest.raises(DataError, match=words):
            logistic(data=TableData(file=str(file), y_column=column))

    def test_prediction_is_a_probability(self) -> None:
        objective = logistic(data="csv")
        assert objective.data_axes == ("hours", "passed")
        low, high = objective.predict(objective.minima[0].point, np.array([0.0, 10.0]))
        assert 0 < low < 0.1 < 0.9 < high < 1


@pytest.mark.parametrize("loss", LOSSES)
def test_a_batch_is_the_loss_over_its_samples(loss: LossName) -> None:
    objective = logistic(loss=loss, batches=MiniBatches(size=7))
    points = torch.randn(5, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    batches = [objective.batch(step) for step in range(objective.steps_per_epoch)]
    assert [len(batch) for batch in batches] == [7, 7, 7, 7, 7, 5]
    total = sum(objective.loss(points, batch) * len(batch) for batch in batches)
    torch.testing.assert_close(total / 40, objective.loss(points))
