"""Where a computation runs: the choice of device, its generators, and the share of the processor the core may take."""

import os
from typing import Literal

import torch

from kernels.errors import DeviceError

DeviceName = Literal["auto", "cpu", "cuda", "mps"]


def available_devices() -> tuple[str, ...]:
    """The devices torch can use here, the fastest first: some of ``cuda``, ``mps``, and always ``cpu``."""
    found = []
    if torch.cuda.is_available():
        found.append("cuda")
    if torch.backends.mps.is_available():
        found.append("mps")
    return (*found, "cpu")


def choose_device(
    name: str = "auto",
    *,
    prefers: Literal["cpu", "accelerator"] = "accelerator",
    dtype: torch.dtype = torch.float32,
) -> torch.device:
    """The device for a computation: what was asked for, else what the computation prefers, else the CPU.

    Raises `DeviceError` if the device asked for is not here, or is MPS and the computation needs
    float64.
    """
    available = available_devices()
    if name == "auto":
        candidates = [d for d in available if not (d == "mps" and dtype == torch.float64)]
        return torch.device("cpu" if prefers == "cpu" else candidates[0])
    kind = name.partition(":")[0]
    if kind not in available:
        raise DeviceError(
            f"The device '{name}' is not available here; this machine has {', '.join(available)}. "
            "Choose one of these, or leave the device on 'auto'."
        )
    if kind == "mps" and dtype == torch.float64:
        raise DeviceError(
            "This panel computes in 64-bit numbers, which Apple's MPS device does not have. Choose the device 'cpu'."
        )
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise DeviceError(
            f"'{name}' is not the name of a device; write 'cpu', 'cuda', 'cuda:1' or 'mps'."
        ) from error
    if kind == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise DeviceError(
            f"The device '{name}' is not available here; there are {torch.cuda.device_count()} CUDA devices, "
            "counted from cuda:0."
        )
    return device


def make_generator(device: torch.device, seed: int) -> torch.Generator | None:
    """A random generator on `device`, started from `seed`; None on `meta`, which has none."""
    if device.type == "meta":
        return None
    return torch.Generator(device).manual_seed(seed)


def default_threads() -> int:
    """How many threads the core takes when nobody says otherwise: all processors but one, which the window keeps."""
    return max(1, (os.cpu_count() or 1) - 1)
