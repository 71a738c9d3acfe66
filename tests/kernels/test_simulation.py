"""What the contract promises of every simulation: cuts, states, replays, host copies."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.parameters import Action
from kernels.simulation import (
    AnySimulation,
    Frame,
    Simulation,
    advance,
    state_bytes,
    to_host,
)
from tests.kernels.toys import Noisy, NoisyFrame, NoisyParameters

CPU = torch.device("cpu")


def noisy(**values: object) -> Noisy:
    return Noisy(NoisyParameters(**values), CPU)


def assert_same_run(one: Noisy, other: Noisy) -> None:
    assert one.step_count == other.step_count
    assert one.observed == other.observed
    assert one.finished == other.finished
    assert torch.equal(one.model.weight, other.model.weight)
    assert torch.equal(one.generator.get_state(), other.generator.get_state())
    assert torch.equal(one.path, other.path)


# --- advance ------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(st.lists(st.integers(0, 6), max_size=5), st.sampled_from([None, 5, 8, 13]))
def test_any_cuts_give_the_same_run(cuts, stop_at):
    whole, cut = noisy(stop_at=stop_at), noisy(stop_at=stop_at)
    assert advance(whole, sum(cuts)) == sum(advance(cut, n) for n in cuts)
    assert_same_run(whole, cut)


def test_it_observes_at_the_multiples_only():
    simulation = noisy()
    advance(simulation, 3)
    assert simulation.observed == []
    advance(simulation, 10)
    assert [step for step, _ in simulation.observed] == [4, 8, 12]


def test_it_stops_where_it_finishes():
    simulation = noisy(stop_at=5)
    assert advance(simulation, 100) == 8
    assert simulation.finished is not None
    assert advance(simulation, 100) == 0


def test_it_ends_with_its_length_and_observes_there():
    simulation = noisy(length=6)
    assert advance(simulation, 100) == 6
    assert [step for step, _ in simulation.observed] == [4, 6]
    assert advance(simulation, 1) == 0


def test_backwards_is_no_way():
    simulation = noisy()
    advance(simulation, 2)
    assert advance(simulation, -1) == 0
    assert simulation.step_count == 2


# --- state and restore --------------------------------------------------------------------------


@pytest.mark.parametrize("before", [0, 3, 4, 7])
def test_restore_and_replay_is_bit_equal(before):
    simulation = noisy()
    advance(simulation, before)
    state = simulation.state()
    advance(simulation, 10)
    frame = simulation.frame()
    for _ in range(2):  # the state stays usable
        simulation.restore(state)
        assert simulation.step_count == before
        advance(simulation, 10)
        assert simulation.frame().loss == frame.loss
        assert np.array_equal(simulation.frame().weights, frame.weights)


def test_a_state_goes_on_in_another_simulation():
    first = noisy()
    advance(first, 5)
    second = noisy(seed=7)
    second.restore(first.state())
    advance(first, 6)
    advance(second, 6)
    assert_same_run(first, second)


def test_a_state_shares_no_memory_with_the_simulation():
    simulation = noisy()
    state = simulation.state()
    kept = state["model"].weight.detach().clone()
    advance(simulation, 5)
    assert torch.equal(state["model"].weight, kept)
    assert state["generator"].get_state().equal(noisy().generator.get_state())
    assert not torch.equal(simulation.model.weight, kept)


def test_what_belongs_together_stays_together():
    simulation = noisy()
    simulation.restore(simulation.state())
    assert simulation.optimizer.param_groups[0]["params"][0] is simulation.model.weight
    advance(simulation, 3)
    assert simulation.path[-1].abs().sum() > 0
    assert torch.equal(simulation.last, simulation.path[-1])  # still a view


def test_what_is_shared_is_never_copied():
    simulation = noisy()
    data = simulation.data
    state = simulation.state()
    assert "data" not in state
    simulation.restore(state)
    assert simulation.data is data
    assert simulation.batches[0].data_ptr() != data.data_ptr()  # a copy of eight rows' storage
    simulation.batches = [data]
    simulation.restore(simulation.state())
    assert simulation.batches[0] is data


def test_restore_forgets_what_came_later():
    simulation = noisy()
    state = simulation.state()
    simulation.cache = torch.zeros(3)
    simulation.restore(state)
    assert not hasattr(simulation, "cache")


def test_parameters_go_back_too():
    simulation = noisy()
    state = simulation.state()
    simulation.adjust(NoisyParameters(rate=0.5))
    simulation.restore(state)
    assert simulation.parameters.rate == 0.1


def test_frames_change_nothing():
    with_frames, without = noisy(), noisy()
    for _ in range(50):
        advance(with_frames, 1)
        with_frames.frame(frozenset({"everything"}))
    advance(without, 50)
    assert_same_run(with_frames, without)


def test_state_bytes_counts_memory_once():
    weights = torch.zeros(1000, dtype=torch.float64)
    array = np.zeros(10, dtype=np.float32)
    assert state_bytes({"a": weights}) == 8000
    assert state_bytes({"a": weights, "b": [weights, weights[:3]]}) == 8000
    assert state_bytes({"a": weights[:1]}) == 8000  # a view keeps the whole alive
    assert state_bytes(({"a": array}, array, array[2:])) == 40
    assert state_bytes({"n": 3, "s": "text", "none": None}) == 0


def test_state_bytes_looks_into_modules_optimizers_and_records():
    @dataclasses.dataclass(slots=True)
    class Record:
        history: torch.Tensor

    assert state_bytes([Record(torch.zeros(5)), Record(torch.zeros(6))]) == 44
    simulation = noisy()
    advance(simulation, 1)
    eight = 8 * 4  # one float32 a weight: the weight, its gradient, two moments; and a step count
    model, optimizer = simulation.model, simulation.optimizer
    assert state_bytes(model) == 2 * eight
    assert state_bytes(optimizer) == 4 * eight + 4
    assert state_bytes([model, optimizer]) == 4 * eight + 4


def test_state_bytes_of_something_that_holds_itself():
    ring: list[object] = [torch.zeros(2)]
    ring.append(ring)
    assert state_bytes(ring) == 8


# --- host copies and frames ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6.0).reshape(2, 3),
        torch.arange(6.0).reshape(2, 3).T,
        torch.zeros(1).expand(3, 2),
        torch.tensor(3),
        torch.tensor([True, False]),
        torch.arange(4.0, requires_grad=True),
        torch.arange(4, dtype=torch.float16),
        torch.tensor([1 + 2j]).conj(),
        torch._neg_view(torch.ones(2)),
        torch.zeros(0, 3),
    ],
    ids=str,
)
def test_to_host_is_a_read_only_copy(tensor):
    array = to_host(tensor)
    assert array.shape == tuple(tensor.shape)
    assert array.tolist() == tensor.tolist()
    assert not array.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        array[...] = 0
    with torch.no_grad():
        before = array.copy()
        tensor.clone()  # the original must be usable as before
        if tensor.numel() and tensor.is_contiguous():
            tensor.zero_()
    assert np.array_equal(array, before)


def test_to_host_of_what_numpy_lacks():
    array = to_host(torch.tensor([1.5, 2.5], dtype=torch.bfloat16))
    assert array.dtype == np.float32
    assert array.tolist() == [1.5, 2.5]


def test_a_frame_tells_its_scalars_and_arrays():
    simulation = noisy()
    frame = simulation.frame()
    assert set(frame.row()) == {"step", "loss"}
    assert set(frame.arrays()) == {"weights"}
    kept = frame.weights.copy()
    advance(simulation, 10)
    assert np.array_equal(frame.weights, kept)
    with pytest.raises(dataclasses.FrozenInstanceError):
        frame.step = 3


def test_the_arrays_of_a_frame_are_read_only():
    @dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
    class Derived(NoisyFrame):
        heights: np.ndarray
        names: tuple[str, ...] = ()

    frame = Derived(step=0, loss=0.5, weights=np.zeros((4, 2)), heights=np.ones(3))
    for array in (frame.weights, frame.heights):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_defaults_of_a_simulation():
    class Simple(Simulation[NoisyParameters, Frame]):
        def step(self, n: int = 1) -> None:
            self.step_count += n

        def frame(self, watch: frozenset[str] = frozenset()) -> Frame:
            return Frame(step=self.step_count)

    simulation: AnySimulation = Simple(NoisyParameters(), CPU)
    assert advance(simulation, 5) == 5
    assert simulation.length is None
    assert simulation.explain() is None
    assert simulation.summary() == {}
    with pytest.raises(TypeError, match="knows no action Action"):
        simulation.act(Action())
