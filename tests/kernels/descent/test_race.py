"""The race against a plain loop with torch.optim, to the last bit, and its contract."""

import math

import numpy as np
import pytest
import torch

from kernels.descent.race import CURVATURE
from kernels.editing import is_live_change, with_value
from kernels.errors import ParameterError
from kernels.objectives.catalogue import make_objective
from kernels.optimizers.schedules import OneCycleSchedule, StepSchedule
from kernels.simulation import advance
from tests.kernels.experiments import check_contract
from tests.kernels.fake_device import run_on_meta
from tests.kernels.races import (
    BATCHES,
    CPU,
    HIMMELBLAU,
    LINE,
    ROSENBROCK,
    ROW_NAMES,
    ROWS,
    curve,
    plain_loop,
    race,
    ran,
    same_bits,
    spec_of,
)

STEPS = 28
RATE = 0.007
ALL = [{"kind": kind, "learning_rate": RATE, **fields} for kind, fields, *_ in ROWS]


def torch_row(name, arguments, **more):
    make = getattr(torch.optim, name)
    return lambda points: make(points, lr=RATE, **(arguments | more))


# --- paths --------------------------------------------------------------------------------------

SETTINGS = {
    "plain": ({}, {}, {}),
    "decay": ({"weight_decay": 0.05}, {"weight_decay": 0.05}, {}),
    "steps": (
        {"schedule": {"kind": "step", "step_size": 7}},
        {},
        {"factor": StepSchedule(step_size=7).factor},
    ),
    "one cycle, clipped by norm": (
        {"schedule": {"kind": "one-cycle", "total_steps": 20}, "clip_norm": 2.0},
        {},
        {"factor": OneCycleSchedule(total_steps=20).factor, "norm": 2.0},
    ),
    "noise, clipped by value": ({"clip_value": 3.0}, {}, {"noise": 1.5, "value": 3.0, "seed": 11}),
}
RPROP = ("plain",)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(("kind", "fields", "name", "arguments"), ROWS, ids=ROW_NAMES)
def test_a_path_is_that_of_a_plain_loop_to_the_last_bit(kind, fields, name, arguments, setting):
    if kind == "rprop" and setting not in RPROP:
        return
    ours, theirs, loop = SETTINGS[setting]
    schedule_free = {"kind": kind, "learning_rate": RATE, **fields, **ours}
    noise = {key: loop[key] for key in ("noise", "seed") if key in loop}
    simulation = race(schedule_free, objective=HIMMELBLAU, start=(0.5, -0.5), **noise)
    advance(simulation, STEPS)
    objective = make_objective(simulation.parameters.objective, CPU, torch.float64)
    make = torch_row(name, arguments, **theirs)
    path = plain_loop(make, objective, (0.5, -0.5), STEPS, **loop)
    same_bits(simulation.frame().paths[0], path)


@pytest.mark.parametrize(("kind", "fields", "name", "arguments"), ROWS, ids=ROW_NAMES)
def test_mini_batches_are_those_of_the_objective(kind, fields, name, arguments):
    simulation = race({"kind": kind, "learning_rate": RATE, **fields}, objective=BATCHES)
    advance(simulation, STEPS)
    objective = make_objective(simulation.parameters.objective, CPU, torch.float64)
    path = plain_loop(torch_row(name, arguments), objective, objective.start, STEPS)
    frame = simulation.frame()
    same_bits(frame.paths[0], path)
    assert len(frame.batch) in (3, 5)
    same_bits(frame.batch, objective.batch(STEPS - 1).numpy())
    assert frame.epoch == STEPS / 5


def test_nobody_changes_the_path_of_another():
    together = race(*ALL[:12], objective=ROSENBROCK, noise=0.3, seed=5)
    advance(together, STEPS)
    paths = together.frame().paths
    for i in range(12):
        alone = race(ALL[i], objective=ROSENBROCK, noise=0.3, seed=5)
        done = advance(alone, STEPS)  # it ends where it leaves
        assert done >= 25
        same_bits(alone.frame().paths[0], paths[i, : done + 1])


