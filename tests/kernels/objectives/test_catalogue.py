"""What holds for all that is descended: slope and curvature, the frame, devices, parameters."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from kernels.description import catalogue, describe
from kernels.editing import dump, load, with_value
from kernels.errors import ParameterError
from kernels.objectives.catalogue import (
    OBJECTIVE_LABELS,
    CurveParameters,
    FormulaParameters,
    LineParameters,
    LogisticParameters,
    Objective,
    ObjectiveParameters,
    SurfaceParameters,
    make_objective,
)
from kernels.objectives.data_objective import MiniBatches, TableData
from kernels.objectives.surfaces import SURFACES, SurfaceName
from kernels.parameters import Parameters, setting

CPU = torch.device("cpu")

SPECS: tuple[ObjectiveParameters, ...] = (
    *(SurfaceParameters(name=name) for name in SURFACES),
    FormulaParameters(),
    FormulaParameters(text="sin(x) * exp(-y**2 / 4)"),
    CurveParameters(),
    LineParameters(),
    LineParameters(data="noisy line", standardise=True),
    LineParameters(data="csv"),
    LogisticParameters(),
    LogisticParameters(loss="mse"),
    LogisticParameters(data="separable"),
    LogisticParameters(data="csv", loss="mse", standardise=True),
)
NAMES = [
    "-".join(str(v) for v in spec.model_dump(exclude_defaults=True).values()) or spec.kind
    for spec in SPECS
]


class Room(Parameters):
    objective: ObjectiveParameters = setting(
        LineParameters(), help="What is descended.", labels=OBJECTIVE_LABELS
    )


def made(spec: ObjectiveParameters, dtype: torch.dtype = torch.float64) -> Objective:
    return make_objective(spec, CPU, dtype)


OBJECTIVES = [made(spec) for spec in SPECS]


def inside(objective: Objective, shares: list[float]) -> torch.Tensor:
    """The point that lies at `shares` of the way along each axis of the domain."""
    pairs = zip(objective.domain, shares, strict=False)
    return torch.tensor([a + s * (b - a) for (a, b), s in pairs], dtype=torch.float64)


def central(f: Callable[[torch.Tensor], torch.Tensor], at: torch.Tensor, h: float) -> torch.Tensor:
    """The derivative of `f` by central differences of fourth order, coordinates along the end."""
    steps = h * torch.eye(len(at), dtype=at.dtype)
    near = [(f(at + s) - f(at - s)) * 8 - (f(at + 2 * s) - f(at - 2 * s)) for s in steps]
    return torch.stack(near, dim=-1) / (12 * h)


@given(st.sampled_from(OBJECTIVES), st.lists(st.floats(0.01, 0.99), min_size=2, max_size=2))
def test_slope_and_curvature_are_those_of_central_differences(
    objective: Objective, shares: list[float]
) -> None:
    at = inside(objective, shares)
    if "Ackley" in objective.title and at.norm() < 0.05:
        at = at + 0.1  # differences across the tip tell nothing
    size = 1 + objective.loss(at).abs().item()
    slope = central(objective.loss, at, 1e-3)
    torch.testing.assert_close(objective.gradient(at), slope, rtol=1e-6, atol=1e-7 * size)
    curvature = central(objective.gradient, at, 1e-3)
    size += slope.abs().max().item() + curvature.abs().max().item()
    torch.testing.assert_close(objective.hessian(at), curvature, rtol=1e-6, atol=1e-6 * size)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=NAMES)
class TestEvery:
    def test_start_and_minima_lie_in_the_frame(self, objective: Objective) -> None:
        assert objective.dimension == len(objective.axes) == len(objective.domain)
        assert all(low < high for low, high in objective.domain)
        for point in (objective.start, *(m.point for m in objective.minima), *objective.saddles):
            assert len(point) == objective.dimension
            for value, (low, high) in zip(point, objective.domain, strict=True):
                assert low < value < high
        start = torch.tensor(objective.start, dtype=torch.float64)
        assert objective.gradient(start).norm() > 1e-3, "a descent would not leave its start"

    def test_many_points_give_what_each_gives(self, objective: Objective) -> None:
        grid = torch.stack([inside(objective, [a, b]) for a in (0.1, 0.6) for b in (0.3, 0.7, 0.9)])
        grid = grid.reshape(2, 3, objective.dimension)
        for f, shape in ((objective.loss, ()), (objective.gradient, (objective.dimension,))):
            assert f(grid).shape == (2, 3, *shape)
            torch.testing.assert_close(f(grid)[1, 2], f(grid[1, 2]), rtol=1e-14, atol=1e-14)
        curvature = objective.hessian(grid)
        assert curvature.shape == (2, 3, objective.dimension, objective.dimension)
        torch.testing.assert_close(curvature, curvature.mT, rtol=1e-9, atol=1e-9)
        assert objective.gradient(grid[:, :0]).shape == (2, 0, objective.dimension)

    def test_minima_are_minima_and_saddles_are_saddles(self, objective: Objective) -> None:
        for minimum in objective.minima:
            at = torch.tensor(minimum.point, dtype=torch.float64)
            assert objective.loss(at).item() == pytest.approx(minimum.value, rel=1e-12, abs=1e-12)
            curvature = torch.linalg.eigvalsh(objective.hessian(at))
            assert objective.gradient(at).norm() <= 1e-14 * curvature.max() * (1 + at.norm())
            assert curvature.min() > 0
            if minimum.kind == "global":
                assert objective.infimum == minimum.value
            elif objective.infimum is not None:
                assert minimum.value > objective.infimum
        for point in objective.saddles:
            at = torch.tensor(point, dtype=torch.float64)
            curvature = torch.linalg.eigvalsh(objective.hessian(at))
            assert objective.gradient(at).norm() <= 1e-12 * (1 + curvature.abs().max())
            assert curvature.min() <= 0 <= curvature.max()
            angles = torch.arange(2000, dtype=torch.float64)
            around = objective.loss(at + 1e-4 * torch.stack([angles.cos(), angles.sin()], dim=-1))
            assert around.min() < objective.loss(at) < around.max()

    def test_nothing_lies_below_the_infimum(self, objective: Objective) -> None:
        shares = torch.linspace(-1, 2, 61, dtype=torch.float64).tolist()
        grid = torch.stack([inside(objective, [a, b]) for a in shares for b in shares])
        if objective.infimum is not None:
            assert objective.loss(grid).min() >= objective.infimum - 1e-12

    def test_a_constant_curvature_is_claimed_where_it_is(self, objective: Objective) -> None:
        points = torch.stack([inside(objective, [a, b]) for a, b in ((0.1, 0.8), (0.7, 0.3))])
        curvature = objective.hessian(points)
        is_constant = torch.allclose(curvature[0], curvature[1], rtol=1e-9, atol=1e-9)
        assert is_constant == objective.is_quadratic

    def test_words(self, objective: Objective) -> None:
        assert objective.title
        assert objective.formula.count("{") == objective.formula.count("}")
        assert all(note.strip() == note and note for note in objective.notes)


class Waits(TorchDispatchMode):
    """Fails where a tensor's value is asked for, or copied to the host."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        assert func is not torch.ops.aten._local_scalar_dense.default
        if func is torch.ops.aten._to_copy.default:
            assert str((kwargs or {}).get("device", "meta")) == "meta"
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("spec", SPECS, ids=NAMES)
def test_nothing_waits_for_the_device(spec: ObjectiveParameters) -> None:
    small = (
        {"batches": MiniBatches(size=1)}
        if isinstance(spec, LineParameters | LogisticParameters)
        else {}
    )
    spec = spec.model_copy(update=small)
    meta = torch.device("meta")
    with FakeTensorMode(allow_non_fake_inputs=True), Waits():
        objective = make_objective(spec, meta, torch.float64)
        points = torch.zeros(3, objective.dimension, dtype=torch.float64, device=meta)
        for step in range(3):
            batch = objective.batch(step)
            assert (batch is None) == (not small)
            assert objective.loss(points, batch).shape == (3,)
            assert objective.gradient(points, batch).device == meta
        assert objective.hessian(points).shape == (3, objective.dimension, objective.dimension)
    again = made(spec)  # nothing that was made for meta is left over
    start = torch.tensor(again.start, dtype=torch.float64)
    assert torch.isfinite(again.loss(start, again.batch(0)))


