"""Runs side by side: each is, bit for bit, what it would be alone."""

from typing import Any

import numpy as np
import pytest
import torch

from kernels.editing import load, with_value
from kernels.errors import LayerscopeError, ParameterError
from kernels.generators import GlobalGenerators
from kernels.simulation import AnySimulation, advance
from kernels.training.actions import EditWeight
from kernels.training.comparison.comparison import Comparison, PictureComparison
from kernels.training.comparison.parameters import MOST_RUNS, run_names
from kernels.training.comparison.settings import run_parameters, settable, with_setting
from kernels.training.experiments import simulation_class
from kernels.training.parameters import Training
from kernels.training.seen.response import RESPONSE
from kernels.training.training import PictureTrainingRun, TrainingRun
from tests.kernels.experiments import assert_same_tensors, check_contract, same_frames
from tests.kernels.fake_device import run_on_meta

CPU = torch.device("cpu")
RATE = "optimizer.learning_rate"
DROPOUT = [{"kind": "linear", "units": 6, "activation": "tanh"}, {"kind": "dropout", "rate": 0.4}]


def comparison_of(*runs: dict[str, Any], **given: Any) -> Training:
    return load(Training, {"experiment": {"kind": "comparison", "runs": runs}, **given})


def built(parameters: Training) -> AnySimulation:
    """Its simulation, whose dropout draws what that of any other built here does."""
    generators = GlobalGenerators(0, CPU)
    with generators.in_use():
        return simulation_class(parameters)(parameters, CPU)


def compared(*runs: dict[str, Any], **given: Any) -> Comparison:
    made = built(comparison_of(*runs, **given))
    assert isinstance(made, Comparison)
    return made


class Alone:
    """A run of its own, with the generators that it has in the window."""

    def __init__(self, parameters: Training) -> None:
        self.generators = GlobalGenerators(0, CPU)
        with self.generators.in_use():
            self.run = simulation_class(parameters)(parameters, CPU)
        assert isinstance(self.run, TrainingRun)

    def go(self, n: int) -> "Alone":
        with self.generators.in_use():
            advance(self.run, n)
        return self


def assert_same(run: TrainingRun, alone: Alone) -> None:
    """Frame, State and ending are the same to the last bit."""
    watch = frozenset({RESPONSE})
    assert run.step_count == alone.run.step_count
    assert same_frames(run.frame(watch), alone.run.frame(watch))
    assert_same_tensors(run, alone.run)
    assert run.finished == alone.run.finished


OPTIMIZERS = [
    {"kind": "adam", "learning_rate": 0.01},
    {"kind": "momentum", "learning_rate": 0.1},
    {"kind": "sgd", "learning_rate": 0.1, "schedule": {"kind": "cosine"}},
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda spec: spec["kind"])
@pytest.mark.parametrize("k", [10, 37])
def test_a_branch_is_a_run_whose_parameters_were_changed_at_that_step(optimizer, k):
    given = {"optimizer": optimizer, "network": {"layers": DROPOUT, "kind": "2-4-2-1"}}
    run = compared({"from_step": k, "settings": f"{RATE} = 0.002; l2 = 0.01"}, **given)
    advance(run, 83)
    this, alone = Alone(load(Training, given)).go(83), Alone(load(Training, given)).go(k)
    changed = with_value(with_value(alone.run.parameters, RATE, 0.002), "l2", 0.01)
    alone.run.adjust(changed)
    assert_same(run.run(0), this)
    assert_same(run.run(1), alone.go(83 - k))
    assert not same_frames(run.run(0).frame(), run.run(1).frame())


def test_a_branch_without_settings_goes_as_the_run_does():
    run = compared({"from_step": 25}, network={"layers": DROPOUT, "kind": "2-4-2-1"})
    advance(run, 60)
    assert same_frames(run.run(0).frame(), run.run(1).frame())


