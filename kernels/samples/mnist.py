"""MNIST: 70,000 pictures of handwritten digits, as they ship with the program.

Y. LeCun, C. Cortes and C. Burges; the files are described in ``resources/data/README.md``.
"""

import gzip
import hashlib
from functools import cache
from typing import ClassVar, Literal

import numpy as np

from kernels.errors import DataError
from kernels.parameters import setting
from kernels.samples.samples import Dataset, DatasetParameters, Samples
from kernels.simulation import Array
from resources import read_bytes

MEAN, STD = 0.1307, 0.3081  # of all pixels of the training pictures, from 0 to 1
VALIDATION = 5000  # the last of the training pictures
TRAINING = 60_000 - VALIDATION
_CHUNK = 1000  # pictures that are made floats at once: they stay in the processor's cache

SHA256 = {
    "train-images-idx3": "0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971",
    "train-labels-idx1": "1787548bbe0bff1ec2ecdc0ef292b02df999e2d1a6002d27500982c652b17203",
    "t10k-images-idx3": "1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be",
    "t10k-labels-idx1": "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b",
}


class MnistData(DatasetParameters):
    """Handwritten digits, 28 x 28, grey.

    Validation is the last 5,000 of the 60,000 training pictures; they are in no order, and the
    division is not stratified.
    """

    title: ClassVar[str] = "MNIST digits"
    kind: Literal["mnist"] = "mnist"
    training_digits: int = setting(
        TRAINING,
        help="How many of the training digits are used: the first ones.",
        ge=100,
        le=TRAINING,
        scale="log",
    )
    shuffled_pixels: bool = setting(
        False,
        help="Whether the pixels of all pictures are shuffled, all in the same way, so that "
        "neighbours are neighbours no more.",
    )

    def load(self, seed: int) -> Dataset:
        (train, train_labels), (test, test_labels) = normalised()
        kept = train[: self.training_digits]
        validation = train[TRAINING:]
        if self.shuffled_pixels:
            order = np.random.default_rng(seed).permutation(28 * 28)
            kept, validation, test = (_shuffled(part, order) for part in (kept, validation, test))
        return Dataset(
            title=self.title,
            train=Samples(kept, train_labels[: self.training_digits]),
            validation=Samples(validation, train_labels[TRAINING:]),
            test=Samples(test, test_labels),
            classes=tuple("0123456789"),
            mean=MEAN,
            std=STD,
        )


def _shuffled(pictures: Array, order: Array) -> Array:
    flat = pictures.reshape(len(pictures), -1)
    return np.take(flat, order, axis=1).reshape(pictures.shape)


@cache
def normalised() -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Inputs, float32 (N, 1, 28, 28), and labels, int64 (N,), of training and test, read-only.

    An input is (pixel / 255 - `MEAN`) / `STD`. Raises `DataError` if a file is damaged.
    """
    (train, train_labels), (test, test_labels) = digits()
    return (_inputs(train), train_labels), (_inputs(test), test_labels)


def _inputs(pictures: Array) -> Array:
    inputs = np.empty((len(pictures), 1, 28, 28), np.float32)
    for start in range(0, len(pictures), _CHUNK):
        part = inputs[start : start + _CHUNK, 0]
        np.divide(pictures[start : start + _CHUNK], np.float32(255), out=part)
        part -= np.float32(MEAN)
        part /= np.float32(STD)
    inputs.flags.writeable = False
    return inputs


@cache
def digits() -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Pictures, uint8 (N, 28, 28), and labels, int64 (N,), of training and test, read-only.

    Raises `DataError` if a file is damaged.
    """
    train = _read("train-images-idx3"), _labels("train-labels-idx1")
    return train, (_read("t10k-images-idx3"), _labels("t10k-labels-idx1"))


def _labels(name: str) -> Array:
    labels = _read(name).astype(np.int64)
    labels.flags.writeable = False
    return labels


def _read(name: str) -> Array:
    """The bytes in the IDX file `name`: 0, 0, type 8, the number of sizes, the sizes, the data."""
    packed = read_bytes(f"data/mnist/{name}-ubyte.gz")
    found = hashlib.sha256(packed).hexdigest()
    if found != SHA256[name]:
        raise DataError(
            f"The file {name}-ubyte.gz of MNIST is damaged: its SHA-256 sum is {found[:12]}... "
            f"instead of {SHA256[name][:12]}... Install Layerscope again."
        )
    data = gzip.decompress(packed)
    sizes = np.frombuffer(data, ">i4", count=data[3], offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(sizes)
