"""One network from many seeds, all of them trained in one batched computation.

The arithmetic of each is that of `kernels.training.learner.Learner` with its seed, up to rounding.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from kernels.datasets import Batches
from kernels.device import make_generator
from kernels.errors import ParameterError
from kernels.networks.initialization import initialize_
from kernels.networks.layers import ACTIVATIONS
from kernels.networks.network import stages
from kernels.networks.parts import numbers_in
from kernels.optimizers.batched_descent import BatchedDescent
from kernels.samples.samples import Dataset
from kernels.simulation import Array
from kernels.training.annealing import annealed
from kernels.training.learner import CHUNK, Learner
from kernels.training.parameters import Training
from kernels.training.tensors import Tensors

BUDGET = 2**30  # bytes, for what all members hold while they train
_MEMORIES = 5  # weights, slopes, their flat copy, and two moments at most
_ALIKE = (nn.Identity, nn.Dropout, *ACTIVATIONS.values())  # work on numbers of any shape


class Ensemble:
    """The networks of `parameters` from each of the `seeds`, on the same samples `train`.

    A seed draws the first weights, unless a file has them, and the order of samples. Linear layers
    of all members are one batched product, activations and dropout one call; other layers are
    mapped over the members (`torch.func.vmap`). With dropout the masks are drawn for all at once,
    so that they are others than those of a `Learner`. It does not keep the samples.

    Raises
    ------
    ParameterError
        If network, loss and data do not fit, the optimizer couples weights, or they are too many.
    """

    def __init__(
        self, parameters: Training, dataset: Dataset, train: Tensors, seeds: Sequence[int]
    ) -> None:
        self.parameters, self._device = parameters, train.inputs.device
        self._require_elementwise()
        first = Learner(parameters, dataset, train)
        self.model, self.criterion, self.batches = first.model, first.criterion, first.batches
        shape, outputs = dataset.shape, self.criterion.outputs
        made = list(stages(parameters.network.layers, shape, outputs))
        self._widest = max(numbers_in(s) for s in (shape, *(stage.shape for stage in made)))
        passed = sum(numbers_in(s.shape) * len(s.parts) for s in made) + numbers_in(shape)
        self._shapes = {name: p.shape for name, p in self.model.named_parameters()}
        self._require_room(len(seeds), passed)
        self._seeds = tuple(seeds)
        self._points = torch.stack([self._drawn(seed) for seed in seeds])  # (M, P)
        self._is_picture = dataset.is_picture
        self._descent = BatchedDescent(parameters.optimizer, self._points.unsqueeze(0))
        self._buffers = {
            name: buffer.expand(len(seeds), *buffer.shape).clone()
            for name, buffer in self.model.named_buffers()
        }
        self._orders = 0, self._order(0)  # the epoch in use, and the samples in it, (M, N)

    def __len__(self) -> int:
        return len(self._seeds)

    @property
    def parameter_count(self) -> int:
        """How many numbers each member learns."""
        return sum(shape.numel() for shape in self._shapes.values())

    def learn(self, train: Tensors, step: int) -> None:
        """Do step number `step` of every member, each on a batch of its own from `train`."""
        picked = self.picked(step)  # (M, B)
        inputs, targets = train.inputs[picked], train.targets[picked]  # (M, B, ...) each
        weights = {name: w.detach().requires_grad_() for name, w in self._weights().items()}
        self.model.train()
        outputs = self._forward(weights, inputs)
        mean: Tensor = self.criterion(outputs.flatten(0, 1), targets.flatten(0, 1))
        loss = self._penalized(mean * len(self), weights)  # the sum of their losses
        slopes = torch.autograd.grad(loss, list(weights.values()))
        gradient = torch.cat([slope.flatten(1) for slope in slopes], dim=1)  # (M, P)
        optimizer = annealed(self.parameters, self.batches, is_picture=self._is_picture)
        self._descent.step(optimizer, [optimizer.learning_rate], gradient.unsqueeze(0))

    def picked(self, step: int) -> Tensor:
        """Which training samples step number `step` uses, (M, B) on the device."""
        epoch = self.batches.epoch_of(step)
        if self._orders[0] != epoch:
            self._orders = epoch, self._order(epoch)
        picked = self._orders[1][:, self.batches.part(step)].astype(np.int64)
        return torch.tensor(picked, device=self._device)

    def _order(self, epoch: int) -> Array:
        samples, size = self.batches.samples, self.batches.size
        orders = [Batches(samples, size, seed).order(epoch) for seed in self._seeds]
        return np.stack(orders).astype(np.int32)  # (M, N)

    def adjust(self, parameters: Training) -> None:
        """Go on with other live parameters."""
        self.parameters = parameters

    def evaluate(self, data: Tensors) -> tuple[Tensor, Tensor]:
        """The mean loss and the accuracy of each member on `data`, (M,) each, in evaluation mode.

        Both are NaN where the loss is no finite number.
        """

        def judge(outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
            return self.criterion(outputs, targets), self.criterion.accuracy(outputs, targets)

        judged = vmap(judge, in_dims=(0, None))(self._outputs(data.inputs), data.targets)
        is_finite = judged[0].isfinite()
        losses, accuracies = (torch.where(is_finite, values, torch.nan) for values in judged)
        return losses, accuracies

    def outputs_of(self, member: int, inputs: Tensor) -> Tensor:
        """What a member gives for `inputs`, (N, *shape) -> (N, outputs), in evaluation mode."""
        kept = self._weights() | self._buffers
        self.model.eval()
        with torch.no_grad():
            parts = torch.split(inputs, max(1, CHUNK // self._widest))
            own = {name: values[member] for name, values in kept.items()}
            return torch.cat([functional_call(self.model, own, (part,)) for part in parts])

    def _outputs(self, inputs: Tensor) -> Tensor:
        """What all members give for `inputs`, (N, *shape) -> (M, N, outputs)."""
        self.model.eval()
        weights = self._weights()
        with torch.no_grad():
            parts = torch.split(inputs, max(1, CHUNK // (len(self) * self._widest)))
            given = [self._forward(weights, p.expand(len(self), *p.shape)) for p in parts]
            return torch.cat(given, dim=1)

    def _weights(self) -> dict[str, Tensor]:
        """The parameters of all members by name, (M, *shape) each, sharing memory."""
        sizes = [shape.numel() for shape in self._shapes.values()]
        parts = torch.split(self._points, sizes, dim=1)
        named = zip(self._shapes.items(), parts, strict=True)
        return {name: part.view(len(self), *shape) for (name, shape), part in named}

    def _forward(self, weights: dict[str, Tensor], values: Tensor) -> Tensor:
        """What the layers make of `values`, (M, B, *shape) -> (M, B, outputs)."""
        for name, module in self.model.named_children():
            if isinstance(module, nn.Linear):
                values = _weighed(values, weights[f"{name}.weight"], weights.get(f"{name}.bias"))
            elif isinstance(module, _ALIKE):
                values = module(values)
            else:
                own = _below(name, weights), _below(name, self._buffers)
                values = _mapped(module, *own, values)
        return values

    def _penalized(self, loss: Tensor, weights: dict[str, Tensor]) -> Tensor:
        """`loss` with what large weights cost, as `Learner` has it."""
        l1, l2 = self.parameters.l1, self.parameters.l2
        if l1 or l2:
            for name, weight in weights.items():
                if len(self._shapes[name]) > 1:
                    loss = loss + l1 * weight.abs().sum() + l2 / 2 * weight.square().sum()
        return loss

    def _drawn(self, seed: int) -> Tensor:
        """The first weights of the member of `seed`, (P,)."""
        if not self.parameters.weights:  # else they are in the model already
            generator = make_generator(self._device, seed)
            initialize_(self.model, self.parameters.initialization, generator)
        return torch.cat([p.detach().flatten() for p in self.model.parameters()])

    def _require_elementwise(self) -> None:
        optimizer = self.parameters.optimizer
        if not optimizer.elementwise:
            raise ParameterError(
                f"{optimizer.title} couples the weights that it updates, so many networks cannot "
                "be trained as one; every optimizer that updates each weight on its own can, such "
                "as SGD, Momentum or Adam. Choose another one.",
                "optimizer",
            )

    def _require_room(self, count: int, passed: int) -> None:
        """Raise `ParameterError` if `count` members need too much memory.

        `passed` is how many numbers the layers make of one sample; each has a slope.
        """
        numbers = _MEMORIES * self.parameter_count + 2 * self.batches.size * passed
        needed = 4 * (numbers + self.batches.samples)  # and the order of the samples
        most = BUDGET // needed
        if count > most:
            fewer = f"Take {most:,} seeds at most" if most >= 2 else "Take one run of it alone"
            raise ParameterError(
                f"{count:,} of these networks need {count * needed / 2**20:,.0f} MB while they "
                f"train at once; {BUDGET / 2**20:,.0f} MB is the most. {fewer}, or a smaller "
                "network, or smaller batches.",
                "experiment.count",
            )


def _weighed(values: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """A linear layer of each member: (M, B, n), (M, m, n) and (M, m) or None -> (M, B, m)."""
    if bias is None:
        return torch.bmm(values, weight.mT)
    return torch.baddbmm(bias.unsqueeze(1), values, weight.mT)


def _mapped(
    module: nn.Module, weights: dict[str, Tensor], buffers: dict[str, Tensor], values: Tensor
) -> Tensor:
    """A module of each member, with running statistics of its own that it updates in place."""

    def one(weights: dict[str, Tensor], buffers: dict[str, Tensor], values: Tensor) -> Tensor:
        given: Tensor = functional_call(module, (weights, buffers), (values,))
        return given

    mapped: Tensor = vmap(one)(weights, buffers, values)
    return mapped


def _below(name: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Those of a module, by the names that they have in it."""
    start = f"{name}."
    return {key.removeprefix(start): t for key, t in tensors.items() if key.startswith(start)}
