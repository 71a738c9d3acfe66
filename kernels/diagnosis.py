"""Advice on a network in training, by stated rules: what was found, why it matters, what to set.

A rule is a function of `Observations` with its thresholds above it, and its docstring is shown as
its statement; where the numbers are too few to tell, it says nothing. A new one is a function here
and one name in `_RULES`.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kernels.editing import with_value
from kernels.errors import ParameterError
from kernels.parameters import Parameters
from kernels.simulation import Array
from kernels.training.seen.statistics import LayerStatistics

WINDOW = 12  # measurements that are looked at together, and fewer than which tell nothing
LEARNED = 0.1  # of the first training loss: where it is lower, slow or lost units are no trouble
RATE = "optimizer.learning_rate"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observations:
    """What is known of a run.

    `steps`, `train_loss` and `validation_loss`, (M,), are the measurements in evaluation mode of
    `kernels.training.frame.TrainingFrame`, those since a weight was set by hand: what that did to
    the loss is nobody's learning rate. `batch_steps` and `batch_losses`, (T,), those of the
    batches as trained. `steps_per_epoch`, `batch_size` and `validation_size` count steps and
    samples. `learning_rate` is the setting, before its schedule, `scheduled_rate` that of the step
    before the last measurement, and `l2` the penalty; `sizes_steps` is of a method to which that
    rate soon is nothing. `class_counts`, (K,), say how many training samples each class has; empty
    for numbers. `layers` are of the network after `step` steps, and best of all training samples
    that are measured. `not_compiled` says why PyTorch takes the steps where compiled ones were
    asked for.
    """

    steps: Array
    train_loss: Array
    validation_loss: Array
    batch_steps: Array
    batch_losses: Array
    steps_per_epoch: int
    learning_rate: float
    scheduled_rate: float
    batch_size: int
    validation_size: int
    class_counts: Array
    l2: float = 0.0
    sizes_steps: bool = False
    step: int = 0
    layers: tuple[LayerStatistics, ...] = ()
    not_compiled: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What was found, and what may be done.

    `sentence` has the number that was found, `why` the reason and its conditions, `source` says
    where it is from, and `rule` when it is found. `apply` are paths of
    `kernels.training.parameters.Training` with the values to set, to be set together, where there
    are such parameters; empty where nothing helps. `begins_anew` says that they are for a run from
    step 0: this one cannot recover, or they cannot change while it runs.
    """

    key: str
    title: str
    sentence: str
    why: str
    apply: tuple[tuple[str, Any], ...]
    source: str
    begins_anew: bool = False
    rule: str = ""


Rule = Callable[[Observations], Advice | None]


def diagnose(observations: Observations) -> tuple[Advice, ...]:
    """All advice that the rules give, the gravest first; of a loss that is no number that alone."""
    lost = _found(_no_number, observations)
    if lost:
        return lost
    with np.errstate(invalid="ignore"):  # an infinite loss that has passed; NaN is above nothing
        return tuple(advice for rule in _RULES for advice in _found(rule, observations))


def applicable(advice: Advice, parameters: Parameters) -> Advice:
    """`advice` with what of it can be set in `parameters` and has an effect there."""
    apply = tuple(pair for pair in advice.apply if _changes(parameters, *pair))
    return replace(advice, apply=apply)


def _changes(parameters: Parameters, path: str, value: Any) -> bool:
    """Whether `value` can be set at `path` of `parameters`, and does something there."""
    if path in parameters.idle():
        return False
    try:
        return with_value(parameters, path, value) != parameters
    except ParameterError:  # there is no such parameter, or it has other limits
        return False


# ---- the loss ------------------------------------------------------------------------------


