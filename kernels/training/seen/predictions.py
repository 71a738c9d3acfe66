"""What a classifier says of many samples: how often it takes which class for which, and where."""

from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from kernels.errors import DataError
from kernels.simulation import Array, to_host

PREDICTIONS = "predictions"  # what a viewer watches to get them
CELL = "cell."  # with the true and the predicted class behind it, such as "cell.4.9"
MOST = 40  # pictures that somebody looks at


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """The answers of a classifier to N samples of C classes.

    All arrays are read-only. `confusion`, int64 (C, C), counts samples, rows by the true class and
    columns by the predicted one. `wrongest`, int64 (W,), are the numbers of samples answered
    wrongly, the one whose true class got the least probability first; of each, `true` and
    `predicted`, int64 (W,), are the classes, and `true_probability` and `probability`, (W,), what
    these got.
    """

    confusion: Array
    wrongest: Array
    true: Array
    predicted: Array
    probability: Array
    true_probability: Array

    def __post_init__(self) -> None:
        for name in self.__slots__:
            getattr(self, name).flags.writeable = False


def predictions(probabilities: Tensor, targets: Tensor, most: int = MOST) -> Predictions:
    """What `probabilities`, (N, C), make of samples of the classes `targets`, int64 (N,).

    The predicted class is the one with the largest value, of equal ones the first. The values need
    be no probabilities: the outputs of a network that was trained on squared errors do as well. At
    most `most` wrong answers are listed; of equal ones the sample with the lower number is first,
    and those with NaN are last. It waits for the device. Raises `DataError` for other shapes.
    """
    true, predicted, true_probability, probability = _answers(probabilities, targets)
    classes = probabilities.shape[1]
    cells = np.bincount(true * classes + predicted, minlength=classes * classes)
    wrongest = _hardest(predicted != true, true_probability, most)
    return Predictions(
        confusion=cells.reshape(classes, classes).astype(np.int64),
        wrongest=wrongest,
        true=true[wrongest],
        predicted=predicted[wrongest],
        probability=probability[wrongest],
        true_probability=true_probability[wrongest],
    )


def listed(probabilities: Tensor, targets: Tensor, true: int, predicted: int) -> Predictions:
    """As `predictions`, but those of class `true` that were taken for `predicted` are listed."""
    shown = in_cell(probabilities, targets, true, predicted)
    values = to_host(probabilities)[shown]  # (W, C)
    return replace(
        predictions(probabilities, targets),
        wrongest=shown,
        true=np.full(len(shown), true),
        predicted=np.full(len(shown), predicted),
        probability=values[:, predicted].copy(),
        true_probability=values[:, true].copy(),
    )


def in_cell(
    probabilities: Tensor, targets: Tensor, true: int, predicted: int, most: int = MOST
) -> Array:
    """The numbers of samples of class `true` that were taken for class `predicted`, int64 (W,).

    They are at most `most`, in the order of `predictions`: the least probability of the true class
    first. `true` and `predicted` may be the same class. Read-only. Raises `DataError` likewise.
    """
    labels, answers, true_probability, _ = _answers(probabilities, targets)
    found = _hardest((labels == true) & (answers == predicted), true_probability, most)
    found.flags.writeable = False
    return found


def _answers(probabilities: Tensor, targets: Tensor) -> tuple[Array, Array, Array, Array]:
    """The true class, the predicted one, and what each of them got: (N,) each."""
    shapes = tuple(probabilities.shape), tuple(targets.shape)
    if probabilities.ndim != 2 or not shapes[0][1] or shapes[1] != shapes[0][:1]:
        raise DataError(
            f"Probabilities of shape {shapes[0]} and targets of shape {shapes[1]} do not belong "
            "together. Give a row of probabilities, one for each class, for every target."
        )
    predicted = probabilities.argmax(-1)
    true_probability, probability = (
        probabilities.gather(1, classes.unsqueeze(1)).squeeze(1) for classes in (targets, predicted)
    )
    true, answer = to_host(targets), to_host(predicted)
    return true, answer, to_host(true_probability), to_host(probability)


def _hardest(picked: Array, true_probability: Array, most: int) -> Array:
    """The first `most` of the samples `picked`, (N,) bool, the least probability first."""
    numbers = np.flatnonzero(picked)
    order = np.argsort(true_probability[numbers], kind="stable")  # NaN is last
    hardest: Array = numbers[order[:most]].astype(np.int64)
    return hardest
