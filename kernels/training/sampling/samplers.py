"""Which samples a step learns from: random ones, easy ones first, or a chosen few."""

import math

import numpy as np
import torch
from torch import Tensor, nn

from kernels.datasets import Batches
from kernels.training.learner import Learner
from kernels.training.sampling.parameters import CoresetSampler, CurriculumSampler, SamplerSpec
from kernels.training.tensors import Tensors

CENTRES_FROM = 2**22  # numbers that features may have at once


class Sampler:
    """The samples of each step of one learner: batches of a pool, which is set at each epoch.

    An epoch has as many steps, and these have batches of the same sizes, as with random order,
    whatever the size of the pool: a small one is gone through several times.

    Attributes
    ----------
    spec
        How the pool is chosen; None for all samples in random order, which is exactly what a
        plain run does.
    pool
        The numbers of the samples that are in use, (n,) on the device.
    seen
        Which samples have been in a batch, (N,) on the device.
    """

    def __init__(self, spec: SamplerSpec | None, learner: Learner, train: Tensors) -> None:
        self.spec, self._batches = spec, learner.batches
        self._all = torch.arange(len(train), device=train.inputs.device)
        self.pool = self._order = self._all
        self.seen = torch.zeros(len(train), dtype=torch.bool, device=train.inputs.device)

    def picked(self, step: int, learner: Learner, train: Tensors) -> Tensor:
        """Which training samples step number `step` uses, (B,) on the device."""
        batches, epoch = self._batches, self._batches.epoch_of(step)
        if step % batches.per_epoch == 0:
            self._choose(epoch, learner, train)
            order = _order(len(self.pool), batches, epoch)
            self._order = self.pool[torch.tensor(order, device=self.pool.device)]
        picked = self._order[batches.part(step)]
        self.seen[picked] = True
        return picked

    def _choose(self, epoch: int, learner: Learner, train: Tensors) -> None:
        """Set the pool for `epoch`."""
        if isinstance(self.spec, CurriculumSampler):
            self.pool = self._graded(self.spec, epoch, learner, train)
        elif isinstance(self.spec, CoresetSampler) and _is_due(self.spec, epoch):
            self.pool = self._chosen(self.spec, epoch, learner, train)

    def _graded(
        self, spec: CurriculumSampler, epoch: int, learner: Learner, train: Tensors
    ) -> Tensor:
        count = len(self._all)
        share = min(1.0, spec.start + (1 - spec.start) * epoch / spec.until)
        wanted = max(1, round(share * count))
        if wanted == count:
            return self._all
        if spec.order == "random":
            return self._drawn(wanted, 0)
        losses = losses_of(learner, train)
        return losses.argsort(stable=True, descending=spec.order == "hard")[:wanted]

    def _chosen(self, spec: CoresetSampler, epoch: int, learner: Learner, train: Tensors) -> Tensor:
        wanted = min(spec.size, len(self._all))
        if spec.choice == "random":
            return self._drawn(wanted, epoch)
        if spec.choice == "highest loss":
            return losses_of(learner, train).argsort(stable=True, descending=True)[:wanted]
        return k_centres(features_of(learner, train), wanted)

    def _drawn(self, wanted: int, epoch: int) -> Tensor:
        """`wanted` samples drawn at random; another draw for each `epoch`."""
        generator = np.random.default_rng([self._batches.seed, epoch, 1])
        drawn = generator.permutation(len(self._all))[:wanted]
        return torch.tensor(drawn, device=self._all.device)


def _is_due(spec: CoresetSampler, epoch: int) -> bool:
    """Whether a coreset is chosen at the start of `epoch`."""
    since = epoch - spec.after
    return since == 0 or (since > 0 and spec.every > 0 and since % spec.every == 0)


def _order(pool: int, batches: Batches, epoch: int) -> np.ndarray:
    """Places in a pool of that size in the order of `epoch`, as many as there are samples.

    The pool is gone through in ever new orders; where it is all samples this is their order.
    """
    passes = math.ceil(batches.samples / pool)
    orders = Batches(pool, min(batches.size, pool), batches.seed)
    return np.concatenate([orders.order(epoch * passes + i) for i in range(passes)])[
        : batches.samples
    ]


def losses_of(learner: Learner, data: Tensors) -> Tensor:
    """The loss of each sample in evaluation mode, (N,); what is no number counts as the highest."""
    losses = learner.criterion.each(learner.outputs(data.inputs), data.targets)
    return losses.nan_to_num(nan=torch.inf, posinf=torch.inf)


def features_of(learner: Learner, data: Tensors) -> Tensor:
    """What goes into the output layer for each sample, (N, D), in evaluation mode."""
    body = nn.Sequential(*list(learner.model.children())[:-1])
    body.eval()
    parts = max(1, CENTRES_FROM // max(1, data.inputs[0].numel()))
    with torch.no_grad():
        found = [body(part).flatten(1) for part in torch.split(data.inputs, parts)]
    return torch.cat(found).nan_to_num()


def k_centres(features: Tensor, count: int) -> Tensor:
    """The numbers of `count` rows of `features`, (N, D), that cover the others well: (count,).

    The first is nearest to the mean; each further one is farthest from all that are chosen, so
    that the largest distance to a centre is at most twice the least possible one (Gonzalez, 1985).
    """
    distance = (features - features.mean(0)).square().sum(1)  # (N,)
    chosen = [distance.argmin().reshape(1)]
    distance = torch.full_like(distance, torch.inf)
    for _ in range(count - 1):
        centre = features.index_select(0, chosen[-1])
        distance = torch.minimum(distance, (features - centre).square().sum(1))
        distance = distance.index_fill(0, chosen[-1], -1.0)  # equal rows: none is chosen twice
        chosen.append(distance.argmax().reshape(1))
    return torch.cat(chosen)