def _no_number(seen: Observations) -> Advice | None:
    """The last measured training loss, or that of the last batch, is NaN or infinite."""
    curves = ((seen.steps, seen.train_loss), (seen.batch_steps, seen.batch_losses))
    lost = [(s, ~np.isfinite(c)) for s, c in curves if len(c) and not np.isfinite(c[-1])]
    if not lost:
        return None
    first = min(int(steps[bad.argmax()]) for steps, bad in lost)
    ran = first > 0
    cause = (
        "Mostly the steps were too long: weights grew until a number was too large for float32. "
        "Once a weight is no number, no step makes it one again: Apply starts anew from step 0, at "
        f"a tenth of the rate. Or go back to well before step {first:,} and lower the rate there."
        if ran
        else "It was so before any step, so that the learning rate is not to blame: look at the "
        "data for numbers that are very large, and at the first weights."
    )
    return Advice(
        key="no-number",
        title="The loss is no number",
        sentence=f"It has been NaN or infinite since step {first:,}.",
        why=cause,
        apply=((RATE, _rounded(seen.learning_rate / 10)),) if ran else (),
        source="IEEE 754: what overflows is infinite, and infinity minus infinity is no number.",
        begins_anew=True,
    )


RISEN = 0.2  # by which the mean of the last measurements is above the lowest mean of as many
RISEN_OF_FIRST = 0.05  # and by so much of the first loss
SWING = 0.2  # of the median loss, from one measurement to the next


def _too_high(seen: Observations) -> Advice | None:
    """The training loss rises or swings, over the last 12 measurements.

    It rises where their mean is 20% above the lowest mean of 12 in a row before, and by 5% of the
    first loss. It swings where from one to the next it changes, on the average, by 20% of their
    median, or of a tenth of the first loss if that is more. Not with Rprop, which sizes its steps
    itself.
    """
    losses = seen.train_loss
    if len(losses) < 2 * WINDOW or seen.sizes_steps:
        return None
    last, means = losses[-WINDOW:], _means(losses)
    lowest, now = float(means[:-WINDOW].min(initial=np.inf)), float(means[-1])
    level = max(float(np.median(last)), LEARNED * float(losses[0]))
    swing = float(np.abs(np.diff(last)).mean()) / level if level > 0 else 0.0
    rise = now / lowest - 1 if lowest > 0 else 0.0
    if SWING < swing < np.inf:
        told = f"The training loss swings by {swing:.0%} of itself from one measurement to the next"
    elif RISEN < rise < np.inf and now - lowest > RISEN_OF_FIRST * losses[0]:
        told = f"The training loss has risen to {now:.4g}, {rise:,.0%} above its lowest"
    else:
        return None
    return Advice(
        key="learning-rate-too-high",
        title="Learning rate too high",
        sentence=f"{told}, at {_rate(seen)}.",
        why="A step that is long against the curvature of the loss lands higher on the other side. "
        "For plain gradient descent on all data the limit is 2 over the largest curvature; other "
        f"optimizers have other limits. Small batches, here of {seen.batch_size:,}, make the loss "
        "swing too, and shorter steps lessen that as well.",
        apply=((RATE, _rounded(seen.learning_rate / 10)),),
        source="Bengio, Practical recommendations for gradient-based training, 2012, 3.1.1",
    )


EPOCHS = 5  # that a loss gets to fall
FALL = 0.01  # of itself, which is little in that time
RISES = 0.25  # the share of measurements above the one before, with which it still falls steadily
ROUNDING = 1e-6  # of the loss, by which float32 alone may lift it
SLOPE = 0.05  # the least of |gradient| |weights| / loss that is not small
LOWERED = 0.5  # of the rate that is set: where the schedule has less, that is what is in the way


