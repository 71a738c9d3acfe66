"""Samplers side by side: the same network from the same first weights, at equal numbers of updates.

Random order is always among them, and each is repeated from several seeds: a difference that is
less than the spread of the repeats tells nothing.
"""

from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from kernels.history import Thinned
from kernels.samples.catalogue import load_dataset
from kernels.simulation import Array, Finish, Scalar, Simulation, to_host
from kernels.training.learner import Learner
from kernels.training.objective import LOSS_LABELS
from kernels.training.parameters import Training
from kernels.training.sampling.frame import SamplingFrame, SamplingPlan
from kernels.training.sampling.parameters import CurriculumSampler, SamplerSpec, SamplingExperiment
from kernels.training.sampling.samplers import Sampler
from kernels.training.tensors import tensors_of

RANDOM = "Random order"
POOL = "pool."  # with the number of a sampler: what a viewer watches to see its pool


class SamplingComparison(Simulation[Training, SamplingFrame]):
    """Each sampler trains a network of its own from each seed; all do a step at a time.

    Seeds are those of first weights and orders; the data are the same for all.
    """

    dtype: ClassVar[torch.dtype] = torch.float32
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    apart: ClassVar[bool] = True
    observe_every: ClassVar[int] = 20
    shared: ClassVar[frozenset[str]] = frozenset({"dataset", "_train", "_validation", "_plan"})

    def __init__(self, parameters: Training, device: torch.device) -> None:
        super().__init__(parameters, device)
        experiment = parameters.experiment
        assert isinstance(experiment, SamplingExperiment)
        self.dataset = load_dataset(parameters.dataset, parameters.dataset_seed)
        self._train = tensors_of(self.dataset.train, device)
        self._validation = tensors_of(self.dataset.validation, device)
        specs: tuple[SamplerSpec | None, ...] = (None, *experiment.samplers)
        self._learners = [
            [self._learner(parameters, repeat) for repeat in range(experiment.repeats)]
            for _ in specs
        ]
        self._samplers = [
            [Sampler(spec, learner, self._train) for learner in learners]
            for spec, learners in zip(specs, self._learners, strict=True)
        ]
        first = self._learners[0][0]
        self._plan = SamplingPlan(
            self.dataset,
            names_of(specs),
            experiment.repeats,
            LOSS_LABELS[first.criterion.name],
            first.batches.per_epoch,
        )
        shape = len(specs), experiment.repeats
        self._batches = [first.picked(0)] * len(specs)
        self._measures = Thinned(
            shape, shape, device=device, dtype=self.dtype, stride=self.observe_every
        )
        self._measured: tuple[Tensor, Tensor]
        self._measured_at = 0
        self._measure()

    def _learner(self, parameters: Training, repeat: int) -> Learner:
        own = parameters.model_copy(update={"seed": parameters.seed_after(repeat)})
        return Learner(own, self.dataset, self._train)

    @property
    def length(self) -> int:
        return self.parameters.epochs * self._plan.steps_per_epoch

    def step(self, n: int = 1) -> None:
        for _ in range(min(n, self.length - self.step_count)):
            for index, (learners, samplers) in enumerate(
                zip(self._learners, self._samplers, strict=True)
            ):
                for repeat, (learner, sampler) in enumerate(zip(learners, samplers, strict=True)):
                    picked = sampler.picked(self.step_count, learner, self._train)
                    learner.learn(self._train, self.step_count, picked=picked)
                    if repeat == 0:
                        self._batches[index] = picked
            self.step_count += 1

    def adjust(self, parameters: Training) -> None:
        super().adjust(parameters)
        for learner in (one for learners in self._learners for one in learners):
            learner.adjust(parameters, self.step_count)
        self.finished = None

    def observe(self) -> None:
        self._measure()
        if self.step_count == self.length:
            self.finished = Finish(
                reason="complete",
                sentence=f"All have done {self.step_count:,} updates, from "
                f"{self._plan.repeats} seeds each. {self._told()}",
            )

    def _measure(self) -> None:
        """Note loss and accuracy of all in evaluation mode, on the device, without waiting."""
        found = [
            [learner.evaluate(self._validation) for learner in learners]
            for learners in self._learners
        ]
        self._measured = (
            torch.stack([torch.stack([loss for loss, _ in row]) for row in found]),
            torch.stack([torch.stack([share for _, share in row]) for row in found]),
        )  # (S, R) each
        self._measured_at = self.step_count
        self._measures.record(self.step_count, *self._measured)

    def _told(self) -> str:
        """Which samplers differ from random order by more than their repeats do."""
        if not len(self._validation):
            return "There are no validation data to compare by."
        if self._plan.repeats < 2:
            return "One seed tells nothing of a difference: choose more repeats."
        losses = to_host(self._measured[0])
        lower, higher, lost = [], [], []
        for name, own in zip(self._plan.names, losses, strict=True):
            if not np.isfinite(own).all():
                lost.append(name)
            elif own.max() < losses[0].min():
                lower.append(name)
            elif own.min() > losses[0].max():
                higher.append(name)
        diverged = f"Diverged from one seed or more: {', '.join(lost)}." if lost else ""
        if RANDOM in lost:
            return f"{diverged} There is nothing to compare with."
        told = [
            f"{where} that of random order from every seed: {', '.join(names)}."
            for where, names in (("below", lower), ("above", higher))
            if names
        ]
        within = len(self._plan.names) - 1 - len(lower) - len(higher) - len(lost)
        if told:
            compared = "The validation loss is " + " It is ".join(told)
            compared += " The others overlap with it." if within else ""
        elif within:
            others = "of the others " if lost else ""
            compared = (
                f"No validation loss {others}differs from that of random order by more than the "
                "seeds do."
            )
        else:
            compared = ""
        return f"{compared} {diverged}".strip()

    def frame(self, watch: frozenset[str] = frozenset()) -> SamplingFrame:
        shown = min(_shown(watch), len(self._samplers) - 1)
        steps, series = self._measures.up_to(self._measured_at, *self._measured)
        losses, accuracies = map(to_host, series)  # (S, M, R) each
        return SamplingFrame(
            step=self.step_count,
            plan=self._plan,
            epoch=self.step_count / self._plan.steps_per_epoch,
            measured_at=steps,
            validation_loss=np.moveaxis(losses, 1, -1),
            validation_accuracy=np.moveaxis(accuracies, 1, -1),
            pool_sizes=np.array([len(samplers[0].pool) for samplers in self._samplers]),
            seen=self._seen(),
            shown=shown,
            pool=to_host(self._samplers[shown][0].pool),
            batch=to_host(self._batches[shown]),
            told=self._told(),
        )

    def _seen(self) -> Array:
        counts = [torch.stack([s.seen.sum() for s in row]) for row in self._samplers]
        return to_host(torch.stack(counts))

    def summary(self) -> dict[str, Scalar]:
        return {**self.frame().row(), "repeats": self._plan.repeats, "told": self._told()}


def names_of(specs: tuple[SamplerSpec | None, ...]) -> tuple[str, ...]:
    """A name for each sampler, none twice."""
    names: list[str] = []
    for spec in specs:
        name = _name(spec)
        alike = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({alike + 1})" if alike else name)
    return tuple(names)


def _name(spec: SamplerSpec | None) -> str:
    if spec is None:
        return RANDOM
    if isinstance(spec, CurriculumSampler):
        told = {"easy": "Easy first", "hard": "Hard first", "random": "Growing part"}
        return told[spec.order]
    return f"{spec.size} by {spec.choice}" if spec.choice != "random" else f"{spec.size} at random"


def _shown(watch: frozenset[str]) -> int:
    """The number of the sampler whose pool is watched; otherwise the first."""
    return max((int(name[len(POOL) :]) for name in watch if name.startswith(POOL)), default=0)
