"""What the tests of basins, map and tuning share: a builder, and what holds for each of them."""

import numpy as np
import torch

from kernels.descent.base import Descent
from kernels.objectives.catalogue import ObjectiveParameters, SurfaceParameters
from kernels.objectives.surfaces import SurfaceName
from kernels.optimizers.catalogue import OptimizerParameters
from kernels.parameters import Parameters
from kernels.simulation import AnySimulation, Frame, advance, state_bytes

CPU = torch.device("cpu")


def descent(
    experiment: Parameters,
    objective: ObjectiveParameters | SurfaceName,
    *optimizers: OptimizerParameters,
    start: tuple[float, ...] | None = None,
) -> Descent:
    if isinstance(objective, str):
        objective = SurfaceParameters(name=objective)
    rows = {"optimizers": optimizers} if optimizers else {}
    return Descent(experiment=experiment, objective=objective, start=start, **rows)


def same_frames(one: Frame, other: Frame) -> bool:
    return one.row() == other.row() and all(
        np.array_equal(a, b, equal_nan=True)
        for a, b in zip(one.arrays().values(), other.arrays().values(), strict=True)
    )


def check_contract(make, steps: int) -> None:
    """A frame stays as it is; looking changes nothing; a restored run goes on to the same bits."""
    watched, unwatched = make(), make()
    advance(watched, steps // 2)
    frame = watched.frame()
    copies = {name: array.copy() for name, array in frame.arrays().items()}
    assert not any(array.flags.writeable for array in frame.arrays().values())
    state = watched.state()
    for _ in range(steps - steps // 2):
        advance(watched, 1)
        watched.frame()
    assert all(
        np.array_equal(array, copies[name], equal_nan=True)
        for name, array in frame.arrays().items()
    )
    advance(unwatched, steps)
    last = unwatched.frame()
    assert watched.finished == unwatched.finished
    assert same_frames(watched.frame(), last)
    assert_same_tensors(watched, unwatched)
    unwatched.restore(state)
    assert same_frames(unwatched.frame(), frame)
    advance(unwatched, steps - steps // 2)
    assert same_frames(unwatched.frame(), last)
    assert_same_tensors(watched, unwatched)


def assert_same_tensors(one: AnySimulation, other: AnySimulation) -> None:
    """All tensors of both States, wherever they are kept, are equal in every bit."""
    first, second = (list(_tensors(s.state(), set())) for s in (one, other))
    assert len(first) == len(second) > 2
    for a, b in zip(first, second, strict=True):
        first_array, second_array = a.detach().numpy(), b.detach().numpy()
        assert np.array_equal(first_array, second_array, equal_nan=a.is_floating_point())
    assert state_bytes(one.state()) == state_bytes(other.state())


def _tensors(value, seen):
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _tensors(key, seen)
            yield from _tensors(part, seen)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _tensors(part, seen)
    elif hasattr(value, "__dict__") and not isinstance(value, type | Parameters):
        yield from _tensors(vars(value), seen)