@pytest.mark.parametrize("spec", SPECS, ids=NAMES)
def test_single_precision_is_kept(spec: ObjectiveParameters) -> None:
    objective, exact = made(spec, torch.float32), made(spec)
    at = inside(objective, [0.3, 0.6])
    loss = objective.loss(at.float())
    assert loss.dtype == objective.gradient(at.float()).dtype == torch.float32
    torch.testing.assert_close(loss.double(), exact.loss(at), rtol=1e-4, atol=1e-4)


def test_gradient_leaves_the_points_and_the_mode_alone() -> None:
    objective, points = made(LogisticParameters()), torch.ones(2, dtype=torch.float64)
    with torch.no_grad():
        slope = objective.gradient(points)
        assert not torch.is_grad_enabled()
    assert not slope.requires_grad
    assert not points.requires_grad
    assert not objective.hessian(points).requires_grad


@pytest.mark.parametrize("name", ["himmelblau", "ackley", "ravine"])
def test_the_slope_of_a_function_lies_in_memory_as_the_points_do(name: SurfaceName) -> None:
    objective = made(SurfaceParameters(name=name))
    points = torch.randn(4, 64, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    apart = points.movedim(-1, 0).contiguous().movedim(0, -1)  # all x, then all y
    slopes, slopes_apart = objective.gradient(points), objective.gradient(apart)
    assert slopes.stride() == points.stride()
    assert slopes_apart.stride() == apart.stride()
    leaf = points.requires_grad_()
    objective.loss(leaf).sum().backward()
    assert leaf.grad is not None
    for slope in (slopes, slopes_apart):  # numbers with gaps between them round otherwise
        torch.testing.assert_close(slope, leaf.grad, rtol=1e-14, atol=1e-13)


def test_what_is_too_large_for_the_memory_is_done_in_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    objective = made(LogisticParameters(loss="mse"))
    points = torch.randn(5, 7, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    whole = [f(points) for f in (objective.loss, objective.gradient, objective.hessian)]
    monkeypatch.setattr("kernels.objectives.base.PIECE", 3 * objective.samples)
    pieces = [f(points) for f in (objective.loss, objective.gradient, objective.hessian)]
    for a, b in zip(whole, pieces, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-13, atol=1e-13)


def test_without_data_nothing_is_predicted() -> None:
    objective = made(SurfaceParameters())
    assert (objective.samples, objective.data, objective.batch(3)) == (0, None, None)
    with pytest.raises(TypeError, match="predicts nothing"):
        objective.predict((0.0, 0.0), np.zeros(2))


@pytest.mark.parametrize("spec", SPECS, ids=NAMES)
def test_parameters_survive_a_scene(spec: ObjectiveParameters) -> None:
    assert load(Room, dump(Room(objective=spec))).objective == spec


def test_a_form_and_a_command_line_can_show_every_kind() -> None:
    kinds = {choice.value for choice in describe(Room())[0].choices}
    assert kinds == set(OBJECTIVE_LABELS)
    for kind in kinds:
        room = with_value(Room(), "objective", kind)
        fields = [f for f in describe(room)[0].walk() if f.path != "objective"]
        assert fields
        assert all(f.help.endswith(".") for f in fields)
    assert {f.path for f in catalogue(Room)} >= {"objective.loss", "objective.w_max"}


def test_switching_keeps_what_both_have() -> None:
    room = with_value(Room(), "objective.data", "csv")
    room = with_value(room, "objective.batches", {"kind": "mini", "size": 8})
    logistic = with_value(room, "objective", "logistic").objective
    assert isinstance(logistic, LogisticParameters)
    assert (logistic.data, logistic.batches) == (TableData(), MiniBatches(size=8))


@pytest.mark.parametrize(
    ("path", "value", "fault", "words"),
    [
        ("objective.text", "x**2 + q", "objective.text", "q"),
        ("objective.text", "", "objective.text", "empty"),
        ("objective.x_min", 5.0, "objective.x_max", "must end above"),
        ("objective.y_max", 1e9, "objective.y_max", "at most"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(
    path: str, value: object, fault: str, words: str
) -> None:
    room = Room(objective=FormulaParameters())
    with pytest.raises(ParameterError, match=words) as caught:
        with_value(room, path, value)
    assert caught.value.path == fault


def test_a_bad_formula_keeps_the_place_of_its_mistake() -> None:
    with pytest.raises(ParameterError) as caught:
        load(Room, {"objective": {"kind": "curve", "text": "3*w + bad*w"}})
    assert caught.value.span == (6, 9)
    assert caught.value.path == "objective.text"


def paths(room: Room) -> set[str]:
    return {f.path.removeprefix("objective.") for top in describe(room) for f in top.walk()}


def test_only_fields_that_have_an_effect_are_shown() -> None:
    room = Room()
    assert paths(room) == {"objective", "data", "standardise", "batches"}
    noisy = with_value(room, "objective.data", "noisy line")
    assert paths(noisy) - paths(room) == {"data.count", "data.noise", "data.seed"}
    table = with_value(room, "objective.data", "csv")
    assert paths(table) - paths(room) == {"data.file", "data.x_column", "data.y_column"}
    mini = with_value(room, "objective.batches", "mini")
    assert paths(mini) - paths(room) >= {"batches.size", "batches.shuffle", "batches.seed"}
    with pytest.raises(ParameterError, match=r"no parameter 'file' in objective\.data"):
        with_value(room, "objective.data.file", "own.csv")


def test_columns_are_chosen_by_name(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("mass_kg,price\n1,5\n2,7\n")
    room = with_value(Room(), "objective.data", "csv")
    room = with_value(room, "objective.data.y_column", "passed")
    fields = {f.path: f for f in describe(room)[0].walk()}
    words = [choice.label for choice in fields["objective.data.y_column"].choices]
    assert words == ["Automatic", "hours", "score", "passed"]
    room = with_value(room, "objective.data.file", f"file:{tmp_path / 'own.csv'}")
    assert room.objective.data.y_column == ""  # the other file has no such column
    fields = {f.path: f for f in describe(room)[0].walk()}
    words = [choice.label for choice in fields["objective.data.x_column"].choices]
    assert words == ["Automatic", "mass_kg", "price"]
    gone = with_value(room, "objective.data.file", str(tmp_path / "gone.csv"))
    fields = {f.path: f for f in describe(gone)[0].walk()}
    assert fields["objective.data.x_column"].kind == "text"


@pytest.mark.parametrize("spec", [LineParameters(), LogisticParameters()])
def test_data_tell_on_which_device_points_meet_them(spec: ObjectiveParameters) -> None:
    objective = make_objective(spec, torch.device("meta"), torch.float64)
    assert objective.device.type == objective.x.device.type == "meta"
    assert made(spec).device == CPU
