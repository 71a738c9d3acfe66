"""When a run is looked at for advice and predictions, and that this changes nothing."""

from typing import Any

import numpy as np
import pytest
import torch

from kernels.diagnosis import Observations
from kernels.editing import load, with_value
from kernels.simulation import State, advance
from kernels.training import training
from kernels.training.actions import EditWeight
from kernels.training.experiments import simulation_class
from kernels.training.parameters import Training
from kernels.training.seen.predictions import PREDICTIONS
from kernels.training.training import ADVICE, LAYERS, PictureTrainingRun, TrainingRun

CPU = torch.device("cpu")
ADVISED = frozenset({ADVICE})
DIGITS = {"kind": "mnist", "training_digits": 300}


def made(**given: Any) -> TrainingRun:
    parameters = load(Training, given)
    return simulation_class(parameters)(parameters, CPU)


def digits(layers: int, activation: str, **given: Any) -> PictureTrainingRun:
    """A network for pictures, which is measured at step 0 alone in what follows."""
    linear = {"kind": "linear", "units": 16, "activation": activation}
    network = {"kind": "784-256-10", "layers": [{"kind": "flatten"}, *[linear] * layers]}
    run = made(dataset=DIGITS, network=network, **given)
    assert isinstance(run, PictureTrainingRun)
    return run


def numbers_of(state: object) -> list[Any]:
    """All numbers in a State, in order."""
    if isinstance(state, torch.Tensor):
        return state.tolist()
    if isinstance(state, dict):
        return [numbers_of(state[key]) for key in state]
    if isinstance(state, list | tuple):
        return [numbers_of(part) for part in state]
    if hasattr(state, "state_dict"):
        return numbers_of(state.state_dict())
    return [state] if isinstance(state, int | float | str) else []


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Observations]:
    """What was diagnosed, one after the other."""
    seen: list[Observations] = []
    diagnose = training.diagnose

    def counted(observations: Observations) -> Any:
        seen.append(observations)
        return diagnose(observations)

    monkeypatch.setattr(training, "diagnose", counted)
    return seen


def test_advice_is_looked_for_at_each_measurement_once(looks: list[Observations]) -> None:
    run = made()
    run.frame(frozenset({LAYERS}))
    assert not looks  # the histograms are another matter
    for _ in range(25):
        run.frame(ADVISED)
        advance(run, 1)
    run.frame(ADVISED | {LAYERS})
    assert [seen.step for seen in looks] == [0, 10, 20]
    assert [int(seen.steps[-1]) for seen in looks] == [0, 10, 20]
    assert [seen.layers[0].samples for seen in looks] == [250, 250, 250]
    assert looks[0].class_counts is looks[2].class_counts  # counted once
    assert looks[0].class_counts.tolist() == np.bincount(run.dataset.train.targets).tolist()


def test_only_what_came_since_a_weight_was_set_by_hand_is_judged(
    looks: list[Observations],
) -> None:
    run = made()
    advance(run, 400)
    run.frame(ADVISED)
    run.act(EditWeight(layer=0, target=0, source=0, value=50.0))
    run.frame(ADVISED)
    advance(run, 300)
    run.frame(ADVISED)
    before, at, after = looks
    assert len(before.steps) == 41
    assert len(at.steps) == len(at.train_loss) == len(at.validation_loss) == 0
    assert after.steps.tolist() == list(range(410, 701, 10))
    assert after.train_loss[0] > before.train_loss[-1]


def test_it_is_looked_for_anew_when_something_changed(looks: list[Observations]) -> None:
    run = made(optimizer={"kind": "sgd", "learning_rate": 0.1})
    advance(run, 12)
    kept = run.state()
    run.frame(ADVISED)
    run.adjust(with_value(run.parameters, "optimizer.learning_rate", 0.3))
    run.frame(ADVISED)
    assert [seen.learning_rate for seen in looks] == [0.1, 0.3]
    run.act(EditWeight(layer=0, target=0, source=0, value=100.0))
    run.frame(ADVISED)
    assert looks[2].layers[0].weight_norm > 100 > looks[1].layers[0].weight_norm
    run.restore(kept)
    run.frame(ADVISED)
    assert looks[3].learning_rate == 0.1
    assert looks[3].layers == looks[0].layers
    run.restore(kept)
    run.frame(ADVISED)
    assert len(looks) == 5