def test_a_run_from_the_start_is_that_run_alone():
    settings = "optimizer = sgd; optimizer.learning_rate = 0.2; batch_size = 50; loss = mse"
    run = compared(
        {"settings": settings},
        {"settings": "network = 2-8-8-8-1; seed = 3"},
        {"settings": "dataset = xor; dataset.noise = 0.3"},
    )
    advance(run, 55)
    assert_same(run.run(0), Alone(Training()).go(55))
    plain = {"optimizer": {"kind": "sgd", "learning_rate": 0.2}, "batch_size": 50, "loss": "mse"}
    assert_same(run.run(1), Alone(load(Training, plain)).go(55))
    assert_same(run.run(2), Alone(load(Training, {"network": "2-8-8-8-1", "seed": 3})).go(55))
    xor = load(Training, {"dataset": {"kind": "xor", "noise": 0.3}})
    assert_same(run.run(3), Alone(xor).go(55))


def test_runs_of_other_lengths_end_where_they_would_alone():
    run = compared({"settings": "batch_size = 30"}, {"settings": "epochs = 5"}, epochs=2)
    length = run.length
    assert length == 5 * 25  # 250 samples in batches of 10
    advance(run, 1000)
    assert run.step_count == length
    for index, given in enumerate(({}, {"batch_size": 30}, {"epochs": 5})):
        alone = Alone(load(Training, {"epochs": 2} | given)).go(1000)
        assert_same(run.run(index), alone)
        assert run.run(index).frame().measured_at[-1] == alone.run.length
    assert run.finished is None
    assert run.frame().endings == (
        "All 2 epochs are over.", "All 2 epochs are over.", "All 5 epochs are over.",
    )  # fmt: skip


def test_a_stop_rule_ends_its_run_alone_and_all_together_end_it():
    settings = "target_accuracy = 0.0; epochs = 60"
    run = compared({"settings": settings}, target_accuracy=0.7, epochs=40)
    advance(run, 900)
    first = run.run(0)
    alone = Alone(load(Training, {"target_accuracy": 0.7, "epochs": 40})).go(900)
    assert first.finished is not None
    assert first.step_count < 900 == run.run(1).step_count
    assert_same(first, alone)
    assert run.frame().endings == (first.finished.sentence, "")
    advance(run, 10_000)
    assert run.step_count == 60 * 25
    assert run.finished is not None
    assert run.finished.sentence.startswith(f"This run: {first.finished.sentence} Target accuracy")


def test_a_branch_that_is_never_reached_is_told():
    run = compared({"from_step": 900}, target_accuracy=0.55)
    advance(run, 2000)
    assert run.frame().runs[1] is None
    assert run.finished is not None
    ended = run.run(0).step_count
    assert f"Branch at 900: Never begun: this run ended after {ended:,} steps" in (
        run.finished.sentence
    )


def test_a_branch_at_the_end_goes_on_for_longer():
    run = compared({"from_step": 50, "settings": "epochs = 4"}, epochs=2)
    advance(run, 1000)
    assert [run.run(i).step_count for i in (0, 1)] == [50, 100]
    assert_same(run.run(0), Alone(load(Training, {"epochs": 2})).go(1000))


def test_a_live_change_comes_to_all_but_for_what_is_set_otherwise():
    given = comparison_of({"from_step": 20, "settings": f"{RATE} = 0.05"}, {"settings": "l1 = 0.1"})
    run = built(given)
    assert isinstance(run, Comparison)
    advance(run, 33)
    run.adjust(with_value(with_value(given, RATE, 0.5), "l2", 0.3))
    told = [
        (r.parameters.optimizer.learning_rate, r.parameters.l1, r.parameters.l2) for r in _runs(run)
    ]
    assert told == [(0.5, 0, 0.3), (0.05, 0, 0.3), (0.5, 0.1, 0.3)]
    advance(run, 20)
    alone = Alone(Training()).go(33)
    alone.run.adjust(with_value(with_value(alone.run.parameters, RATE, 0.5), "l2", 0.3))
    assert_same(run.run(0), alone.go(20))


def test_what_is_done_by_hand_is_done_to_this_run_and_its_later_branches():
    action = EditWeight(layer=0, target=1, source=0, value=2.5)
    run = compared({"from_step": 10}, {"from_step": 20}, {})
    advance(run, 15)
    run.act(action)
    values = [r.model[0].weight[1, 0].item() for r in _runs(run)]
    assert values[0] == 2.5
    assert 2.5 not in (values[1], values[3])
    advance(run, 15)
    alone = Alone(Training()).go(15)
    alone.run.act(action)
    alone.go(15)
    assert_same(run.run(0), alone)
    assert same_frames(run.run(2).frame(), alone.run.frame())
    assert not same_frames(run.run(1).frame(), alone.run.frame())


