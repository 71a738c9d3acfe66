"""What a network in training can be saved as: its weights, and a script that trains it the same."""

import io
from collections.abc import Mapping

import numpy as np

from kernels.networks.weights import FILTER, SAFETENSORS, weights_bytes
from kernels.samples.samples import Dataset, Samples
from kernels.simulation import Array, Document, to_host
from kernels.training.code.script import DATA, FIRST, training_code
from kernels.training.learner import Learner
from kernels.training.tensors import Tensors

SCRIPT = ".py"
CHUNK = 1000  # pictures that are looked at at once
NOTE = "Changes made on the way are not in it."  # it begins with the settings of now
DOCUMENTS = (
    Document(SAFETENSORS, "Weights", FILTER),
    Document(SCRIPT, "Model as PyTorch code", note=NOTE),
)


def training_document(
    learner: Learner,
    dataset: Dataset,
    train: Tensors,
    steps: int,
    length: int,
    suffix: str,
    changed: int | None = None,
) -> Mapping[str, bytes]:
    """The document with that `suffix` after `steps` of `length` steps of `learner` on `train`.

    The weights are those that it has now. The script does all `steps`, or before the first one the
    whole `length`, from the weights that it had at first; data and these stand in a second file. It
    says after which step the run was `changed` first, if it was, since that is not in it.
    """
    if suffix == SAFETENSORS:
        layers = ", ".join(repr(module) for module in learner.model)
        notes: dict[str, str | int] = {"data": dataset.title, "network": layers, "step": steps}
        return {suffix: weights_bytes(learner.model, notes)}
    if suffix != SCRIPT:
        raise TypeError(f"there is no document {suffix} of a network in training")
    parts = {"train": dataset.train, "validation": dataset.validation}
    pixels = {name: _pixels(part, dataset) for name, part in parts.items()}
    is_pixels = all(values is not None for values in pixels.values())
    arrays = {f"{name}_targets": part.targets for name, part in parts.items()}
    for name, part in parts.items():
        values = pixels[name] if is_pixels else None
        arrays |= {f"{name}_inputs": part.inputs} if values is None else {f"{name}_pixels": values}
    first = Learner(learner.parameters, dataset, train).model
    arrays |= {f"{FIRST}{name}": to_host(t) for name, t in first.state_dict().items()}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type] # its stubs take the names for options
    code = training_code(learner, dataset, steps or length, length, is_pixels, changed)
    return {SCRIPT: code.encode(), DATA: buffer.getvalue()}


def _pixels(samples: Samples, dataset: Dataset) -> Array | None:
    """The pixels that `samples` are made of, uint8, a quarter of the size; None if of others."""
    if not dataset.is_picture:
        return None
    mean, std = np.float32(dataset.mean), np.float32(dataset.std)
    pixels = np.empty(samples.inputs.shape, np.uint8)
    for start in range(0, len(pixels), CHUNK):
        part, inputs = (array[start : start + CHUNK] for array in (pixels, samples.inputs))
        part[:] = np.rint((inputs * std + mean) * 255).clip(0, 255)
        if not np.array_equal((part / np.float32(255) - mean) / std, inputs):
            return None
    return pixels
