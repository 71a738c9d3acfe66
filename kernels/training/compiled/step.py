"""The steps of a tiny network, many in one call, with torch as the owner of its state."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from kernels.datasets import Batches
from kernels.optimizers.base import OptimizerParameters
from kernels.optimizers.plain import SGDParameters
from kernels.simulation import Array
from kernels.training.compiled.codes import (
    LOSS_CODES,
    MEMORIES,
    SETTINGS,
    UPDATE_CODES,
)
from kernels.training.compiled.network import applies_to, layer_table


class CompiledStep:
    """Forward, backward and update of a network to which the compiled step applies.

    The losses that `run` gives are without the penalties; `l1` and `l2` pull at weights alone, as
    ``l1 * w.abs().sum() + l2 / 2 * w.square().sum()`` added to the loss does. Where a setting
    changes, make a new one: that is cheap.

    Attributes
    ----------
    parameters, gradient
        All weights and biases in the order of ``model.parameters()``, and the slope of the loss of
        the last step with penalties and clipping, (P,), of the dtype of the model.
    memory
        What the optimizer keeps of each of them, (3, P): its means or velocity first.
    taken
        The steps that the memory comes from; 0 where there is none yet.

    Raises
    ------
    ValueError
        If the compiled step does not apply; `applies_to` says so beforehand.
    """

    def __init__(
        self,
        model: nn.Module,
        loss: str,
        optimizer: OptimizerParameters,
        *,
        l1: float = 0.0,
        l2: float = 0.0,
    ) -> None:
        if reason := applies_to(model, loss, optimizer):
            raise ValueError(f"This cannot be compiled: {reason}. Take the steps with torch.")
        assert isinstance(model, nn.Sequential)
        self._layers = layer_table(model)
        self._loss = LOSS_CODES[loss]
        self._update = UPDATE_CODES[optimizer.kind]  # type: ignore[attr-defined] # it applies
        given = optimizer.hyperparameters()
        given["beta1"], given["beta2"] = given.get("betas", (0.0, 0.0))
        given |= {"l1": l1, "l2": l2}
        given |= {"clip_norm": optimizer.clip_norm, "clip_value": optimizer.clip_value}
        self._settings = np.array([given.get(name, 0.0) for name in SETTINGS], np.float64)
        self._kept = _kept(given)
        sizes = [p.numel() for p in model.parameters()]
        self._ends = np.cumsum(sizes)[:-1]
        dtype = torch.empty(0, dtype=next(model.parameters()).dtype).numpy().dtype
        self.parameters: Array = np.zeros(sum(sizes), dtype)
        self.gradient: Array = np.zeros_like(self.parameters)
        self.memory: Array = np.zeros((MEMORIES, sum(sizes)), dtype)
        self.taken = 0

    def load(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Copy the parameters of `model` and the state of its `optimizer` into the buffers."""
        self.taken = 0
        self.memory[:] = 0
        for place, parameter in self._places(self.parameters, model):
            place[:] = _flat(parameter)
        for row, name in zip(self.memory, self._kept, strict=False):
            for place, parameter in self._places(row, model):
                state = optimizer.state.get(parameter, {})
                if (kept := state.get(name)) is not None:
                    place[:] = _flat(kept)
                    self.taken = int(state.get("step", 1))

    def store(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Copy the buffers to where torch has them: as if it had taken the steps itself.

        That is the parameters, their gradients, and the state of `optimizer`, in place where it is
        there already. The learning rate is left to whoever sets it before each step.
        """
        with torch.no_grad():
            for place, parameter in self._places(self.parameters, model):
                parameter.copy_(_shaped(place, parameter))
            for place, parameter in self._places(self.gradient, model):
                parameter.grad = _shaped(place, parameter).clone()
            if self.taken:
                self._store_state(model, optimizer)

    def _store_state(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        for row, name in zip(self.memory, self._kept, strict=False):
            for place, parameter in self._places(row, model):
                state = optimizer.state[parameter]
                if state.get(name) is None:
                    state[name] = torch.empty_like(parameter, requires_grad=False)
                state[name].copy_(_shaped(place, parameter))
                if name != "momentum_buffer":
                    state["step"] = torch.tensor(float(self.taken))

    def run(self, inputs: Array, wanted: Array, order: Array, starts: Array, rates: Array) -> Array:
        """Take n steps in one call, and give the loss of each before its update, (n,).

        Other threads go on meanwhile. The first call in a process loads the machine code, and the
        very first on a machine makes it, which takes seconds: see `warm_up`.

        Parameters
        ----------
        inputs
            The data, (N, ...): a row of each is what the network takes.
        wanted
            What the outputs are to be, (N, outputs), as `Criterion.wanted` gives it.
        order, starts
            Step k uses the samples ``order[starts[k] : starts[k + 1]]``; starts is (n + 1,).
        rates
            The learning rate of each step, (n,).

        Raises
        ------
        ValueError
            If shapes do not fit, a batch is empty, or a number in `order` is that of no sample.
        """
        dtype = self.parameters.dtype
        inputs = np.ascontiguousarray(inputs.reshape(len(inputs), -1), dtype)
        wanted = np.ascontiguousarray(wanted, dtype)
        order = np.ascontiguousarray(order, np.int64)
        starts = np.ascontiguousarray(starts, np.int64)
        rates = np.ascontiguousarray(rates, np.float64)
        self._check(inputs, wanted, order, starts, rates)
        given = (self._layers, self._loss, self._update, self._settings)
        buffers = (self.parameters, self.gradient, self.memory)
        losses = machine_code()(*given, *buffers, inputs, wanted, order, starts, rates, self.taken)
        if self._kept:
            self.taken += len(rates)
        return np.asarray(losses)

    def _check(
        self, inputs: Array, wanted: Array, order: Array, starts: Array, rates: Array
    ) -> None:
        """Raise `ValueError` for what would lead the machine code outside of its arrays."""
        shapes = (inputs.shape[1], *wanted.shape)
        if shapes != (self._layers[0, 0], len(inputs), self._layers[-1, 1]):
            raise ValueError(
                f"Inputs {inputs.shape} and wanted outputs {wanted.shape} do not fit a network "
                f"from {self._layers[0, 0]} to {self._layers[-1, 1]} numbers."
            )
        if len(starts) != len(rates) + 1:
            raise ValueError(f"{len(rates)} steps need {len(rates) + 1} starts, not {len(starts)}.")
        if starts[0] < 0 or starts[-1] > len(order) or not np.all(np.diff(starts) > 0):
            raise ValueError(f"The starts of batches must rise from 0 to {len(order)} at most.")
        if order.size and not 0 <= order.min() <= order.max() < len(inputs):
            raise ValueError(f"The order names a sample that is not one of {len(inputs)}.")

    def _places(self, buffer: Array, model: nn.Module) -> Any:
        return zip(np.split(buffer, self._ends), model.parameters(), strict=True)


def batches_between(batches: Batches, first: int, last: int) -> tuple[Array, Array]:
    """`order` and `starts` for `CompiledStep.run` of the steps from `first` until before `last`."""
    picked = [batches.order(batches.epoch_of(k))[batches.part(k)] for k in range(first, last)]
    starts = np.cumsum([0, *map(len, picked)])
    return np.concatenate(picked or [np.empty(0, np.int64)]), starts


def warm_up(dtype: torch.dtype = torch.float32) -> None:
    """Make or load the machine code for networks of `dtype`, which takes seconds the first time.

    Meant for a thread beside the window; what calls for it later finds it there.
    """
    step = CompiledStep(nn.Sequential(nn.Linear(1, 1, dtype=dtype)), "mse", SGDParameters())
    step.run(*(np.zeros((1, 1)),) * 2, np.array([0]), np.array([0, 1]), np.array([0.0]))


@cache
def machine_code() -> Callable[..., Array]:
    """`kernels.training.compiled.kernel.steps`; numba is loaded here, and takes its time."""
    from kernels.training.compiled.kernel import steps

    return steps


def _kept(settings: dict[str, Any]) -> tuple[str, ...]:
    """What torch calls the rows of the memory, for an optimizer with these `settings`."""
    if "betas" in settings:
        most = ("max_exp_avg_sq",) if settings["amsgrad"] else ()
        return ("exp_avg", "exp_avg_sq", *most)
    return ("momentum_buffer",) if settings.get("momentum") else ()


def _flat(tensor: Tensor) -> Array:
    array: Array = tensor.detach().numpy().reshape(-1)
    return array


def _shaped(place: Array, like: Tensor) -> Tensor:
    return torch.from_numpy(place).view(like.shape)
