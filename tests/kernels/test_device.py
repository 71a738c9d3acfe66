"""The choice of device, told by sentences; a machine with accelerators is acted."""

import os

import pytest
import torch

from kernels.device import available_devices, choose_device, default_threads, make_generator
from kernels.errors import DeviceError


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    """Acts a machine with so many CUDA devices, and with or without MPS."""

    def act(cuda: int = 0, mps: bool = False) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return act


def test_the_fastest_comes_first(machine):
    machine(cuda=1, mps=True)
    assert available_devices() == ("cuda", "mps", "cpu")
    machine()
    assert available_devices() == ("cpu",)


@pytest.mark.parametrize(
    ("cuda", "mps", "prefers", "dtype", "expected"),
    [
        (0, False, "accelerator", torch.float32, "cpu"),
        (2, False, "accelerator", torch.float32, "cuda"),
        (2, False, "accelerator", torch.float64, "cuda"),
        (2, False, "cpu", torch.float32, "cpu"),
        (0, True, "accelerator", torch.float32, "mps"),
        (0, True, "accelerator", torch.float64, "cpu"),
        (1, True, "accelerator", torch.float64, "cuda"),
    ],
)
def test_auto_takes_what_is_preferred_and_possible(machine, cuda, mps, prefers, dtype, expected):
    machine(cuda, mps)
    assert choose_device(prefers=prefers, dtype=dtype) == torch.device(expected)


def test_what_is_asked_for_beats_what_is_preferred(machine):
    machine(cuda=2)
    assert choose_device("cuda:1", prefers="cpu") == torch.device("cuda:1")
    assert choose_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("cuda", "'cuda' is not available here; this machine has cpu. Choose"),
        ("gpu", "'gpu' is not available here"),
        ("", "'' is not available here"),
        ("meta", "'meta' is not available here"),
        ("cpu:1", "there is cpu:0. Choose"),
        ("cpu:", "there is cpu:0. Choose"),
        ("cpu:x", "there is cpu:0. Choose"),
    ],
)
def test_what_is_not_here_is_told(machine, name, says):
    machine()
    with pytest.raises(DeviceError) as caught:
        choose_device(name)
    assert says in str(caught.value)


@pytest.mark.parametrize("name", ["cuda:2", "cuda:-1", "cuda:x", "cuda:01"])
def test_a_wrong_number_is_told(machine, name):
    machine(cuda=2)
    with pytest.raises(DeviceError, match="there is cuda:0, cuda:1"):
        choose_device(name)


def test_mps_has_no_64_bit_numbers(machine):
    machine(mps=True)
    assert choose_device("mps").type == "mps"
    with pytest.raises(DeviceError, match=r"64-bit numbers.* Choose the device 'cpu'\."):
        choose_device("mps", dtype=torch.float64)


def test_a_generator_is_its_own_and_repeats():
    before = torch.get_rng_state()
    cpu = torch.device("cpu")
    one, two = (torch.rand(3, generator=make_generator(cpu, 5)) for _ in range(2))
    assert torch.equal(one, two)
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.equal(one, torch.rand(3, generator=make_generator(cpu, 6)))


def test_meta_has_no_generator():
    assert make_generator(torch.device("meta"), 0) is None


@pytest.mark.parametrize(("processors", "threads"), [(1, 1), (2, 1), (8, 7)])
def test_the_window_keeps_a_processor(monkeypatch, processors, threads):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(processors)), raising=False)
    assert default_threads() == threads
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert default_threads() == threads