def _too_low(seen: Observations) -> Advice | None:
    """The training loss falls slowly but steadily, and the gradient is not small.

    Slowly: by less than 1% of itself in the last 5 epochs, and in the last 12 measurements if
    these are more. Steadily: at most a quarter of the measurements are above the one before by more
    than a millionth, and none of the run is as far below the last. Not small: against the gradient
    of the weights, for a way as long as the weights themselves, the loss would to first order fall
    by 5% of itself. The loss is above a tenth of its first. Not with Rprop, which sizes its
    steps itself.
    """
    steps, losses = seen.steps, seen.train_loss
    if len(steps) <= WINDOW or not seen.layers or _has_learned(seen) or seen.sizes_steps:
        return None
    begun = int(np.searchsorted(steps, steps[-1] - EPOCHS * seen.steps_per_epoch, "right")) - 1
    begun = min(begun, len(steps) - 1 - WINDOW)
    if begun < 0 or losses[-1] > (1 + ROUNDING) * losses.min():
        return None
    part = losses[begun:]
    fall = float(1 - part[-1] / part[0])
    gradient = np.linalg.norm([layer.gradient_norm for layer in seen.layers])
    weights = np.linalg.norm([layer.weight_norm for layer in seen.layers])
    slope = float(gradient * weights / losses[-1])
    if not (-ROUNDING <= fall < FALL and _is_steady(part) and slope >= SLOPE):
        return None
    epochs = (steps[-1] - steps[begun]) / seen.steps_per_epoch
    higher = ((RATE, _rounded(min(10 * seen.learning_rate, 1000.0))),)
    level = (("optimizer.schedule", "constant"), ("annealing", "none"))
    return Advice(
        key="learning-rate-too-low",
        title="Learning rate too low",
        sentence=f"In the last {epochs:.3g} epochs the training loss fell by "
        f"{100 * max(fall, 0):.2g}% of itself, at {_rate(seen)}; the gradient of the weights is "
        f"{gradient:.3g} long, on {_looked_at(seen)}.",
        why="The loss falls steadily and there is a slope to follow, so that longer steps would go "
        "the same way faster, until they are too long for the curvature. On a plateau, where the "
        "slope itself is small, a higher rate is not sure to help, and nothing is said. A schedule "
        "that ends near 0 is meant to end so; where it has halved the rate, Apply takes it away.",
        apply=level if seen.scheduled_rate < LOWERED * seen.learning_rate else higher,
        source="Bengio, Practical recommendations for gradient-based training, 2012, 3.1.1",
    )


OVERFITTED = 0.2  # by which the validation loss has risen from its lowest
OVERFITTED_OF_FIRST = 0.01  # and by so much of the first
VALIDATED = 20  # samples at least


def _overfits(seen: Observations) -> Advice | None:
    """The validation loss rose while the training loss fell, both as means of 12 measurements.

    It is 20% above its lowest, and by 1% of the first; the training loss is lower than it was
    there; the two times have no measurement in common; 20 samples validate at least.
    """
    if len(seen.steps) < 2 * WINDOW or seen.validation_size < VALIDATED:
        return None
    validation, train = _means(seen.validation_loss), _means(seen.train_loss)
    if not np.isfinite(validation).all():
        return None
    at = int(validation[:-WINDOW].argmin())
    lowest, now = float(validation[at]), float(validation[-1])
    risen = now - lowest
    is_much = risen > OVERFITTED * lowest and risen > OVERFITTED_OF_FIRST * seen.validation_loss[0]
    if not (is_much and train[-1] < train[at]):
        return None
    stronger = min(10 * seen.l2, 10.0) if seen.l2 else 0.001
    more = f"{risen / lowest:,.0%} above" if lowest > 0 else "above"
    return Advice(
        key="overfitting",
        title="Overfitting",
        sentence=f"The validation loss is {now:.4g}, {more} its lowest of {lowest:.4g} about step "
        f"{int(seen.steps[at + WINDOW // 2]):,}; the training loss fell from {train[at]:.4g} to "
        f"{train[-1]:.4g} since.",
        why="What it still learns is particular to the training samples, such as their noise. More "
        "samples help most surely; a penalty on large weights, fewer units or an earlier end often "
        "do. Accuracy may stay as it is: the loss also rises where wrong answers get surer.",
        apply=(("l2", _rounded(stronger)),),
        source="Prechelt, Early stopping - but when?, 1998",
    )


# ---- the layers ----------------------------------------------------------------------------

SAMPLES = 50  # that units are judged by at least
DEAD = 0.5  # of the units of a layer


def _dead(seen: Observations) -> Advice | None:
    """Half of the units of a ReLU layer or more give 0 for every one of 50 samples or more.

    Where the training loss is below a tenth of its first, it is said only of a layer whose units
    are all dead: the network then answers the same to everything, however bad it was at first.
    """
    found = [layer for layer in seen.layers if layer.samples >= SAMPLES and layer.dead >= DEAD]
    if not found:
        return None
    worst = max(found, key=lambda layer: layer.dead)
    if worst.dead < 1 and _has_learned(seen):
        return None
    return Advice(
        key="dead-relus",
        title="Dead ReLUs",
        sentence=f"In {worst.name} {worst.dead:.0%} of the units give 0 for every one of "
        f"{_looked_at(seen)}.",
        why="Where a ReLU gives 0, its slope is 0: these samples send the unit no gradient, and it "
        "comes back only if layers before it change, other samples reach it, or momentum or a "
        "penalty moves its weights. Long steps and large negative biases kill units. A leaky ReLU "
        "has a slope of 0.01 there instead of 0; this starts anew.",
        apply=_activations(found, "leaky-relu"),
        source="Maas, Hannun and Ng, Rectifier nonlinearities improve acoustic models, 2013, 2",
        begins_anew=True,
    )