def test_a_batch_that_is_no_number_is_told_of_before_it_is_measured() -> None:
    run = digits(1, "relu")
    assert [advice.key for advice in run.frame(ADVISED).advice] == []
    advance(run, 5)
    with torch.no_grad():
        next(run.model.parameters()).fill_(float("nan"))
    assert run.frame(ADVISED).advice == ()  # nothing has told of it yet
    advance(run, 1)
    frame = run.frame(ADVISED)
    assert frame.measured_at.tolist() == [0]
    assert [advice.sentence for advice in frame.advice] == [
        "It has been NaN or infinite since step 5."
    ]


def test_looking_for_advice_changes_nothing() -> None:
    dropout = [{"kind": "linear", "units": 8}, {"kind": "dropout"}, {"kind": "batch-norm"}]
    looked, other = (made(network={"kind": "wide", "layers": dropout}) for _ in range(2))
    with torch.random.fork_rng():
        torch.manual_seed(1)
        for _ in range(50):
            advance(looked, 1)
            looked.frame(ADVISED | {LAYERS, PREDICTIONS})
    with torch.random.fork_rng():
        torch.manual_seed(1)
        advance(other, 50)
    states: list[State] = [run.state() for run in (looked, other)]
    assert states[0].keys() == states[1].keys()
    assert numbers_of(states[0]) == numbers_of(states[1])
    for ours, theirs in zip(looked.model.parameters(), other.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize(
    ("key", "layers", "activation", "given", "change"),
    [
        ("dead-relus", 1, "relu", {}, lambda w: w.bias.fill_(-100.0)),
        ("saturated-units", 1, "tanh", {}, lambda w: w.weight.mul_(100.0)),
        ("vanishing-gradients", 8, "sigmoid", {"initialization": "xavier"}, lambda w: None),
        ("exploding-gradients", 4, "identity", {}, lambda w: w.weight.mul_(1e3)),
    ],
)
def test_the_layers_of_a_network_for_pictures_are_looked_at_without_histograms(
    key: str, layers: int, activation: str, given: dict[str, Any], change: Any
) -> None:
    optimizer = {"kind": "sgd", "learning_rate": 1e-6}
    run = digits(layers, activation, optimizer=optimizer, epochs=1000, **given)
    linear = [part for part in run.model if isinstance(part, torch.nn.Linear)]
    with torch.no_grad():
        for part in linear[1:] if key == "exploding-gradients" else linear[:-1]:
            change(part)
    for _ in range(24):
        run.observe()
        run.step_count += 200  # nothing is learned, and measured often
    frame = run.frame(ADVISED)
    assert frame.layers == ()
    told = {advice.key: advice.sentence for advice in frame.advice}
    assert key in told
    assert f" 100 training samples at step {run.step_count:,}" in told[key]


def test_predictions_are_made_once_of_a_measurement() -> None:
    run = made()
    watch = frozenset({PREDICTIONS})
    first = run.frame(watch).predictions
    advance(run, 9)
    assert run.frame(watch).predictions is first
    cell = run.frame(watch | {"cell.0.1"}).predictions
    assert cell is not None
    assert (cell.true == 0).all()
    assert (cell.predicted == 1).all()
    advance(run, 1)
    last = run.frame(watch).predictions
    assert last is not None
    assert last is not first
    right = last.confusion.trace() / last.confusion.sum()
    assert right == pytest.approx(run.frame().validation_accuracy[-1], abs=1e-6)