def test_one_optimizer_may_run_twice():
    frame = ran(race(ALL[0], ALL[0], ALL[0] | {"learning_rate": 0.01}, objective=LINE), 10)
    assert frame.names == ("SGD 0.007 (1)", "SGD 0.007 (2)", "SGD 0.01")
    same_bits(frame.paths[0], frame.paths[1])
    assert not np.array_equal(frame.paths[0], frame.paths[2])


def test_a_constant_has_no_slope_and_nothing_moves():
    flat = {"kind": "formula", "text": "7"}
    frame = ran(race(ALL[0], {"kind": "adam"}, objective=flat))
    assert np.ptp(frame.paths, axis=1).max() == 0
    assert frame.loss.tolist() == [7, 7]


# --- what a frame shows -------------------------------------------------------------------------


def test_eigenvalues_condition_and_limits_of_the_two_points():
    frame = ran(race(ALL[0], {"kind": "adam"}, objective=LINE), 0)
    exact = [3.5 - math.sqrt(11.25), 3.5 + math.sqrt(11.25)]
    assert frame.eigenvalues == pytest.approx(np.array([exact, exact]))
    assert frame.conditions == pytest.approx([exact[1] / exact[0]] * 2)
    assert frame.limits[0] == pytest.approx(0.2917960675)
    assert math.isnan(frame.limits[1])


@pytest.mark.parametrize(
    ("text", "decay", "limit"),
    [
        ("x**2 - y**2", 0.0, math.nan),  # eigenvalues 2 and -2
        ("x**2 - y**2", 3.0, 2 / 5),
        ("x**2 + 3*y**2", 0.0, 2 / 6),
        ("x**2", 0.0, math.nan),
        ("-x**2 - y**2", 0.0, math.nan),
    ],
)
def test_where_it_curves_downwards_no_rate_is_stable(text, decay, limit):
    row = {"kind": "sgd", "weight_decay": decay}
    frame = race(row, objective={"kind": "formula", "text": text}).frame()
    assert frame.limits == pytest.approx([limit], nan_ok=True)


def test_curvature_is_computed_only_when_it_is_watched():
    simulation = race(ALL[0], ALL[3], objective=ROSENBROCK)
    assert np.isnan(simulation.frame().eigenvalues).all()
    assert np.isnan(simulation.frame().limits).all()
    watched = simulation.frame(frozenset({CURVATURE}))
    exact = [765 - math.sqrt(565**2 + 480**2), 765 + math.sqrt(565**2 + 480**2)]
    assert watched.eigenvalues[0] == pytest.approx(exact)
    assert watched.limits[0] == pytest.approx(2 / exact[1])


def test_gradients_and_losses_are_over_all_data_and_without_noise():
    simulation = race(ALL[0], objective=BATCHES, noise=3.0)
    frame = ran(simulation, 6)
    x, y = simulation.objective.data
    m, b = frame.positions[0]
    error = m * x + b - y
    assert frame.loss[0] == pytest.approx(np.mean(error**2))
    assert frame.gradients[0] == pytest.approx([2 * np.mean(error * x), 2 * np.mean(error)])
    m, b = frame.paths[0].T
    expected = [np.mean((i * x + j - y) ** 2) for i, j in zip(m, b, strict=True)]
    assert frame.losses[0] == pytest.approx(expected)


def test_the_row_has_the_scalars_of_each_racer():
    row = ran(race(ALL[0], {"kind": "adam"}, objective=LINE), 3).row()
    assert row["step"] == 3
    assert {"loss.0", "m.0", "b.1", "dm.1", "status.0", "learning_rate.1"} <= set(row)
    assert all(isinstance(value, int | float | str) for value in row.values())


def test_nothing_that_is_not_a_number_gets_into_a_row():
    objective = curve("log(w)")
    row = ran(
        race({"kind": "sgd", "learning_rate": 1.0}, objective=objective, start=(0.5,)), 5
    ).row()
    assert row["loss.0"] is None


def test_the_rate_shown_is_that_of_the_step_to_come():
    scheduled = ALL[0] | {"schedule": {"kind": "step", "step_size": 4, "gamma": 0.5}}
    simulation = race(scheduled, objective=LINE)
    rates = []
    for _ in range(6):
        rates.append(float(simulation.frame().learning_rates[0]))
        advance(simulation, 1)
    assert rates == [RATE] * 4 + [RATE / 2] * 2