SATURATED = 0.8  # of the outputs of a layer
STILL_FALLS = 0.1  # of itself, over the last 12 measurements


def _saturated(seen: Observations) -> Advice | None:
    """80% of the outputs of a tanh or sigmoid layer or more are where its slope is below 5%.

    Of 50 samples or more, while the training loss is above a tenth of its first and has not, over
    the last 12 measurements, steadily fallen by 10%: what learns well may saturate, too.
    """
    found = [
        layer for layer in seen.layers if layer.samples >= SAMPLES and layer.saturated >= SATURATED
    ]
    if not found or len(seen.train_loss) < WINDOW or _has_learned(seen):
        return None
    part = seen.train_loss[-WINDOW:]
    if part[-1] < (1 - STILL_FALLS) * part[0] and _is_steady(part):
        return None
    worst = max(found, key=lambda layer: layer.saturated)
    return Advice(
        key="saturated-units",
        title="Saturated units",
        sentence=f"In {worst.name} {worst.saturated:.0%} of the outputs of the {worst.activation} "
        f"are where its slope is below 5% of its largest, on {_looked_at(seen)}.",
        why="What comes back through such a unit is multiplied with its slope, so that the layers "
        "before hardly learn. Weights that began too large, or grew by long steps, drive units "
        "there. Xavier's first weights keep most units off it at the beginning; this starts anew.",
        apply=(("initialization", "xavier"),),
        source="Glorot and Bengio, Understanding the difficulty of training deep feedforward "
        "neural networks, 2010",
        begins_anew=True,
    )


VANISHING, EXPLODING = 1e-3, 1e3  # the gradient of the first layer over that of the last


def _uneven(seen: Observations) -> Advice | None:
    """The gradient of the first layer is under a 1,000th of that of the last, or over 1,000 times.

    Of the lengths of the gradients of all weights, from three layers on, normalisation left out.
    Vanishing gradients are told of while the training loss is above a tenth of its first.
    In a row of ReLUs without biases the inner product of weights and gradient is the same in all
    layers (Du, Hu and Lee 2018): there the ratio says little of what vanishes.
    """
    layers = [layer for layer in seen.layers if len(layer.shape) > 1]
    if len(layers) < 3 or not layers[-1].gradient_norm > 0 or not len(seen.train_loss):
        return None
    ratio = layers[0].gradient_norm / layers[-1].gradient_norm
    told = (
        f"The gradient of {layers[0].name} is {ratio:.2g} times as long as that of "
        f"{layers[-1].name}, on {_looked_at(seen)}."
    )
    if ratio < VANISHING and not _has_learned(seen):
        flat = [layer for layer in seen.layers if layer.activation in ("tanh", "sigmoid")]
        return Advice(
            key="vanishing-gradients",
            title="Vanishing gradients",
            sentence=told,
            why="A gradient is multiplied, from layer to layer, with weights and with slopes of "
            "activation functions; that of a sigmoid is 1/4 at most. With plain gradient descent "
            "the first layers hardly learn; Adam evens part of it out. ReLU has slope 1 where it "
            "is on, and He's first weights are made for it; this starts anew.",
            apply=(*_activations(flat, "relu"), ("initialization", "he")),
            source="Glorot and Bengio 2010, 3; He et al., Delving deep into rectifiers, 2015, 2.2",
            begins_anew=True,
        )
    if ratio > EXPLODING:
        return Advice(
            key="exploding-gradients",
            title="Exploding gradients",
            sentence=told,
            why="Large weights multiply a gradient from layer to layer, so that a step which suits "
            "the last layer is far too long for the first. Clipping shortens the gradient of the "
            "whole network where it is long; it leaves the ratio as it is.",
            apply=(("optimizer.clip_norm", 1.0),),
            source="Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural "
            "networks, 2013, 3.2",
        )
    return None


