"""The weights of a network as files: safetensors, and the state dicts that PyTorch saves.

Nothing in a file is ever run: safetensors holds no code, and `torch.load` is asked with
``weights_only``.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from kernels.datasets import local_path, parse_source, read_file
from kernels.errors import DataError

SAFETENSORS = ".safetensors"
STATE_DICTS = (".pt", ".pth")
FILTER = "Weights (*.safetensors *.pt *.pth)"
LARGEST = 200_000_000  # bytes; the largest network that can be built has 80 MB
TOLD = 3  # tensors that a sentence names


def weights_bytes(network: nn.Module, notes: Mapping[str, str | int]) -> bytes:
    """The parameters and buffers of `network` as a safetensors file, and `notes` in its header.

    The same network and notes always give the same bytes: the notes are one text, JSON under the
    key ``layerscope``, since safetensors keeps several in no fixed order.
    """
    tensors = {name: t.detach().cpu().contiguous() for name, t in network.state_dict().items()}
    return save(tensors, {"layerscope": json.dumps(notes, sort_keys=True)})


def read_weights(source: str) -> dict[str, Tensor]:
    """The tensors in the file that `source` names, by name, on the CPU.

    A file ``.safetensors``, or ``.pt`` or ``.pth`` with what ``torch.save(model.state_dict())``
    wrote. Raises `DataError` if it cannot be read or holds anything else, such as code.
    """
    found = parse_source(source)
    name, suffix = Path(found.place).name, Path(found.place).suffix.lower()
    if found.kind == "camera" or suffix not in (SAFETENSORS, *STATE_DICTS):
        raise DataError(
            f"'{source}' is no file of weights; Layerscope reads {SAFETENSORS}, .pt and .pth. "
            "Choose one of these."
        )
    data = read_file(local_path(source), LARGEST, "weights")
    return _safetensors(data, name) if suffix == SAFETENSORS else _state_dict(data, name)


def load_weights_(network: nn.Module, source: str) -> None:
    """Give `network` the weights in the file that `source` names: all of them, and no others.

    Raises `DataError` if the file cannot be used, or is of another network: then the sentence names
    the first tensors that are missing, superfluous, or of another shape or type.
    """
    given, wanted = read_weights(source), network.state_dict()
    name = Path(parse_source(source).place).name
    if misfits := _misfits(given, wanted):
        more = f" and {len(misfits) - TOLD} more" if len(misfits) > TOLD else ""
        raise DataError(
            f"{name} holds the weights of another network: {', '.join(misfits[:TOLD])}{more}. "
            "Choose the layers and the data that they were saved with, or another file or none "
            "(weights)."
        )
    for key, tensor in given.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise DataError(
                f"'{key}' in {name} holds numbers that are infinite or none at all (NaN), so "
                "nothing can be trained from there. Save the weights of an earlier step."
            )
    with torch.no_grad():
        for key, tensor in wanted.items():
            tensor.copy_(given[key])


def _misfits(given: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> list[str]:
    """What is wrong with `given` where `wanted` is needed, a few words for each tensor."""
    missing = [f"'{name}' is missing" for name in wanted if name not in given]
    shared = [name for name in wanted if name in given]
    others = [
        f"'{name}' is {_told(given[name])} instead of {_told(wanted[name])}"
        for name in shared
        if _told(given[name]) != _told(wanted[name])
    ]
    superfluous = [f"'{name}' has no place in it" for name in sorted(given) if name not in wanted]
    return [*missing, *others, *superfluous]


def _told(tensor: Tensor) -> str:
    """Shape and type in words, such as ``(8, 2) float32``."""
    kind = str(tensor.dtype).removeprefix("torch.")
    return f"{tuple(tensor.shape)} {kind}" if tensor.ndim else f"one {kind}"


def _safetensors(data: bytes, name: str) -> dict[str, Tensor]:
    try:
        return load(data)
    except (SafetensorError, KeyError, ValueError) as error:  # a KeyError: a type torch lacks
        raise DataError(
            f"{name} is no safetensors file, or a damaged one ({error}). Choose another, or save "
            "the weights again."
        ) from error


def _state_dict(data: bytes, name: str) -> dict[str, Tensor]:
    """What ``torch.save`` wrote; only its zip format is read, whose sizes are known beforehand."""
    refused = (
        f"{name} holds something else than the tensors of a network, such as a whole model with "
        "its code, and Layerscope runs no code from a file. Save the weights alone, with "
        "torch.save(model.state_dict(), …), or as safetensors."
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > LARGEST:
            raise DataError(
                f"{name} would be larger than {LARGEST / 1e6:,.0f} MB when unpacked, more than "
                "any network here has. Choose another file."
            )
        read = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except DataError:
        raise
    except Exception as error:  # whatever a hostile file brings about
        raise DataError(refused) from error
    if not isinstance(read, dict) or not all(
        isinstance(key, str) and _is_plain(value) for key, value in read.items()
    ):
        raise DataError(refused)
    return dict(read)


def _is_plain(value: object) -> bool:
    """Whether it is a tensor with numbers in memory."""
    return (
        isinstance(value, Tensor)
        and value.layout is torch.strided
        and value.device.type == "cpu"
        and not value.is_quantized
    )