# --- live changes -------------------------------------------------------------------------------


def test_a_live_change_is_that_of_a_plain_loop_whose_group_is_changed():
    row = {"kind": "momentum", "learning_rate": 0.01, "momentum": 0.5}
    simulation = race(row, objective=HIMMELBLAU, start=(0.5, -0.5))
    advance(simulation, 13)
    old = simulation.parameters
    new = with_value(old, "optimizers.0.learning_rate", 0.004)
    new = with_value(new, "optimizers.0.momentum", 0.8)
    assert is_live_change(old, new)
    simulation.adjust(new)
    advance(simulation, 10)
    point = torch.tensor((0.5, -0.5), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([point], lr=0.01, momentum=0.5)
    for step in range(23):
        if step == 13:
            optimizer.param_groups[0].update(lr=0.004, momentum=0.8)
        optimizer.zero_grad()
        simulation.objective.loss(point).backward()
        optimizer.step()
    same_bits(simulation.frame().positions[0], point.detach().numpy())


def test_noise_may_be_switched_on_while_it_runs():
    simulation = race(ALL[0], objective=LINE)
    advance(simulation, 5)
    quiet = simulation.frame().paths
    simulation.adjust(with_value(simulation.parameters, "noise", 2.0))
    advance(simulation, 5)
    frame = simulation.frame()
    same_bits(frame.paths[:, :6], quiet)
    steps = np.diff(frame.paths[0, 5:], axis=0)
    assert np.abs(steps).max() > 0


# --- the contract -------------------------------------------------------------------------------

CASES = {
    "all optimizers": lambda: race(*ALL[:12], objective=HIMMELBLAU, tolerance=1e-9),
    "the rest": lambda: race(*ALL[12:], objective=HIMMELBLAU, tolerance=1e-9),
    "noise": lambda: race(ALL[0], ALL[7], objective=ROSENBROCK, noise=0.7),
    "batches": lambda: race(ALL[0], ALL[7], objective=BATCHES),
    "diverging": lambda: race({"kind": "sgd", "learning_rate": 0.5}, ALL[0], objective=LINE),
    "scheduled": lambda: race(
        ALL[7] | {"schedule": {"kind": "cosine", "total_steps": 60}}, objective=LINE
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_looking_changes_nothing_and_a_state_leads_back(case):
    check_contract(CASES[case], 64)


@pytest.mark.parametrize("case", ["noise", "batches", "diverging"])
def test_any_cut_gives_the_same_run(case):
    whole, cut = CASES[case](), CASES[case]()
    advance(whole, 77)
    for n in (1, 2, 30, 17, 26, 1):
        advance(cut, n)
    assert cut.step_count == whole.step_count == 77
    assert cut.frame().row() == whole.frame().row()
    same_bits(cut.frame().paths, whole.frame().paths)


def test_a_state_restores_live_changes_too():
    simulation = race(ALL[1], objective=HIMMELBLAU)
    advance(simulation, 10)
    state = simulation.state()
    kept = simulation.parameters
    advance(simulation, 10)
    expected = simulation.frame().paths
    simulation.adjust(with_value(kept, "optimizers.0.learning_rate", 0.02))
    advance(simulation, 10)
    simulation.restore(state)
    assert simulation.parameters == kept
    advance(simulation, 10)
    same_bits(simulation.frame().paths, expected)


WAITERS = ("asgd", "adafactor")  # torch's own steps read a value back from the device


@pytest.mark.parametrize(
    "objective", [BATCHES, HIMMELBLAU, curve()], ids=["line", "plane", "curve"]
)
def test_a_step_waits_for_nothing(objective):
    rows = [row | {"clip_norm": 1.0} for row in ALL if row["kind"] not in (*WAITERS, "rprop")]
    rows = [*rows[:11], {"kind": "rprop"}]

    def build(device):
        made = race(*rows, objective=objective, noise=0.5)
        return type(made)(made.parameters, device)

    assert run_on_meta(build).step_count == 3


@pytest.mark.parametrize("kind", WAITERS)
def test_those_that_wait_say_so(kind):
    assert spec_of(kind).waits
    parameters = race({"kind": kind}, objective=HIMMELBLAU).parameters
    with pytest.raises(Exception, match="local_scalar_dense"):
        run_on_meta(lambda device: type(race({"kind": kind}))(parameters, device))


# --- mistakes -----------------------------------------------------------------------------------


def test_a_start_of_the_wrong_size_is_refused():
    with pytest.raises(ParameterError, match=r"start is \[1.0\]; this objective needs two numbers"):
        with_value(race(ALL[0]).parameters, "start", (1.0,))
    with pytest.raises(ParameterError, match="needs one number"):
        with_value(race(ALL[0], objective=curve()).parameters, "start", (1.0, 2.0))


def test_a_start_out_of_reach_is_refused():
    with pytest.raises(ParameterError, match="start has x = 1e"):
        race(ALL[0], objective=HIMMELBLAU, start=(1e8, 0.0))


def test_no_optimizers_or_more_than_memory_holds_are_refused():
    parameters = race(ALL[0]).parameters
    with pytest.raises(ParameterError, match="optimizers"):
        with_value(parameters, "optimizers", [])
    with pytest.raises(ParameterError, match="at most 10000 entries"):
        with_value(parameters, "optimizers", [{"kind": "sgd"}] * 10_001)


def test_any_number_races_and_each_goes_its_own_way():
    rows = [{"kind": "sgd", "learning_rate": 0.002 * (i + 1)} for i in range(100)]
    frame = ran(race(*rows, objective=LINE), 20)
    hessian, minimum = np.array([[5, 3], [3, 2]]), np.array([2, 1])
    for row, reached in zip(rows, frame.positions, strict=True):
        shrinks = np.eye(2) - row["learning_rate"] * hessian  # of the distance, a step
        expected = minimum + np.linalg.matrix_power(shrinks, 20) @ ([-1, 5] - minimum)
        assert reached == pytest.approx(expected)


# --- epochs -------------------------------------------------------------------------------------


def in_epochs(epochs, **fields):
    """23 samples in batches of 5: 5 steps an epoch."""
    batches = BATCHES["batches"] | {"epochs": epochs}
    return race(ALL[0], objective=BATCHES | {"batches": batches}, tolerance=1e-12, **fields)


def test_a_race_of_three_epochs_uses_every_sample_three_times():
    simulation = in_epochs(3, steps=7)
    assert simulation.length == 15
    seen, told = [], []
    for _ in range(15):
        advance(simulation, 1)
        frame = simulation.frame()
        seen += frame.batch.tolist()
        told.append(frame.progress)
    assert [seen.count(sample) for sample in range(23)] == [3] * 23
    assert told == [f"epoch {epoch} of 3" for epoch in (1, 2, 3) for _ in range(5)]
    assert simulation.finished.reason == "stop rule"
    assert advance(simulation, 10) == 0


def test_without_a_number_of_epochs_the_horizon_is_in_steps():
    simulation = in_epochs(0, steps=7)
    assert simulation.length == 7
    assert simulation.frame().progress == "epoch 1"
    full = race(ALL[0], objective=LINE | {"batches": {"kind": "full"}}, steps=7)
    assert full.length == 7
    assert full.frame().progress == ""


def test_where_a_batch_holds_all_samples_there_are_no_epochs_to_count():
    batches = {"kind": "mini", "size": 50, "epochs": 3}
    assert race(ALL[0], objective=LINE | {"batches": batches}, steps=7).length == 7


def test_the_epochs_may_change_while_it_runs():
    simulation = in_epochs(2)
    ran(simulation)
    longer = with_value(simulation.parameters, "objective.batches.epochs", 4)
    assert is_live_change(simulation.parameters, longer)
    simulation.adjust(longer)
    assert simulation.finished is None
    assert ran(simulation).step == 20
    assert simulation.frame().progress == "epoch 4 of 4"


def test_too_many_epochs_are_told_in_steps():
    many = {"match": "300000 epochs of 5 mini-batches are 1500000 steps"}
    with pytest.raises(ParameterError, **many) as told:
        in_epochs(300_000)
    assert told.value.path == "objective.batches.epochs"
    simulation = in_epochs(2)
    with pytest.raises(ParameterError, **many):
        simulation.adjust(with_value(simulation.parameters, told.value.path, 300_000))
    assert simulation.parameters.objective.batches.epochs == 2
    assert simulation.length == 10
