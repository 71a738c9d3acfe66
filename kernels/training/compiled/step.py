"""The steps of a tiny network, many in one call, with torch as the owner of its state."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

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

# What every array is to be: for any other kind, such as one that can only be read, numba would make
# the machine code once more, which takes seconds.
LAID_OUT: Final = ("C_CONTIGUOUS", "ALIGNED", "WRITEABLE")


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
        self._shapes = [parameter.shape for parameter in model.parameters()]
        size = sum(shape.numel() for shape in self._shapes)
        dtype = torch.empty(0, dtype=next(model.parameters()).dtype).numpy().dtype
        self.parameters: Array = np.zeros(size, dtype)
        self.gradient: Array = np.zeros_like(self.parameters)
        self.memory: Array = np.zeros((MEMORIES, size), dtype)
        self.taken = 0
        self._parameters, self._gradients = self._views(self.parameters), self._views(self.gradient)
        self._memories = [self._views(row) for row in self.memory[: len(self._kept)]]

    def _views(self, buffer: Array) -> list[Tensor]:
        """`buffer`, (P,), as tensors of the shapes of the parameters, in its own memory."""
        parts = torch.split(torch.from_numpy(buffer), [shape.numel() for shape in self._shapes])
        return [part.view(shape) for part, shape in zip(parts, self._shapes, strict=True)]

    def load(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Copy the parameters of `model` and the state of its `optimizer` into the buffers."""
        parameters: list[Tensor] = list(model.parameters())
        states = [optimizer.state.get(parameter, {}) for parameter in parameters]
        self.taken = 0
        self.memory[:] = 0
        with torch.no_grad():
            torch._foreach_copy_(self._parameters, parameters)
            for views, name in zip(self._memories, self._kept, strict=True):
                if all(state.get(name) is not None for state in states):
                    torch._foreach_copy_(views, [state[name] for state in states])
                    self.taken = int(states[0].get("step", 1))

    def store(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Copy the buffers to where torch has them: as if it had taken the steps itself.

        That is the parameters, their gradients, and the state of `optimizer`, in place where it is
        there already. The learning rate is left to whoever sets it before each step.
        """
        parameters: list[Tensor] = list(model.parameters())
        gradients = []
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.empty_like(parameter)
            gradients.append(parameter.grad)
        with torch.no_grad():
            torch._foreach_copy_(parameters, self._parameters)
            torch._foreach_copy_(gradients, self._gradients)
            if self.taken:
                self._store_state([optimizer.state[parameter] for parameter in parameters])

    def _store_state(self, states: list[dict[str, Any]]) -> None:
        """Copy the memory to the `states` that torch's optimizer keeps, one a parameter."""
        for views, name in zip(self._memories, self._kept, strict=True):
            for state, view in zip(states, views, strict=True):
                if state.get(name) is None:
                    state[name] = torch.empty_like(view)
            torch._foreach_copy_([state[name] for state in states], views)
        if self._kept != ("momentum_buffer",):
            for state in states:
                if "step" not in state:
                    state["step"] = torch.zeros(())
                state["step"].fill_(self.taken)

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
        inputs = np.require(inputs.reshape(len(inputs), -1), dtype, LAID_OUT)
        wanted = np.require(wanted, dtype, LAID_OUT)
        order, starts = (np.require(whole, np.int64, LAID_OUT) for whole in (order, starts))
        rates = np.require(rates, np.float64, LAID_OUT)
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


def batches_between(batches: Batches, first: int, last: int) -> tuple[Array, Array]:
    """`order` and `starts` for `CompiledStep.run` of the steps from `first` until before `last`."""
    steps = np.arange(first, last + 1)
    starts = steps // batches.per_epoch * batches.samples + steps % batches.per_epoch * batches.size
    if first == last:
        return np.empty(0, np.int64), starts - starts[0]
    epochs = range(batches.epoch_of(first), batches.epoch_of(last - 1) + 1)
    orders = np.concatenate([batches.order(epoch) for epoch in epochs])
    begin = first % batches.per_epoch * batches.size
    starts -= starts[0]
    return orders[begin : begin + starts[-1]], starts


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