def _runs(run: Comparison) -> list[TrainingRun]:
    return [run.run(index) for index in range(len(run.names))]


@pytest.mark.parametrize("cut", [30, 80])  # the branch begins behind the kept State, and before it
def test_the_contract(cut):
    runs = {"from_step": 45, "settings": f"{RATE} = 0.05"}, {"settings": "seed = 4"}
    network = {"layers": DROPOUT, "kind": "2-4-2-1"}
    check_contract(lambda: compared(*runs, network=network), 2 * cut)


def test_back_before_the_branch_and_on_again():
    run = compared({"from_step": 40, "settings": f"{RATE} = 0.05"}, epochs=8)
    advance(run, 20)
    early = run.state()
    advance(run, 60)
    frame = run.frame()
    run.restore(early)
    assert run.frame().runs[1] is None
    advance(run, 60)
    assert same_frames(run.frame(), frame)


def test_it_computes_on_any_device_without_waiting():
    given = comparison_of(
        {"from_step": 50}, {"settings": "l1 = 0.1"}
    )  # no State can be copied there
    run_on_meta(lambda device: Comparison(given, device))


def test_pictures_are_compared_with_pictures():
    digits = {"kind": "mnist", "training_digits": 200}
    given = comparison_of(
        {"settings": "dataset.shuffled_pixels = true"}, dataset=digits, network="784-256-10"
    )
    run = built(given)
    assert isinstance(run, PictureComparison)
    assert run.observe_every == PictureTrainingRun.observe_every
    assert run.apart
    advance(run, 3)
    shuffled = load(
        Training, {"dataset": digits | {"shuffled_pixels": True}, "network": "784-256-10"}
    )
    assert_same(run.run(1), Alone(shuffled).go(3))
    with pytest.raises(ParameterError, match="pictures and other data are not compared"):
        built(comparison_of({"settings": "dataset = circle"}, dataset=digits, network="784-256-10"))


@pytest.mark.parametrize(
    ("run", "sentence", "path"),
    [
        ({"settings": "optimizer.lerning_rate = 1"}, "lerning_rate", "settings"),
        ({"settings": "batch_size = 0"}, "must be at least 1", "settings"),
        ({"settings": "experiment = finder"}, "cannot set experiment", "settings"),
        ({"settings": "engine = compiled"}, "cannot set engine", "settings"),
        ({"settings": "learning rate 3"}, "sets nothing", "settings"),
        ({"settings": "seed ="}, "sets nothing", "settings"),
        ({"settings": "dataset = moons; dataset.noise = -1"}, "noise", "settings"),
        (
            {"from_step": 5, "settings": "batch_size = 50; l2 = 0.1; network = 2-8-8-8-1"},
            "network and batch_size cannot change there",
            "settings",
        ),
        ({"from_step": 5, "settings": "optimizer = sgd"}, "optimizer cannot change", "settings"),
        ({"from_step": 12_501}, "has only 12,500", "from_step"),
    ],
)
def test_what_cannot_be_is_told(run, sentence, path):
    with pytest.raises(LayerscopeError, match=sentence) as told:
        built(comparison_of(run))
    assert told.value.path == f"experiment.runs.0.{path}"


def test_how_many_and_how_they_are_called():
    with pytest.raises(ParameterError, match="at least 1"):
        comparison_of()
    with pytest.raises(ParameterError, match=f"at most {MOST_RUNS}"):
        comparison_of(*[{}] * (MOST_RUNS + 1))
    for taken in ("a", "this run"):
        with pytest.raises(ParameterError, match=f"Two runs are called '{taken}'"):
            comparison_of({"name": "a"}, {"name": taken})
    runs = {"name": "mine"}, {"from_step": 1200}, {"settings": f"{RATE} = 0.1; l2=3"}, {}, {}
    assert run_names(comparison_of(*runs).experiment.runs) == (
        "this run", "mine", "branch at 1,200", "learning rate 0.1, l2 3", "run 4", "run 5",
    )  # fmt: skip
    same = {"from_step": 7}, {"from_step": 7}, {"name": "branch at 7"}
    names = run_names(comparison_of(*same).experiment.runs)
    assert names == ("this run", "branch at 7 (1)", "branch at 7 (2)", "branch at 7")


