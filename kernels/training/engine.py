"""Who takes the steps of a run: PyTorch, or machine code where that applies and was asked for."""

import numpy as np
import torch
from torch import Tensor

from kernels.errors import LayerscopeError
from kernels.optimizers.base import OptimizerParameters
from kernels.optimizers.schedules import ConstantSchedule
from kernels.simulation import Array
from kernels.training.compiled.network import applies_to
from kernels.training.compiled.step import CompiledStep, batches_between, warm_up
from kernels.training.learner import Learner
from kernels.training.tensors import Tensors


class CompiledEngine:
    """Takes steps of learners with the compiled step; they are its own only while it does.

    Between two calls network and optimizer are as if torch had taken the steps, so that nothing
    here belongs to a State.

    Raises
    ------
    LayerscopeError
        If the machine code cannot be made.
    """

    def __init__(self, learner: Learner, train: Tensors) -> None:
        dtype = train.inputs.dtype
        _warm_up(dtype)
        self._inputs: Array = train.inputs.flatten(1).numpy()
        self._wanted: Array = learner.criterion.wanted(train.targets, dtype).numpy()
        self._step = _step(learner)
        self._parameters = learner.parameters

    def learn(self, learner: Learner, first: int, n: int) -> Tensor:
        """Do the `n` steps from number `first` on, at least one; the loss of each batch, (n,)."""
        if learner.parameters is not self._parameters:
            self._step, self._parameters = _step(learner), learner.parameters
        rates = _rates(learner.spec, first, n)
        order, starts = batches_between(learner.batches, first, first + n)
        self._step.load(learner.model, learner.optimizer)
        losses = self._step.run(self._inputs, self._wanted, order, starts, rates)
        self._step.store(learner.model, learner.optimizer)
        learner.optimizer.param_groups[0]["lr"] = float(rates[-1])
        return torch.from_numpy(losses)


def compiled_engine(learner: Learner, train: Tensors) -> tuple[CompiledEngine | None, str]:
    """What is to take the steps of `learner` on `train`; None is torch, and the text says why.

    The text is a clause, such as "the network has a layer Dropout"; "" where nothing else than
    torch was asked for. The choice depends on the parameters, the device and what is installed:
    never on the clock, or on whether the machine code is there already, which is waited for. No
    live change alters it.
    """
    parameters = learner.parameters
    if parameters.engine == "torch":
        return None, ""
    reason = applies_to(learner.model, learner.criterion.name, parameters.optimizer)
    return (None, reason) if reason else (CompiledEngine(learner, train), "")


def _step(learner: Learner) -> CompiledStep:
    parameters = learner.parameters
    penalties = {"l1": parameters.l1, "l2": parameters.l2}
    return CompiledStep(learner.model, learner.criterion.name, parameters.optimizer, **penalties)


def _rates(spec: OptimizerParameters, first: int, n: int) -> Array:
    """The learning rate of each of the `n` steps from number `first` on, (n,)."""
    if isinstance(spec.schedule, ConstantSchedule):
        return np.full(n, spec.rate(first))
    return np.array([spec.rate(step) for step in range(first, first + n)])


def _warm_up(dtype: torch.dtype) -> None:
    try:
        warm_up(dtype)
    except Exception as error:  # of numba, LLVM, or a file of theirs; never silently torch instead
        raise LayerscopeError(
            f"The compiled step cannot be made here: {error}. Choose PyTorch as the engine."
        ) from error
