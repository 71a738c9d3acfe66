"""A network in training: its steps, its measurements, its stop rules, and what is seen of it."""

import math
from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn

from kernels.diagnosis import Advice, Observations, applicable, diagnose
from kernels.history import Thinned
from kernels.networks.network import rows
from kernels.parameters import Action
from kernels.samples.catalogue import load_dataset
from kernels.simulation import Array, Document, Scalar, Simulation, to_host
from kernels.training.actions import EditWeight
from kernels.training.code.documents import DOCUMENTS, training_document
from kernels.training.engine import compiled_engine
from kernels.training.frame import Plan, TrainingFrame
from kernels.training.inside.inside import INSIDE, StepInside
from kernels.training.inside.step import step_inside
from kernels.training.learner import Learner
from kernels.training.measuring import Measurements
from kernels.training.objective import LOSS_LABELS, Criterion
from kernels.training.parameters import Training
from kernels.training.seen.first_layer import first_layer
from kernels.training.seen.neurons import neuron_columns, neuron_weights, set_weight_
from kernels.training.seen.normalization import normalization
from kernels.training.seen.predictions import CELL, PREDICTIONS, Predictions, listed, predictions
from kernels.training.seen.remembered import Remembered
from kernels.training.seen.response import RESPONSE, activations_on_grid, has_response, responses
from kernels.training.seen.statistics import (
    LayerDistributions,
    layer_distributions,
    layer_statistics,
)
from kernels.training.tensors import tensors_of

LAYERS = "layers"  # what a viewer watches to get histograms of the layers, which are dear
ADVICE = "advice"  # and to get advice, which is looked for once a measurement
MOST_LOOKED_AT = 256  # training samples on which the histograms are made


