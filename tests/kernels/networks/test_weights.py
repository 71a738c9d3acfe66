"""Weights in files: what is saved is loaded, what does not fit is told, and nothing is run."""

import io
import json
import os
import pickle
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from torch import nn

from kernels.errors import DataError
from kernels.networks.initialization import initialize_
from kernels.networks.layers import BatchNormLayer, LayerParameters, LinearLayer
from kernels.networks.network import build, rows
from kernels.networks.weights import load_weights_, read_weights, weights_bytes
from tests.kernels.networks.layer_lists import fitting

LAYERS = (LinearLayer(units=4, activation="tanh"), BatchNormLayer())


def network(layers: tuple[LayerParameters, ...] = LAYERS, seed: int = 1) -> nn.Sequential:
    made = build(layers, (2,), 1)
    initialize_(made, "he", torch.Generator().manual_seed(seed))
    return made


def same(one: nn.Module, other: nn.Module) -> bool:
    ours, theirs = one.state_dict(), other.state_dict()
    return list(ours) == list(theirs) and all(torch.equal(ours[n], theirs[n]) for n in ours)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=fitting(), suffix=st.sampled_from([".safetensors", ".pt", ".pth"]))
def test_what_is_saved_is_loaded_to_the_last_bit(
    case: tuple[tuple[LayerParameters, ...], tuple[int, ...]], suffix: str, tmp_path: Path
) -> None:
    layers, shape = case
    assume(not any(row.mistake for row in rows(layers, shape, 3)))
    saved, loaded = build(layers, shape, 3), build(layers, shape, 3)
    initialize_(saved, "he", torch.Generator().manual_seed(1))
    initialize_(loaded, "zeros", None)
    path = tmp_path / f"weights{suffix}"
    if suffix == ".safetensors":
        path.write_bytes(weights_bytes(saved, {}))
    else:
        torch.save(saved.state_dict(), path)
    load_weights_(loaded, f"file:{path}")
    assert same(saved, loaded)


def test_the_bytes_are_the_same_each_time_and_tell_what_they_are(tmp_path: Path) -> None:
    notes = {"step": 12, "network": "Linear(2, 4)", "data": "Circle", "seed": 0}
    first = weights_bytes(network(), notes)
    assert all(weights_bytes(network(), notes) == first for _ in range(20))
    path = tmp_path / "a.safetensors"
    path.write_bytes(first)
    with safe_open(path, "pt") as file:
        assert json.loads(file.metadata()["layerscope"]) == notes
        assert set(file.keys()) == set(network().state_dict())


def written(path: Path, tensors: dict[str, torch.Tensor]) -> str:
    torch.save(tensors, path)
    return f"file:{path}"


def test_a_file_of_another_network_is_told_and_changes_nothing(tmp_path: Path) -> None:
    model = network()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    wider = network((LinearLayer(units=5), BatchNormLayer()))
    with pytest.raises(DataError) as told:
        load_weights_(model, written(tmp_path / "wide.pt", wider.state_dict()))
    assert str(told.value) == (
        "wide.pt holds the weights of another network: 'linear1.weight' is (5, 2) float32 instead "
        "of (4, 2) float32, 'linear1.bias' is (5,) float32 instead of (4,) float32, "
        "'batch_norm2.weight' is (5,) float32 instead of (4,) float32 and 4 more. Choose the "
        "layers and the data that they were saved with, or another file or none (weights)."
    )
    assert all(torch.equal(model.state_dict()[name], before[name]) for name in before)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.pop("output.bias"), "network: 'output.bias' is missing. Choose"),
        (lambda t: t.update(extra=torch.ones(2)), "network: 'extra' has no place in it. Choose"),
        (
            lambda t: t.update({"output.bias": t["output.bias"].double()}),
            r"'output.bias' is \(1,\) float64 instead of \(1,\) float32",
        ),
        (lambda t: t["output.bias"].fill_(torch.nan), "'output.bias' in a.pt holds numbers that"),
        (lambda t: t.clear(), "'linear1.weight' is missing, .* and 6 more"),
        (lambda t: t.update(epoch=3), "something else than the tensors"),
        (lambda t: t.update(extra=torch.ones(2).to_sparse()), "something else than the tensors"),
        (lambda t: t.update(extra=torch.ones(2, device="meta")), "something else than the tensors"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, change, told: str) -> None:
    tensors = dict(network().state_dict())
    change(tensors)
    with pytest.raises(DataError, match=told):
        load_weights_(network(), written(tmp_path / "a.pt", tensors))


class Hostile:
    """What runs a command when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


def zipped(value: object) -> bytes:
    """As ``torch.save`` writes it."""
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".safetensors"])
@pytest.mark.parametrize("form", ["pickle", "zip", "in a state dict"])
def test_a_pickle_is_refused_and_nothing_in_it_is_run(
    tmp_path: Path, suffix: str, form: str
) -> None:
    mark, path = tmp_path / "ran", tmp_path / f"weights{suffix}"
    evil = Hostile(mark)
    if form == "pickle":
        path.write_bytes(pickle.dumps(evil))
    else:
        path.write_bytes(zipped(evil if form == "zip" else {**network().state_dict(), "x": evil}))
    with pytest.raises(DataError, match=r"weights\.\w+ (holds something else|is no safetensors)"):
        read_weights(str(path))
    assert not mark.exists()
    if form == "zip" and suffix == ".pt":  # it would have run
        torch.load(path, weights_only=False)
        assert mark.exists()


def test_a_whole_model_is_refused(tmp_path: Path) -> None:
    torch.save(nn.Linear(2, 1), tmp_path / "model.pt")
    with pytest.raises(DataError, match=r"torch.save\(model.state_dict\(\), …\)"):
        read_weights(str(tmp_path / "model.pt"))


def test_a_file_that_would_grow_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(201_000_000))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(DataError, match="would be larger than 200 MB"):
        read_weights(str(path))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_of_a_damaged_file_comes_nothing_worse_than_a_sentence(
    tmp_path: Path, data: st.DataObject
) -> None:
    suffix = data.draw(st.sampled_from([".safetensors", ".pt"]))
    whole = weights_bytes(network(), {}) if suffix != ".pt" else zipped(network().state_dict())
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.booleans())
    path = tmp_path / f"a{suffix}"
    path.write_bytes(whole[:at] if cut else whole[:at] + b"\xff\x00" + whole[at + 2 :])
    with suppress(DataError):  # and no other: some bytes are numbers, and any are good ones
        load_weights_(network(), str(path))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "No file is named"),
        ("weights.csv", "is no file of weights; Layerscope reads .safetensors, .pt and .pth"),
        ("camera:0", "is no file of weights"),
        ("https://somewhere/a.pt", "an address on a network"),
        ("none.safetensors", "There is no file or folder none.safetensors"),
        ("resource:none.pt", "none.pt"),
        ("a\0.pt", "cannot be the name of a file"),
    ],
)
def test_what_is_no_file_of_weights_is_told(source: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        read_weights(source)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.pt").mkdir()
    with pytest.raises(DataError, match="a folder or a device"):
        read_weights(str(tmp_path / "a.pt"))


def test_a_file_larger_than_any_network_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(weights_bytes(network(), {}))
    monkeypatch.setattr("kernels.networks.weights.LARGEST", 100)
    with pytest.raises(DataError, match="the most for weights"):
        read_weights(str(path))