# ---- the data ------------------------------------------------------------------------------

UNBALANCED = 4.0  # times as many samples as the smallest class
COUNTED = 20  # training samples at least


def _unbalanced(seen: Observations) -> Advice | None:
    """The largest class has at least 4 times the training samples of the smallest, of 20 in all."""
    counts = seen.class_counts
    if len(counts) < 2 or counts.sum() < COUNTED or counts.max() < UNBALANCED * counts.min():
        return None
    most, least, share = int(counts.max()), int(counts.min()), counts.max() / counts.sum()
    return Advice(
        key="unbalanced-classes",
        title="Unbalanced classes",
        sentence=f"The largest class has {most:,} training samples and the smallest {least:,}.",
        why=f"Always naming the largest class is right on {share:.0%} of the training data, so "
        "that a high accuracy may mean little; of pictures the confusion matrix tells of each "
        "class. Whether it does harm depends on how far the classes overlap. More samples of the "
        "small classes are the surest cure. Apply starts anew: where data are drawn here, it draws "
        "as many of each class; of others it repeats the training samples of small classes. This "
        "tells nothing new: they are easily learned by heart, and each repeat counts in the loss "
        "and accuracy of the training data.",
        apply=(("dataset.balance", 0.5), ("dataset.oversample", True)),
        source="Japkowicz and Stephen, The class imbalance problem, 2002; He and Garcia, Learning "
        "from imbalanced data, 2009, 3.1.1",
        begins_anew=True,
    )


# ---- the engine ----------------------------------------------------------------------------


def _not_compiled(seen: Observations) -> Advice | None:
    """Compiled steps were asked for, and they do not do this network, loss or optimizer."""
    if not seen.not_compiled:
        return None
    return Advice(
        key="not-compiled",
        title="Not compiled",
        sentence=f"PyTorch itself takes the steps, since {seen.not_compiled}.",
        why="The compiled step is for tiny networks: linear layers of at most 64 inputs and units, "
        "with SGD, momentum, Nesterov, Adam or AdamW, on the CPU. Nothing is wrong: the run is the "
        "same, only slower.",
        apply=(),
        source="kernels.training.compiled.network.applies_to",
    )


_RULES: tuple[Rule, ...] = (
    _too_high,
    _too_low,
    _uneven,
    _dead,
    _saturated,
    _overfits,
    _unbalanced,
    _not_compiled,
)


def _found(rule: Rule, observations: Observations) -> tuple[Advice, ...]:
    """What `rule` gives, with its statement, or nothing."""
    advice = rule(observations)
    if advice is None:
        return ()
    return (replace(advice, rule=" ".join((inspect.getdoc(rule) or "").split())),)


def _has_learned(seen: Observations) -> bool:
    return bool(len(seen.train_loss) and seen.train_loss[-1] <= LEARNED * seen.train_loss[0])


def _is_steady(losses: Array) -> bool:
    """Whether at most a quarter of `losses` are above the one before, by more than rounding."""
    return bool((np.diff(losses) > ROUNDING * np.abs(losses[:-1])).mean() <= RISES)


def _means(curve: Array) -> Array:
    """The means of each 12 in a row, (M - 11,)."""
    means: Array = np.lib.stride_tricks.sliding_window_view(curve, WINDOW).mean(axis=-1)
    return means


def _activations(layers: list[LayerStatistics], name: str) -> tuple[tuple[str, Any], ...]:
    """To set the activation behind each of `layers`, which end on the number of their row."""
    rows = [match for layer in layers if (match := re.search(r"\d+$", layer.name))]
    return tuple((f"network.layers.{int(row[0]) - 1}.activation", name) for row in rows)


def _looked_at(seen: Observations) -> str:
    """On how many samples the layers were looked at, and when, in words."""
    return f"{seen.layers[0].samples:,} training samples at step {seen.step:,}"


def _rate(seen: Observations) -> str:
    """The learning rate of the last step that was measured, in words."""
    before = "" if seen.scheduled_rate == seen.learning_rate else ", {:g} before its schedule"
    return f"a learning rate of {seen.scheduled_rate:.4g}" + before.format(seen.learning_rate)


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
