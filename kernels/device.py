"""Where a computation runs: the choice of device, its generators, its share of the processor."""

import os
from typing import Literal

import torch

from kernels.errors import DeviceError


def available_devices() -> tuple[str, ...]:
    """What torch can use here, the fastest first: some of ``cuda``, ``mps``, and always ``cpu``."""
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
    """The device for a computation: the one asked for, or with ``auto`` the one that it prefers.

    Raises `DeviceError` if the device asked for is not here, or is MPS and `dtype` is float64.
    """
    available = available_devices()
    if name == "auto":
        able = [d for d in available if not (d == "mps" and dtype == torch.float64)]
        return torch.device("cpu" if prefers == "cpu" else able[0])
    kind, _, index = name.partition(":")
    if kind not in available:
        raise DeviceError(
            f"The device '{name}' is not available here; this machine has {', '.join(available)}. "
            "Choose one of these, or leave the device on 'auto'."
        )
    if kind == "mps" and dtype == torch.float64:
        raise DeviceError(
            "This panel computes in 64-bit numbers, which Apple's MPS device does not have. "
            "Choose the device 'cpu'."
        )
    indices = [str(i) for i in range(torch.cuda.device_count() if kind == "cuda" else 1)]
    if ":" in name and index not in indices:
        numbered = ", ".join(f"{kind}:{i}" for i in indices)
        raise DeviceError(
            f"The device '{name}' is not available here; there is {numbered}. Choose one of these."
        )
    return torch.device(name)


def make_generator(device: torch.device, seed: int) -> torch.Generator | None:
    """A random generator on `device`, started from `seed`; None on `meta`, which has none."""
    if device.type == "meta":
        return None
    return torch.Generator(device).manual_seed(seed)


def default_threads() -> int:
    """How many threads the core takes by default: one processor is left to the window."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        processors = len(os.sched_getaffinity(0))
    else:
        processors = os.cpu_count() or 1
    return max(1, processors - 1)
