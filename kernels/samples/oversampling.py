"""Random oversampling: samples of small classes are repeated until all have as many.

Source: H. He and E. A. Garcia, Learning from imbalanced data, 2009, section 3.1.1.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from kernels.errors import DataError
from kernels.parameters import setting
from kernels.samples.samples import MOST_NUMBERS, Dataset, Samples
from kernels.simulation import Array

NAMED = 5  # classes that a note tells of one by one


def oversample_field() -> Any:
    """The field for whether the small classes of data that are given are repeated."""
    return setting(
        False,
        label="Repeat small classes",
        help="Whether training samples of the smaller classes are repeated until each has as many "
        "as the largest (random oversampling); a repeat takes as much memory as another sample.",
    )


def oversampled(data: Dataset, seed: int) -> Dataset:
    """`data` with as many training samples of each class as the largest has, and a note of that.

    What is repeated is drawn from `seed`, each sample of a class once before any twice; validation
    and test, and how inputs are scaled, stay as they are. A repeat is a copy. Numbers to be found
    have no classes, and stay as they are too. Raises `DataError` where the training inputs would be
    more than `MOST_NUMBERS` numbers.
    """
    inputs, targets = data.train.inputs, data.train.targets
    if not data.classes:
        note = "There are no small classes to repeat: numbers are to be found."
        return replace(data, notes=(*data.notes, note))
    counts = np.bincount(targets, minlength=len(data.classes))
    largest = int(counts.max())
    small = np.flatnonzero(counts < largest)
    if not len(small):
        return data
    total, most = largest * len(counts), MOST_NUMBERS // inputs[0].size
    if total > most:
        raise DataError(
            f"With small classes repeated {data.title} has {total:,} training samples, "
            f"{largest:,} of each class, and {most:,} are the most at this size. Do not repeat "
            "them, or take samples of the largest classes away."
        )
    rng = np.random.default_rng(seed).spawn(1)[0]  # another stream than that of the division
    drawn = rng.permutation(
        np.concatenate(
            [_repeated(np.flatnonzero(targets == k), largest, rng) for k in range(len(counts))]
        )
    )
    told = [f"{data.classes[k]} from {counts[k]:,} to {largest:,}" for k in small[:NAMED]]
    more = f" and {len(small) - NAMED:,} more to as many" if len(small) > NAMED else ""
    note = f"Training samples of small classes are repeated: {', '.join(told)}{more}."
    train = Samples(inputs[drawn], targets[drawn])
    return replace(data, train=train, notes=(*data.notes, note))


def _repeated(samples: Array, count: int, rng: np.random.Generator) -> Array:
    """`count` of `samples`, int64 (n,): each once, and in ever new orders again."""
    rounds = -(-count // len(samples))
    return np.concatenate([samples, *(rng.permutation(samples) for _ in range(rounds - 1))])[:count]
