"""Each rule on a case made for it, on healthy ones, and on real runs."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
import torch

from kernels.diagnosis import Observations, applicable, diagnose
from kernels.editing import load, with_value
from kernels.parameters import Parameters
from kernels.simulation import advance
from kernels.training.objective import Criterion
from kernels.training.parameters import Training
from kernels.training.seen.statistics import LayerStatistics, layer_statistics
from kernels.training.tensors import tensors_of
from kernels.training.training import ADVICE, TrainingRun

COUNT = 60  # measurements of a made run
FALLING = 0.7 * np.exp(-np.arange(COUNT) / 20)


def layer(name: str = "linear1", **given: Any) -> LayerStatistics:
    usual = {
        "shape": (8, 8),
        "activation": "relu",
        "samples": 250,
        "dead": math.nan,
        "saturated": math.nan,
        "gradient_norm": 0.1,
        "weight_norm": 1.0,
    }
    return LayerStatistics(name=name, **(usual | given))


def seen(**given: Any) -> Observations:
    """A healthy run, but for what is `given`."""
    usual = {
        "steps": 10 * np.arange(COUNT),
        "train_loss": FALLING,
        "validation_loss": FALLING + 0.05,
        "batch_steps": np.arange(590),
        "batch_losses": np.full(590, 0.3),
        "steps_per_epoch": 20,
        "learning_rate": 0.02,
        "scheduled_rate": 0.02,
        "batch_size": 10,
        "validation_size": 100,
        "class_counts": np.array([100, 120]),
        "step": 593,
        "layers": (layer(), layer("linear2"), layer("output", activation="")),
    }
    return Observations(**(usual | given))


def keys(observations: Observations) -> list[str]:
    return [advice.key for advice in diagnose(observations)]


def only(observations: Observations) -> Any:
    (advice,) = diagnose(observations)
    assert advice.title
    assert advice.why.endswith(".")
    assert advice.rule.endswith(".")
    assert "  " not in advice.rule
    assert advice.source
    return advice


def cut(observations: Observations, count: int) -> Observations:
    """The same with its first `count` measurements alone."""
    names = ("steps", "train_loss", "validation_loss")
    first = {name: getattr(observations, name)[:count] for name in names}
    return dataclasses.replace(observations, **first)


def test_a_healthy_run_gets_no_advice():
    assert diagnose(seen()) == ()
    assert diagnose(seen(class_counts=np.empty(0, int), layers=())) == ()


def test_where_nothing_is_known_yet_nothing_is_said():
    none = np.empty(0)
    early = {"steps": none, "train_loss": none, "validation_loss": none}
    assert diagnose(seen(**early, batch_steps=none, batch_losses=none, layers=())) == ()
    assert diagnose(cut(seen(), 1)) == ()


def test_odd_curves_are_borne():
    assert diagnose(seen(train_loss=np.zeros(COUNT), validation_loss=np.zeros(COUNT))) == ()
    passed = FALLING.copy()
    passed[-6:-4] = np.inf  # a weight was written over, and written back
    assert diagnose(seen(train_loss=passed)) == ()


# ---- each rule -----------------------------------------------------------------------------


def test_a_loss_that_is_no_number():
    batch = np.where(np.arange(590) < 583, 0.3, np.nan)
    advice = only(seen(batch_losses=batch, class_counts=np.array([1000, 1])))
    assert advice.key == "no-number"
    assert advice.sentence == "It has been NaN or infinite since step 583."
    assert "Apply starts anew from step 0, at a tenth of the rate" in advice.why
    assert advice.apply == (("optimizer.learning_rate", 0.002),)
    assert advice.begins_anew
    measured = np.where(np.arange(COUNT) < 40, 0.3, np.inf)
    assert "since step 400" in only(seen(train_loss=measured)).sentence
    first = only(cut(seen(train_loss=np.full(COUNT, np.nan), batch_losses=np.empty(0)), 1))
    assert "since step 0" in first.sentence
    assert "is not to blame" in first.why
    assert first.apply == ()
    assert diagnose(seen(validation_loss=np.full(COUNT, np.nan))) == ()  # no validation data


def test_a_learning_rate_too_high_swings_or_rises():
    swinging = 0.5 + 0.1 * (-1.0) ** np.arange(COUNT)
    advice = only(seen(train_loss=swinging))
    assert advice.key == "learning-rate-too-high"
    assert "swings by 40% of itself" in advice.sentence
    assert "learning rate of 0.02" in advice.sentence
    assert advice.apply == (("optimizer.learning_rate", 0.002),)
    risen = np.where(np.arange(COUNT) < 30, 0.4, 0.6)
    risen[0] = 0.7
    assert "risen to 0.6, 50% above its lowest" in only(seen(train_loss=risen)).sentence
    assert diagnose(cut(seen(train_loss=swinging), 23)) == ()
    little = 0.001 + 0.0005 * (-1.0) ** np.arange(COUNT)
    little[0] = 0.7  # what is nearly learned may swing
    assert diagnose(seen(train_loss=little)) == ()


def test_a_learning_rate_too_low_falls_slowly_on_a_slope():
    slow = 0.7 - 1e-5 * np.arange(COUNT)
    layers = (layer(gradient_norm=0.3), layer("output", gradient_norm=0.4, weight_norm=0.0))
    advice = only(seen(train_loss=slow, layers=layers))
    assert advice.key == "learning-rate-too-low"
    assert advice.apply == (("optimizer.learning_rate", 0.2),)
    fall = 1 - slow[-1] / slow[-13]
    assert f"In the last 6 epochs the training loss fell by {100 * fall:.2g}%" in advice.sentence
    told = "gradient of the weights is 0.5 long, on 250 training samples at step 593."
    assert told in advice.sentence
    flat = (layer(gradient_norm=1e-3),)  # at the bottom, or on a plateau
    assert diagnose(seen(train_loss=slow, layers=flat)) == ()
    assert diagnose(seen(train_loss=slow, layers=())) == ()
    assert diagnose(cut(seen(train_loss=slow), 12)) == ()
    assert diagnose(seen(train_loss=slow, steps_per_epoch=1000)) == ()  # less than five epochs
    noisy = slow + 1e-4 * (-1.0) ** np.arange(COUNT)  # about a level that it has come to
    assert diagnose(seen(train_loss=noisy)) == ()
    learned = slow * 0.01
    learned[0] = 0.7
    assert diagnose(seen(train_loss=learned)) == ()


def test_a_learning_rate_is_told_as_its_schedule_makes_it():
    slow = seen(train_loss=0.7 - 1e-5 * np.arange(COUNT), scheduled_rate=0.02 / 3)
    advice = only(slow)
    assert "learning rate of 0.006667, 0.02 before its schedule; the gradient" in advice.sentence
    assert advice.apply == (("optimizer.schedule", "constant"), ("annealing", "none"))
    half = only(dataclasses.replace(slow, scheduled_rate=0.01))
    assert half.apply == (("optimizer.learning_rate", 0.2),)
    swinging = 0.5 + 0.1 * (-1.0) ** np.arange(COUNT)
    high = only(seen(train_loss=swinging, scheduled_rate=0.01))
    assert high.sentence.endswith("at a learning rate of 0.01, 0.02 before its schedule.")
    assert high.apply == (("optimizer.learning_rate", 0.002),)


def test_of_a_rate_that_is_read_once_nothing_is_said():
    swinging = 0.5 + 0.1 * (-1.0) ** np.arange(COUNT)
    assert diagnose(seen(train_loss=swinging, sizes_steps=True)) == ()
    slow = seen(train_loss=0.7 - 1e-5 * np.arange(COUNT))
    assert keys(slow) == ["learning-rate-too-low"]
    assert diagnose(dataclasses.replace(slow, sizes_steps=True)) == ()
    given = {"optimizer": {"kind": "rprop", "learning_rate": 0.01}}
    assert keys(watched(300, **given)) == ["learning-rate-too-low"]  # were it not known
    run = TrainingRun(load(Training, given), torch.device("cpu"))
    advance(run, 300)
    assert run.frame(frozenset({ADVICE})).advice == ()


def test_a_schedule_that_ends_too_soon_is_taken_away():
    schedule = {"kind": "exponential", "gamma": 0.98}
    given = {"optimizer": {"kind": "sgd", "learning_rate": 0.1, "schedule": schedule}}
    found = watched(700, **given)
    assert keys(found) == ["learning-rate-too-low"]
    parameters: Training = load(Training, given)
    for path, value in diagnose(found)[0].apply:
        parameters = with_value(parameters, path, value)
    assert parameters.optimizer.schedule.kind == "constant"


def test_overfitting_is_told_with_its_numbers():
    validation = np.concatenate([np.linspace(0.8, 0.2, 30), np.linspace(0.2, 0.6, 30)])
    advice = only(seen(validation_loss=validation))
    assert advice.key == "overfitting"
    means = np.convolve(validation, np.ones(12) / 12, "valid")
    risen = means[-1] / means.min() - 1
    assert f"{means[-1]:.4g}, {risen:.0%} above its lowest of {means.min():.4g}" in advice.sentence
    assert advice.apply == (("l2", 0.001),)
    stronger = only(seen(validation_loss=validation, l2=0.01))
    assert stronger.apply == (("l2", 0.1),)
    assert diagnose(seen(validation_loss=validation, validation_size=19)) == ()
    assert diagnose(cut(seen(validation_loss=validation), 23)) == ()
    both = validation - 0.1  # the training loss rises, too
    assert keys(seen(validation_loss=validation, train_loss=both)) == ["learning-rate-too-high"]


def test_dead_units():
    flat = np.full(COUNT, 0.5)
    names = ("linear1", "batch_norm3")
    layers = tuple(
        layer(name, dead=dead, gradient_norm=0.0)
        for name, dead in zip(names, (0.5, 0.75), strict=True)
    )
    advice = only(seen(train_loss=flat, layers=layers))
    assert advice.key == "dead-relus"
    assert advice.sentence == (
        "In batch_norm3 75% of the units give 0 for every one of 250 training samples at step 593."
    )
    assert advice.apply == (
        ("network.layers.0.activation", "leaky-relu"),
        ("network.layers.2.activation", "leaky-relu"),
    )
    assert diagnose(seen(train_loss=flat, layers=(layer(dead=0.4, gradient_norm=0),))) == ()
    few = layer(dead=1.0, samples=10, gradient_norm=0)
    assert diagnose(seen(train_loss=flat, layers=(few,))) == ()
    assert diagnose(seen(layers=layers)) == ()  # it has learned
    lost = (layer(dead=1.0, gradient_norm=0.0),)
    assert keys(seen(layers=lost)) == ["dead-relus"]  # or was worse than naming one class at first


def test_saturated_units():
    flat = np.full(COUNT, 0.5)
    layers = (layer(saturated=0.9, activation="tanh", gradient_norm=0.0),)
    advice = only(seen(train_loss=flat, layers=layers))
    assert advice.key == "saturated-units"
    assert advice.sentence == (
        "In linear1 90% of the outputs of the tanh are where its slope is below 5% of its largest, "
        "on 250 training samples at step 593."
    )
    assert advice.apply == (("initialization", "xavier"),)
    half = dataclasses.replace(layers[0], saturated=0.5)
    assert diagnose(seen(train_loss=flat, layers=(half,))) == ()
    few = dataclasses.replace(layers[0], samples=10)
    assert diagnose(seen(train_loss=flat, layers=(few,))) == ()
    assert diagnose(cut(seen(layers=layers), 20)) == ()  # it learns well


def test_vanishing_and_exploding_gradients():
    flat = FALLING + 0.3
    sizes = (2e-6, 1e-6, 1e-2)
    names = ("linear1", "linear2", "output")
    layers = [
        layer(name, gradient_norm=size, activation="sigmoid" if name != "output" else "")
        for name, size in zip(names, sizes, strict=True)
    ]
    advice = only(seen(train_loss=flat, layers=tuple(layers)))
    assert advice.key == "vanishing-gradients"
    assert advice.sentence == (
        "The gradient of linear1 is 0.0002 times as long as that of output, on 250 training "
        "samples at step 593."
    )
    assert advice.apply == (
        ("network.layers.0.activation", "relu"),
        ("network.layers.1.activation", "relu"),
        ("initialization", "he"),
    )
    turned = [
        dataclasses.replace(a, gradient_norm=size)
        for a, size in zip(layers, (20.0, 1.0, 0.01), strict=True)
    ]
    exploding = only(seen(train_loss=flat, layers=tuple(turned)))
    assert exploding.key == "exploding-gradients"
    assert "is 2e+03 times" in exploding.sentence
    assert exploding.apply == (("optimizer.clip_norm", 1.0),)
    assert diagnose(seen(train_loss=flat, layers=tuple(turned[1:]))) == ()
    normalised = [dataclasses.replace(turned[0], shape=(8,)), *turned[1:]]
    assert diagnose(seen(train_loss=flat, layers=tuple(normalised))) == ()


def test_unbalanced_classes():
    advice = only(seen(class_counts=np.array([10, 60, 30])))
    assert advice.key == "unbalanced-classes"
    assert "has 60 training samples and the smallest 10." in advice.sentence
    assert "right on 60% of the training data" in advice.why
    assert advice.apply == (("dataset.balance", 0.5), ("dataset.oversample", True))
    assert advice.begins_anew
    assert diagnose(seen(class_counts=np.array([30, 10]))) == ()
    assert diagnose(seen(class_counts=np.array([15, 1]))) == ()  # too few to tell
    assert keys(seen(class_counts=np.array([30, 0]))) == ["unbalanced-classes"]


# ---- what can be applied -------------------------------------------------------------------


def test_what_would_change_nothing_or_is_not_there_is_not_applied():
    advice = only(seen(class_counts=np.array([10, 90])))
    assert applicable(advice, Training()).apply == ()  # it is so
    points = load(Training, {"dataset": {"kind": "points", "oversample": True}})
    assert applicable(advice, points).apply == ()
    clipped = dataclasses.replace(advice, apply=(("optimizer.clip_norm", 1.0),))
    assert applicable(clipped, Training()).apply == clipped.apply
    assert applicable(clipped, load(Training, {"optimizer": "rprop"})).apply == ()


@pytest.mark.parametrize(
    ("dataset", "setting"),
    [
        ({"kind": "circle", "balance": 0.9}, ("dataset.balance", 0.5)),
        *(
            ({"kind": kind}, ("dataset.oversample", True))
            for kind in ("points", "csv", "pictures", "pixels-csv")
        ),
    ],
)
def test_of_several_cures_that_is_applied_which_the_data_have(dataset, setting):
    advice = only(seen(class_counts=np.array([10, 90])))
    assert applicable(advice, load(Training, {"dataset": dataset})).apply == (setting,)


def test_first_weights_that_come_from_a_file_are_not_drawn_another_way():
    advice = only(seen(class_counts=np.array([10, 90])))
    both = (("network.layers.0.activation", "relu"), ("initialization", "he"))
    advice = dataclasses.replace(advice, apply=both)
    assert applicable(advice, Training()).apply == both
    assert applicable(advice, Training(weights="mine.safetensors")).apply == both[:1]


# ---- real runs -----------------------------------------------------------------------------


def watched(steps: int, **given: Any) -> Observations:
    """What there is to see of a real run after so many steps."""
    parameters = load(Training, given)
    run = TrainingRun(parameters, torch.device("cpu"))
    advance(run, steps)
    frame, dataset = run.frame(), run.dataset
    train = tensors_of(dataset.train, run.device)
    loss_of = Criterion(parameters.loss, dataset, parameters.label_smoothing)
    counts = np.bincount(dataset.train.targets) if dataset.classes else np.empty(0, int)
    return Observations(
        steps=frame.measured_at,
        train_loss=frame.train_loss,
        validation_loss=frame.validation_loss,
        batch_steps=frame.batch_steps,
        batch_losses=frame.batch_losses,
        steps_per_epoch=frame.plan.steps_per_epoch,
        learning_rate=parameters.optimizer.learning_rate,
        scheduled_rate=frame.learning_rate,
        batch_size=len(frame.batch),
        validation_size=len(dataset.validation),
        class_counts=counts,
        l2=parameters.l2,
        step=frame.step,
        layers=layer_statistics(run.model.eval(), loss_of, train.inputs, train.targets),
    )


def hidden(count: int, activation: str, units: int = 8) -> dict[str, Any]:
    layers = [{"kind": "linear", "units": units, "activation": activation}] * count
    return {"kind": "wide", "layers": layers}


@pytest.mark.parametrize("steps", [0, 1, 50, 130, 250, 400, 800, 1500])
def test_the_circle_gets_no_advice(steps):
    assert keys(watched(steps)) == []


@pytest.mark.parametrize("dataset", ["xor", "moons", "spiral"])
def test_other_healthy_runs_get_none(dataset):
    assert keys(watched(500, dataset=dataset, network="2-8-8-8-1")) == []


def test_adam_with_a_rate_of_ten():
    found = watched(600, optimizer={"kind": "adam", "learning_rate": 10.0})
    first = diagnose(found)[0]
    assert first.key == "learning-rate-too-high"
    assert "learning rate of 10" in first.sentence
    assert first.apply == (("optimizer.learning_rate", 1.0),)
    assert "saturated-units" in keys(found)


@pytest.mark.parametrize("rate", [1e-9, 1e-5, 1e-4])
def test_a_rate_far_too_low(rate):
    found = watched(300, optimizer={"kind": "sgd", "learning_rate": rate})
    assert keys(found) == ["learning-rate-too-low"]


def test_six_layers_of_sigmoids_vanish():
    optimizer = {"kind": "sgd", "learning_rate": 0.1}
    found = watched(300, network=hidden(6, "sigmoid"), optimizer=optimizer)
    assert "vanishing-gradients" in keys(found)
    assert "vanishing-gradients" not in keys(watched(300, network=hidden(6, "relu")))


def test_large_steps_kill_relus():
    optimizer = {"kind": "adam", "learning_rate": 1.0}
    found = watched(600, network=hidden(3, "relu"), optimizer=optimizer)
    assert "dead-relus" in keys(found)


def test_a_network_all_dead_is_told_of_though_its_loss_fell():
    settings = {"initialization": "too-large", "optimizer": {"kind": "sgd", "learning_rate": 3.0}}
    found = watched(400, network=hidden(2, "relu", 20), **settings)
    assert found.train_loss[-1] < found.train_loss[0] / 10
    assert "dead-relus" in keys(found)


def test_first_weights_too_large_saturate():
    found = watched(1000, network="2-8-8-8-1", initialization="too-large")
    assert "saturated-units" in keys(found)


def test_a_wide_network_overfits_twelve_points():
    optimizer = {"kind": "adam", "learning_rate": 0.01}
    found = watched(4000, dataset="sine", network="wide", optimizer=optimizer, epochs=5000, seed=1)
    assert "overfitting" in keys(found)


def test_a_rate_of_a_thousand_ends_in_no_number():
    optimizer = {"kind": "sgd", "learning_rate": 1000.0}
    assert keys(watched(2000, dataset="plane", optimizer=optimizer)) == ["no-number"]


def test_advice_to_balance_is_gone_when_it_is_followed():
    points = [{"x1": i / 8, "x2": i % 3, "label": int(i < 8)} for i in range(48)]
    for dataset in ({"kind": "circle", "balance": 0.9}, {"kind": "points", "points": points}):
        parameters = load(Training, {"dataset": dataset})
        run = TrainingRun(parameters, torch.device("cpu"))
        (advice,) = run.frame(frozenset({ADVICE})).advice
        assert advice.key == "unbalanced-classes"
        for path, value in advice.apply:
            parameters = with_value(parameters, path, value)
        assert TrainingRun(parameters, run.device).frame(frozenset({ADVICE})).advice == ()


def test_all_that_is_advised_can_be_set():
    settings = [
        {"optimizer": {"kind": "adam", "learning_rate": 10.0}, "network": hidden(3, "relu")},
        {"network": hidden(6, "sigmoid"), "optimizer": {"kind": "sgd", "learning_rate": 0.1}},
    ]
    for given in settings:
        parameters: Parameters = load(Training, given)
        advised = [pair for advice in diagnose(watched(600, **given)) for pair in advice.apply]
        assert advised
        for path, value in advised:
            parameters = with_value(parameters, path, value)