def test_the_table_of_what_differs():
    run = compared(
        {"settings": "optimizer = sgd; optimizer.learning_rate = 0.5; dataset.noise = 0.2"},
        {"from_step": 3, "settings": f"{RATE} = 0.05"},
    )
    told = {d.label: d.values for d in run.frame().differences}
    noise = Training().dataset.noise
    assert told == {
        "Data: Noise": (noise, 0.2, noise),
        "Optimizer": ("Adam", "SGD", "Adam"),
        "Optimizer: Learning rate": (0.005, 0.5, 0.05),
    }
    given = comparison_of({"settings": "optimizer = momentum; optimizer.momentum = 0.5"})
    momentum = {d.label: d.values for d in built(given).frame().differences}
    assert momentum["Optimizer: Momentum"] == ("–", 0.5)


def test_rows_and_arrays_tell_the_runs_apart():
    run = compared({"from_step": 20, "name": "later"})
    advance(run, 10)
    early = run.frame()
    advance(run, 20)
    late = run.frame()
    assert early.row().keys() == late.row().keys()
    assert early.row()["later.train_loss"] is None
    assert late.row()["later.train_loss"] == late.row()["this run.train_loss"]
    assert np.array_equal(late.arrays()["later.batch_losses"], run.run(1).frame().batch_losses)
    assert set(run.summary()) >= {"this run, validation_loss", "later, validation_loss"}


def test_its_parameters_are_those_of_plain_runs():
    given = comparison_of({"settings": "seed = 9"}, l2=0.5)
    this, other = run_parameters(given)
    assert this == load(Training, {"l2": 0.5})
    assert other == load(Training, {"l2": 0.5, "seed": 9})


def test_what_can_be_set_in_a_run():
    given = comparison_of({"from_step": 5, "settings": "l2 = 0.25"}, {"settings": "optimizer=sgd"})
    branch = {field.path: field for field in settable(given, 1)}
    assert {RATE, "l1", "l2", "epochs", "target_loss"} <= set(branch)
    assert not {"batch_size", "optimizer", "network", "experiment", "seed"} & set(branch)
    assert (branch["l2"].value, branch["l2"].default) == (0.25, 0.0)
    assert branch[RATE].label == "Optimizer: Learning rate"
    for field in branch.values():
        load(Training, with_one(given, 1, field.path, field.value).model_dump())
    own = {field.path: field for field in settable(given, 2)}
    assert {"batch_size", "optimizer", "network", "seed", "dataset.noise"} <= set(own)
    assert (own["optimizer"].value, own["optimizer"].default) == ("sgd", "adam")
    assert not any(path.startswith(("experiment", "engine")) for path in own)


def with_one(given: Training, index: int, path: str, value: Any) -> Training:
    text = with_setting(given, index, path, value)
    return with_value(given, f"experiment.runs.{index - 1}.settings", text)


def test_a_setting_is_written_so_that_it_is_read():
    given = comparison_of({})
    told = (
        ("loss", "mse"), (RATE, 0.25), ("batch_size", 20), ("dataset", "xor"),
        ("optimizer", "momentum"), ("optimizer.momentum", 0.5), ("dataset.noise", 0.125),
        ("data_seed", 7),
    )  # fmt: skip
    for path, value in told:
        given = with_one(given, 1, path, value)
    other = run_parameters(given)[1]
    assert (other.loss, other.batch_size, other.dataset.kind) == ("mse", 20, "xor")
    assert (other.optimizer.kind, other.optimizer.momentum) == ("momentum", 0.5)
    assert other.optimizer.learning_rate == 0.25
    assert (other.dataset.noise, other.data_seed) == (0.125, 7)
    given = with_one(given, 1, "optimizer", "adam")  # which has no momentum of that name
    assert "momentum" not in given.experiment.runs[0].settings
    assert run_parameters(given)[1].optimizer.learning_rate == 0.25
    for path, value in (("loss", "auto"), (RATE, 0.005), ("batch_size", None), ("data_seed", None)):
        given = with_one(given, 1, path, value)
    assert given.experiment.runs[0].settings == "dataset = xor; dataset.noise = 0.125"
    with pytest.raises(ParameterError, match="at least 1"):
        with_setting(given, 1, "batch_size", 0)
