"""MNIST: its files are those that are known, its digits counted, its pixels where they were."""

import hashlib

import numpy as np
import pytest

import resources
from kernels.errors import DataError
from kernels.samples import mnist
from kernels.samples.mnist import MnistData, digits, normalised

MD5 = {  # unpacked, as published with the data
    "train-images-idx3": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1": "27ae3e4e09519cfbb04c329615203637",
}


def idx(array: np.ndarray) -> bytes:
    """An IDX file of bytes, written anew."""
    header = bytes((0, 0, 8, array.ndim)) + np.array(array.shape, ">i4").tobytes()
    return header + array.astype(np.uint8).tobytes()


def test_what_is_read_is_what_was_published() -> None:
    (train, train_labels), (test, test_labels) = digits()
    arrays = dict(zip(MD5, (train, train_labels, test, test_labels), strict=True))
    for name, array in arrays.items():
        assert hashlib.md5(idx(array)).hexdigest() == MD5[name]
        assert not array.flags.writeable
    assert train.shape == (60_000, 28, 28)
    counted = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(train_labels).tolist() == counted
    assert np.bincount(test_labels).tolist() == [
        *(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
    ]


def test_the_readme_gives_the_sums_of_all_data() -> None:
    readme = resources.read_bytes("data/README.md").decode()
    sums = dict(reversed(line.split()) for line in readme.splitlines() if line.startswith("    "))
    assert {f"data/{name}" for name in sums} == {
        name for name in resources.resource_names("data") if not name.endswith(".md")
    }
    for name, digest in sums.items():
        assert hashlib.sha256(resources.read_bytes(f"data/{name}")).hexdigest() == digest
    assert {name: sums[f"mnist/{name}-ubyte.gz"] for name in mnist.SHA256} == mnist.SHA256


def test_the_data_set() -> None:
    data = MnistData().load(0)
    assert (len(data.train), len(data.validation)) == (55_000, 5000)
    assert data.test is not None
    assert len(data.test) == 10_000
    assert (data.shape, data.outputs, data.is_picture) == ((1, 28, 28), 10, True)
    assert data.classes == tuple("0123456789")
    (pictures, labels), (test, _) = digits()
    np.testing.assert_array_equal(data.validation.targets, labels[-5000:])
    for inputs, pixels in (
        (data.train.inputs[::997], pictures[:55_000:997]),
        (data.validation.inputs[::97], pictures[-5000::97]),
        (data.test.inputs[::97], test[::97]),
    ):
        assert inputs.dtype == np.float32
        expected = (pixels / 255 - 0.1307) / 0.3081
        np.testing.assert_allclose(inputs[:, 0], expected, atol=1e-6)
        back = np.rint((inputs * data.std + data.mean)[:, 0] * 255)
        np.testing.assert_array_equal(back, pixels)


def test_inputs_are_made_once_and_are_standardised() -> None:
    first, second = MnistData(training_digits=100).load(0), MnistData().load(1)
    assert len(first.train) == 100
    assert len(first.validation) == 5000
    assert np.shares_memory(first.train.inputs, second.train.inputs)
    (train, _), _ = normalised()
    assert train.mean(dtype=np.float64) == pytest.approx(0, abs=1e-3)
    assert train.std(dtype=np.float64) == pytest.approx(1, abs=1e-3)


def test_pixels_are_shuffled_alike_in_all_pictures() -> None:
    plain = MnistData(training_digits=300).load(0)
    shuffled = MnistData(training_digits=300, shuffled_pixels=True).load(0)
    order = np.random.default_rng(0).permutation(784)
    for before, after in (
        (plain.train, shuffled.train),
        (plain.validation, shuffled.validation),
        (plain.test, shuffled.test),
    ):
        assert before is not None
        assert after is not None
        flat, moved = before.inputs[:300].reshape(-1, 784), after.inputs[:300].reshape(-1, 784)
        np.testing.assert_array_equal(moved, flat[:, order])
        np.testing.assert_array_equal(before.targets, after.targets)
    other = MnistData(training_digits=300, shuffled_pixels=True).load(1)
    assert (other.train.inputs != shuffled.train.inputs).any()


def test_a_damaged_file_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(name: str) -> bytes:
        data = bytearray(resources.read_bytes(name))
        data[len(data) // 2] ^= 1
        return bytes(data)

    monkeypatch.setattr(mnist, "read_bytes", damaged)
    with pytest.raises(DataError, match=r"train-images.* is damaged: .*Install Layerscope again"):
        digits.__wrapped__()
