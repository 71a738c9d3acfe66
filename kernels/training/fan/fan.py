"""The fan: one network from many seeds at once, the spread of its curves and where each ends.

What is seen of one run may be the luck of its seed; the fan shows how much of it is.
"""

from functools import cached_property, partial
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from kernels.history import Thinned
from kernels.networks.layers import DropoutLayer
from kernels.networks.network import rows
from kernels.samples.catalogue import load_dataset
from kernels.simulation import Array, Finish, Scalar, Simulation, to_host
from kernels.training.fan.ensemble import Ensemble
from kernels.training.fan.frame import LEVEL_NAMES, LEVELS, MEMBER, FanFrame
from kernels.training.fan.parameters import FanExperiment
from kernels.training.frame import Plan
from kernels.training.objective import LOSS_LABELS
from kernels.training.parameters import Training
from kernels.training.seen.response import responses
from kernels.training.tensors import tensors_of

MOST_MEASURED = 2000  # samples that a measurement goes through
CAPACITY = 200  # points a curve; there are many of them


class Fan(Simulation[Training, FanFrame]):
    """The network of the parameters from `count` seeds, one mini-batch a step for each.

    The run at place k is that of a `TrainingRun` with the seed k places further, on the data of the
    seed of the parameters, up to rounding. No stop rule applies. Raises `ParameterError` or
    `DataError` as a `TrainingRun` does, and if the runs are too many for the memory.
    """

    dtype: ClassVar[torch.dtype] = torch.float32
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    observe_every: ClassVar[int] = 10
    apart: ClassVar[bool] = True
    shared: ClassVar[frozenset[str]] = frozenset(
        {"dataset", "_train", "_validation", "_measured_data", "_plan"}
    )

    def __init__(self, parameters: Training, device: torch.device) -> None:
        super().__init__(parameters, device)
        self.dataset = load_dataset(parameters.dataset, parameters.dataset_seed)
        self._train = tensors_of(self.dataset.train, device)
        self._validation = tensors_of(self.dataset.validation, device)
        self._measured_on = "validation data" if len(self._validation) else "training data"
        measured = self._validation if len(self._validation) else self._train
        self._measured_data = measured.first(MOST_MEASURED)
        if len(measured) > MOST_MEASURED:
            self._measured_on = f"first {MOST_MEASURED:,} of the {self._measured_on}"
        self._seeds = tuple(parameters.seed_after(k) for k in range(self._experiment.count))
        self._ensemble = Ensemble(parameters, self.dataset, self._train, self._seeds)
        shape = (len(self._seeds),)
        self._curves = Thinned(
            shape,
            shape,
            device=device,
            dtype=self.dtype,
            capacity=CAPACITY,
            stride=self.observe_every,
        )
        self._latest: tuple[Tensor, Tensor]
        self._measured_at = 0
        self._measure()

    @property
    def _experiment(self) -> FanExperiment:
        experiment = self.parameters.experiment
        assert isinstance(experiment, FanExperiment)
        return experiment

    @property
    def length(self) -> int:
        return self.parameters.epochs * self._ensemble.batches.per_epoch

    def step(self, n: int = 1) -> None:
        for _ in range(min(n, self.length - self.step_count)):
            self._ensemble.learn(self._train, self.step_count)
            self.step_count += 1

    def _measure(self) -> None:
        """Note loss and accuracy of all in evaluation mode, on the device, without waiting."""
        self._latest = self._ensemble.evaluate(self._measured_data)
        self._measured_at = self.step_count
        self._curves.record(self.step_count, *self._latest)

    def observe(self) -> None:
        self._measure()
        told = {"step": self.step_count, "runs": len(self._seeds)}
        if not np.isfinite(to_host(self._latest[0])).any():
            self.finished = Finish(
                reason="diverged",
                sentence=f"The loss of all {len(self._seeds):,} runs is no number any more after "
                f"{self.step_count:,} steps. Go back to an earlier step and lower the learning "
                "rate.",
                numbers=told,
            )
        elif self.step_count == self.length:
            sentence = self.frame().sentence
            self.finished = Finish(reason="complete", sentence=sentence, numbers=told)

    def adjust(self, parameters: Training) -> None:
        super().adjust(parameters)
        self._ensemble.adjust(parameters)
        self.finished = None

    # ---- what is seen ----------------------------------------------------------------------

    @cached_property
    def _plan(self) -> Plan:
        ensemble, dataset = self._ensemble, self.dataset
        layers = self.parameters.network.layers
        return Plan(
            dataset=dataset,
            rows=rows(layers, dataset.shape, ensemble.criterion.outputs),
            loss=LOSS_LABELS[ensemble.criterion.name],
            parameter_count=ensemble.parameter_count,
            steps_per_epoch=ensemble.batches.per_epoch,
            neurons=(),
            captions=(),
        )

    def frame(self, watch: frozenset[str] = frozenset()) -> FanFrame:
        steps, (losses, accuracies) = self._curves.up_to(self._measured_at, *self._latest)
        spread = quantiles(losses)
        last, accuracy = to_host(losses[:, -1]), to_host(accuracies[:, -1])
        diverged = np.isnan(last)
        solved = accuracy >= self._experiment.solved_accuracy  # not where it is NaN
        ensemble, member = self._ensemble, self._member(watch)
        data = self._train, self._validation
        response, train_answers, validation_answers = responses(
            partial(ensemble.outputs_of, member), ensemble.criterion, self.dataset, *data, watch
        )
        return FanFrame(
            step=self.step_count,
            plan=self._plan,
            seeds=np.array(self._seeds),
            data_seed=self.parameters.dataset_seed,
            measured_at=steps,
            measured_on=self._measured_on,
            losses=to_host(losses),
            accuracies=to_host(accuracies),
            spread=spread,
            order=np.argsort(last, kind="stable"),
            diverged=diverged,
            solved=solved,
            solved_accuracy=self._experiment.solved_accuracy,
            member=member,
            batch=to_host(ensemble.picked(max(0, self.step_count - 1))[member]),
            response=response,
            train_answers=train_answers,
            validation_answers=validation_answers,
            sentence=self._sentence(spread[:, -1], diverged, solved),
            notes=self._notes(),
        )

    def _member(self, watch: frozenset[str]) -> int:
        """The place of the run that is watched; the first one's where none is."""
        places = [int(name.removeprefix(MEMBER)) for name in watch if name.startswith(MEMBER)]
        return places[0] if places and places[0] < len(self._seeds) else 0

    def _sentence(self, spread: Array, diverged: Array, solved: Array) -> str:
        """How many solved it, and how far their losses lie apart."""
        count, lost = len(self._seeds), int(diverged.sum())
        told = []
        if self.dataset.classes:
            told.append(
                f"{solved.sum():,} of {count:,} seeds ({solved.mean():.0%}) have an accuracy of "
                f"{self._experiment.solved_accuracy:.4g} or more on the {self._measured_on}."
            )
        if lost < count:
            low, _, middle, _, high = spread
            told.append(
                f"Median loss {middle:.3g}; the middle 80% of the runs lie between {low:.3g} and "
                f"{high:.3g}."
            )
        if lost:
            told.append(f"{lost:,} diverged: they are in no median.")
        return " ".join(told)

    def _notes(self) -> tuple[str, ...]:
        first, last = self._seeds[0], self._seeds[-1]
        drawn = "" if self.parameters.weights else "first weights and "
        told = [
            f"All learn the same data (seed {self.parameters.dataset_seed}); the seeds {first} to "
            f"{last} draw {drawn}the order of the samples."
        ]
        if self.parameters.weights:
            told.append("All begin with the weights of the file.")
        if any(isinstance(layer, DropoutLayer) for layer in self.parameters.network.layers):
            told.append("Dropout is drawn for all at once: trained alone a seed meets other masks.")
        return tuple(told)

    def summary(self) -> dict[str, Scalar]:
        """The spread of the losses, the best and the worst seed, and the share that solved it."""
        frame = self.frame()
        row, kept = frame.row(), frame.order[: len(self._seeds) - int(frame.diverged.sum())]
        summary: dict[str, Scalar] = {
            "steps": self.step_count,
            "measured_at": row["measured_at"],
            "seeds": len(self._seeds),
            "data_seed": frame.data_seed,
            "parameter_count": self._plan.parameter_count,
            "loss": self._plan.loss,
            **{name: row[name] for name in LEVEL_NAMES},
        }
        for name, places in (("best", kept[:1]), ("worst", kept[-1:])):
            for place in places:  # none where all diverged
                summary[f"{name}_seed"] = self._seeds[place]
                summary[f"{name}_loss"] = float(frame.losses[place, -1])
        summary["diverged"] = row["diverged"]
        if self.dataset.classes:
            summary["solved_accuracy"] = frame.solved_accuracy
            summary["solved_share"] = float(frame.solved.mean())
        return summary


class PictureFan(Fan):
    """Networks that learn pictures: more work a step, so that they are measured less often."""

    prefers: ClassVar[Literal["cpu", "accelerator"]] = "accelerator"
    observe_every: ClassVar[int] = 100


def quantiles(losses: Tensor) -> Array:
    """The quantiles of `losses`, (M, T), over the runs by `LEVELS`: (5, T); NaN where none is left.

    Between two runs it is interpolated linearly; NaN is left out.
    """
    levels = torch.tensor(LEVELS, dtype=losses.dtype, device=losses.device)
    return to_host(torch.nanquantile(losses, levels, dim=0))