class TrainingRun(Simulation[Training, TrainingFrame]):
    """The network of the parameters on their data, one mini-batch a step.

    It is measured, in evaluation mode, before the first step and then every `observe_every` steps.
    Raises `ParameterError` or `DataError` if network, loss or data do not fit.
    """

    dtype: ClassVar[torch.dtype] = torch.float32
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    observe_every: ClassVar[int] = 10
    most_measured: ClassVar[tuple[int, int]] = 2000, 10_000  # of training and of validation data
    most_judged_by: ClassVar[int] = 256  # training samples with which advice looks at the layers
    actions: ClassVar[tuple[type[Action], ...]] = (EditWeight,)
    documents: ClassVar[tuple[Document, ...]] = DOCUMENTS
    shared: ClassVar[frozenset[str]] = frozenset(
        {"dataset", "_train", "_validation", "_plan", "_compiled", "_class_counts"}
        | {"_advised", "_predicted"}
    )

    def __init__(self, parameters: Training, device: torch.device) -> None:
        super().__init__(parameters, device)
        self.dataset = load_dataset(parameters.dataset, parameters.dataset_seed)
        self._train = tensors_of(self.dataset.train, device)
        self._validation = tensors_of(self.dataset.validation, device)
        self._learner = Learner(parameters, self.dataset, self._train)
        self._compiled, self._not_compiled = compiled_engine(self._learner, self._train)
        self._changed: int | None = None  # after which step something was set or written over first
        self._edited = -1  # after which step a weight was set last
        self._batch_losses = Thinned((1,), device=device, dtype=self.dtype)
        self._measurements = Measurements(
            self.observe_every, self.most_measured, device, self.dtype
        )
        self._measurements.measure(self._learner, self._train, self._validation, 0)
        self._advised: Remembered[tuple[Advice, ...]] = Remembered()
        self._predicted: Remembered[Predictions] = Remembered()

    @property
    def length(self) -> int:
        return self.parameters.epochs * self._learner.batches.per_epoch

    def step(self, n: int = 1) -> None:
        n = min(n, self.length - self.step_count)
        if self._compiled is not None and n > 0:
            losses = self._compiled.learn(self._learner, self.step_count, n)
            self._batch_losses.record_all(self.step_count, losses.unsqueeze(0))
            self.step_count += n
            return
        for _ in range(n):
            loss = self._learner.learn(self._train, self.step_count)
            self._batch_losses.record(self.step_count, loss.reshape(1))
            self.step_count += 1

    @property
    def model(self) -> nn.Sequential:
        """The network as it is now."""
        return self._learner.model

    def observe(self) -> None:
        self._measurements.measure(self._learner, self._train, self._validation, self.step_count)
        per_epoch = self._learner.batches.per_epoch
        self.finished = self._measurements.ending(self.parameters, per_epoch)

    def adjust(self, parameters: Training) -> None:
        super().adjust(parameters)
        if self.step_count:
            self._note_change()
        self._learner.adjust(parameters, self.step_count)
        self.finished = None

    def act(self, action: Action) -> None:
        if not isinstance(action, EditWeight):
            return super().act(action)
        self._note_change()
        set_weight_(self.model, action.layer, action.target, action.source, action.value)
        self._edited = self.step_count
        self._advised = Remembered()
        self.finished = None

    def _note_change(self) -> None:
        """Keep after which step something was changed first."""
        if self._changed is None:
            self._changed = self.step_count

    def document(self, suffix: str) -> Mapping[str, bytes]:
        return training_document(
            self._learner,
            self.dataset,
            self._train,
            self.step_count,
            self.length,
            suffix,
            self._changed,
        )

    # ---- what is seen ----------------------------------------------------------------------

    @cached_property
    def _plan(self) -> Plan:
        layers, dataset = self.parameters.network.layers, self.dataset
        counts, captions = neuron_columns(self.model, dataset)
        return Plan(
            dataset=dataset,
            rows=rows(layers, dataset.shape, self._learner.criterion.outputs),
            loss=LOSS_LABELS[self._learner.criterion.name],
            parameter_count=sum(p.numel() for p in self.model.parameters()),
            steps_per_epoch=self._learner.batches.per_epoch,
            neurons=counts,
            captions=captions,
            engine="torch" if self._compiled is None else "compiled",
            not_compiled=self._not_compiled,
            notes=(*dataset.notes, *self._measurements.notes(self._train, self._validation)),
        )

    def frame(self, watch: frozenset[str] = frozenset()) -> TrainingFrame:
        measured_at, measured = self._measurements.curves()
        weights, biases = neuron_weights(self.model) if self._plan.neurons else ((), ())
        learner, data = self._learner, (self._train, self._validation)
        response, *answers = responses(
            learner.outputs, learner.criterion, self.dataset, *data, watch
        )
        activations: tuple[Array, ...] = ()
        if RESPONSE in watch and has_response(self.dataset) and self._plan.neurons:
            activations = activations_on_grid(self.model, self.dataset, self.device)
        batch_losses = to_host(self._batch_losses.kept(0)[0])
        picked = self._learner.picked(max(0, self.step_count - 1))
        return TrainingFrame(
            step=self.step_count,
            plan=self._plan,
            epoch=self.step_count / self._learner.batches.per_epoch,
            learning_rate=self._learner.spec.effective_rate(self.step_count),
            batch=to_host(picked),
            batch_steps=self._batch_losses.step_numbers(),
            batch_losses=batch_losses,
            measured_at=measured_at,
            train_loss=measured[0],
            validation_loss=measured[1],
            train_accuracy=measured[2],
            validation_accuracy=measured[3],
            weights=weights,
            biases=biases,
            response=response,
            activations=activations,
            train_answers=answers[0],
            validation_answers=answers[1],
            predictions=self._predictions(watch),
            layers=self._layers() if LAYERS in watch else (),
            advice=self._advice(batch_losses) if ADVICE in watch else (),
            first_layer=first_layer(self.model, self._train.inputs, watch),
            normalization=normalization(self.model, self._train.inputs, picked, watch),
            inside=self._inside() if INSIDE in watch else None,
            watched=watch,
        )

    def _layers(self) -> tuple[LayerDistributions, ...]:
        """How all that each layer holds and gives lies, in evaluation mode."""
        return layer_distributions(*self._looked_at(MOST_LOOKED_AT))

    def _looked_at(self, n: int) -> tuple[nn.Sequential, Criterion, Tensor, Tensor]:
        """The network in evaluation mode, its loss, and the first `n` training samples."""
        data = self._train.first(n)
        return self.model.eval(), self._learner.criterion, data.inputs, data.targets

    def _inside(self) -> StepInside:
        """The step to come, worked through on a copy."""
        is_row = bool(self._plan.neurons)
        return step_inside(self._learner, self._train, self.step_count, is_row=is_row)

    @cached_property
    def _class_counts(self) -> Array:
        """How many training samples each class has, (K,); of numbers there are none."""
        targets, classes = self.dataset.train.targets, len(self.dataset.classes)
        return np.bincount(targets, minlength=classes) if classes else np.empty(0, int)

    def _advice(self, batch_losses: Array) -> tuple[Advice, ...]:
        """What the rules find: anew for what was measured or set since, and a loss that is none."""
        is_lost = not np.isfinite(batch_losses[-1:]).all()
        measured = self._measurements.last
        return self._advised.of(measured, self.parameters, is_lost, find=self._diagnosed)

    def _diagnosed(self) -> tuple[Advice, ...]:
        steps, curves = self._measurements.curves()
        begun = int(np.searchsorted(steps, self._edited, "right"))
        steps, (train_loss, validation_loss, *_) = steps[begun:], curves[:, begun:]
        learner, measured = self._learner, self._measurements.last
        found = diagnose(
            Observations(
                steps=steps,
                train_loss=train_loss,
                validation_loss=validation_loss,
                batch_steps=self._batch_losses.step_numbers(),
                batch_losses=to_host(self._batch_losses.kept(0)[0]),
                steps_per_epoch=learner.batches.per_epoch,
                learning_rate=self.parameters.optimizer.learning_rate,
                scheduled_rate=learner.spec.rate(max(0, measured.step - 1)),
                batch_size=learner.batches.size,
                validation_size=len(measured.answers),
                class_counts=self._class_counts,
                l2=self.parameters.l2,
                sizes_steps=self.parameters.optimizer.sizes_steps,
                step=self.step_count,
                layers=layer_statistics(*self._looked_at(self.most_judged_by)),
                not_compiled=self._not_compiled,
            )
        )
        return tuple(applicable(advice, self.parameters) for advice in found)

    def _predictions(self, watch: frozenset[str]) -> Predictions | None:
        """What was answered to the validation data when it was measured last, if it is watched."""
        if PREDICTIONS not in watch or not self.dataset.classes:
            return None
        cells = sorted(name for name in watch if name.startswith(CELL))[:1]

        def found() -> Predictions:
            answers = self._measurements.last.answers
            probabilities = self._learner.criterion.probabilities(answers)
            targets = self._validation.targets[: len(answers)]
            if not cells:
                return predictions(probabilities, targets)
            true, predicted = map(int, cells[0].split(".")[1:])
            return listed(probabilities, targets, true, predicted)

        return self._predicted.of(self._measurements.last, cells, find=found)

    def summary(self) -> dict[str, Scalar]:
        """Losses and accuracies in evaluation mode, of test data if there are some; notes."""
        data = self.dataset.test
        name = "validation" if data is None else "test"
        tensors = self._validation if data is None else tensors_of(data, self.device)
        loss, accuracy = (float(value) for value in self._learner.evaluate(tensors))
        summary: dict[str, Scalar] = {
            "steps": self.step_count,
            "epochs": self.step_count / self._learner.batches.per_epoch,
            "parameter_count": self._plan.parameter_count,
            "loss": self._plan.loss,
            "engine": self._plan.engine,
            f"{name}_loss": loss if math.isfinite(loss) else None,
        }
        if self.dataset.classes:
            summary[f"{name}_accuracy"] = accuracy if math.isfinite(accuracy) else None
        if self.dataset.notes:
            summary["notes"] = " ".join(self.dataset.notes)
        if self._plan.not_compiled:
            summary["not_compiled"] = self._plan.not_compiled
        return summary


class FastTrainingRun(TrainingRun):
    """A network whose steps are compiled: many a second, so that it is measured less often."""

    observe_every: ClassVar[int] = 100


class PictureTrainingRun(TrainingRun):
    """A network that learns pictures: a step is more work, so that less is measured."""

    prefers: ClassVar[Literal["cpu", "accelerator"]] = "accelerator"
    apart: ClassVar[bool] = True
    observe_every: ClassVar[int] = 200
    most_measured: ClassVar[tuple[int, int]] = 1000, 2000
    most_judged_by: ClassVar[int] = 100
