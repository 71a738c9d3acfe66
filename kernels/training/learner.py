"""A network that learns: mini-batch, forward, backward, update, as in a plain loop of PyTorch."""

import math

import torch
from torch import Tensor

from kernels.datasets import Batches
from kernels.device import make_generator
from kernels.errors import ParameterError
from kernels.networks.initialization import initialize_
from kernels.networks.network import build, stages
from kernels.networks.parts import Shape, numbers_in
from kernels.networks.weights import load_weights_
from kernels.optimizers.catalogue import clip_gradient_
from kernels.samples.samples import Dataset
from kernels.training.annealing import annealed
from kernels.training.objective import Criterion
from kernels.training.parameters import Training
from kernels.training.tensors import Tensors

A_STEP, PICTURES_A_STEP = 10, 64  # samples, where the batch size is left open
CHUNK = 2**20  # numbers that go into the network at once when it only answers


class Learner:
    """The network of `parameters` for the samples `train` of `dataset`, on their device.

    It does not keep the samples: a State of it is small. torch's global generators, from which
    dropout draws, begin at the seed of the parameters.

    Attributes
    ----------
    model, criterion, batches
        The network, its loss, and the order of its samples.
    spec
        The optimizer of the parameters, with the learning rate that falls over the run if it does.
    is_picture, is_fused
        Whether it learns pictures, and whether torch's fused optimizer takes the steps, as it does
        for these: their networks are large enough for that to matter.

    Raises
    ------
    ParameterError
        If network, loss and data do not fit.
    """

    def __init__(self, parameters: Training, dataset: Dataset, train: Tensors) -> None:
        self.parameters, self._device = parameters, train.inputs.device
        self.criterion = Criterion(parameters.loss, dataset, parameters.label_smoothing)
        size = parameters.batch_size or (PICTURES_A_STEP if dataset.is_picture else A_STEP)
        self.batches = Batches(len(train), min(size, len(train)), parameters.seed)
        shape, outputs, dtype = dataset.shape, self.criterion.outputs, train.inputs.dtype
        self.model = build(parameters.network.layers, shape, outputs, self._device, dtype)
        self._check_batches(shape)
        generator = make_generator(self._device, parameters.seed)
        initialize_(self.model, parameters.initialization, generator)
        if parameters.weights:
            load_weights_(self.model, parameters.weights)
        torch.manual_seed(parameters.seed)
        self.is_picture = dataset.is_picture
        self.is_fused = dataset.is_picture and self._device.type != "meta"
        self.spec = annealed(parameters, self.batches, is_picture=dataset.is_picture)
        self.optimizer = self.spec.build(list(self.model.parameters()), fused=self.is_fused)

    def learn(
        self, train: Tensors, step: int, rate: float | None = None, picked: Tensor | None = None
    ) -> Tensor:
        """Do step number `step` on `train`, at the learning rate `rate` or that of the parameters.

        It uses the samples `picked`, (B,), or those whose turn it is. Gives the loss of its batch
        as it was trained, without penalties, on the device.
        """
        inputs, targets = train.take(self.picked(step) if picked is None else picked)
        if not self.model.training:
            self.model.train()
        self.model.zero_grad()  # as the optimizer's own, which takes longer
        loss: Tensor = self.criterion(self.model(inputs), targets)
        torch.autograd.backward(self._penalized(loss))
        spec = self.spec
        if spec.clip_norm or spec.clip_value:
            self._clip()
        self.optimizer.param_groups[0]["lr"] = spec.rate(step) if rate is None else rate
        self.optimizer.step()
        return loss.detach()

    def picked(self, step: int) -> Tensor:
        """Which training samples step number `step` uses, (B,) on the device."""
        order = self.batches.order(self.batches.epoch_of(step))
        return torch.tensor(order[self.batches.part(step)], device=self._device)

    def adjust(self, parameters: Training, step: int) -> None:
        """Go on with other live parameters; the next step is number `step`."""
        self.parameters = parameters
        self.spec = annealed(parameters, self.batches, is_picture=self.is_picture)
        self.spec.update(self.optimizer, self.spec.rate(step))

    def outputs(self, inputs: Tensor) -> Tensor:
        """What the network gives for `inputs`, (N, *shape) -> (N, outputs), in evaluation mode."""
        self.model.eval()
        with torch.no_grad():
            parts = torch.split(inputs, max(1, CHUNK // math.prod(inputs.shape[1:])))
            return torch.cat([self.model(part) for part in parts])

    def evaluate(self, data: Tensors) -> tuple[Tensor, Tensor]:
        """The mean loss, without penalties, and the accuracy on `data`, in evaluation mode."""
        return self.judge(self.outputs(data.inputs), data.targets)

    def objective(self, data: Tensors) -> Tensor:
        """What descent makes small, all of `data` in evaluation mode, with its graph: a scalar."""
        self.model.eval()
        return self._penalized(self.criterion(self.model(data.inputs), data.targets))

    def judge(self, outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """The mean loss, without penalties, and the accuracy of `outputs` for `targets`."""
        return self.criterion(outputs, targets), self.criterion.accuracy(outputs, targets)

    def _check_batches(self, shape: Shape) -> None:
        """Raise `ParameterError` where batch normalisation would meet one number of a channel."""
        samples, size = self.batches.samples, self.batches.size
        normalised = (
            stage.shape
            for stage in stages(self.parameters.network.layers, shape, self.criterion.outputs)
            if any(part.stem == "batch_norm" for part in stage.parts.values())
        )
        has_one = any(numbers_in(given) == given[0] for given in normalised)
        if has_one and (size == 1 or samples % size == 1):
            raise ParameterError(
                f"Batches of {size} of {samples} samples leave a batch of "
                "one, and batch normalisation of a row of numbers, or of a picture of one pixel, "
                "needs two at least: the mean of one is itself. Choose another batch size, or take "
                "the layer out.",
                "batch_size",
            )

    def _penalized(self, loss: Tensor) -> Tensor:
        """`loss` with what large weights cost; biases and normalisation are left out of it."""
        l1, l2 = self.parameters.l1, self.parameters.l2
        if not (l1 or l2):
            return loss
        for weight in self.model.parameters():
            if weight.ndim > 1:
                loss = loss + l1 * weight.abs().sum() + l2 / 2 * weight.square().sum()
        return loss

    def _clip(self) -> None:
        """Clip the gradient of the whole network, as torch.nn.utils does."""
        spec = self.spec
        gradients = [p.grad for p in self.model.parameters() if p.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        clip_gradient_(flat, spec.clip_norm, spec.clip_value)
        parts = torch.split(flat, [gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))
