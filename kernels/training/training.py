"""A network in training: its steps, its measurements, its stop rules, and what is seen of it."""

import math
from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import nn

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
from kernels.training.objective import LOSS_LABELS
from kernels.training.parameters import Training
from kernels.training.seen.first_layer import first_layer
from kernels.training.seen.neurons import neuron_columns, neuron_weights, set_weight_
from kernels.training.seen.normalization import normalization
from kernels.training.seen.predictions import CELL, PREDICTIONS, Predictions, listed, predictions
from kernels.training.seen.response import RESPONSE, activations_on_grid, has_response, responses
from kernels.training.seen.statistics import LayerStatistics, layer_statistics
from kernels.training.tensors import tensors_of

MOST_LOOKED_AT = 256  # training samples whose way through the layers is told
LAYERS = "layers"  # what a viewer watches to get that, and all advice
ADVICE = "advice"  # and to get that of the curves and the data alone, which costs little


class TrainingRun(Simulation[Training, TrainingFrame]):
    """The network of the parameters on their data, one mini-batch a step.

    It is measured, in evaluation mode, before the first step and then every `observe_every` steps.
    Raises `ParameterError` or `DataError` if network, loss or data do not fit.
    """

    dtype: ClassVar[torch.dtype] = torch.float32
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    observe_every: ClassVar[int] = 10
    most_measured: ClassVar[tuple[int, int]] = 2000, 10_000  # of training and of validation data
    actions: ClassVar[tuple[type[Action], ...]] = (EditWeight,)
    documents: ClassVar[tuple[Document, ...]] = DOCUMENTS
    shared: ClassVar[frozenset[str]] = frozenset(
        {"dataset", "_train", "_validation", "_plan", "_compiled"}
    )

    def __init__(self, parameters: Training, device: torch.device) -> None:
        super().__init__(parameters, device)
        self.dataset = load_dataset(parameters.dataset, parameters.dataset_seed)
        self._train = tensors_of(self.dataset.train, device)
        self._validation = tensors_of(self.dataset.validation, device)
        self._learner = Learner(parameters, self.dataset, self._train)
        self._compiled, self._not_compiled = compiled_engine(self._learner, self._train)
        self._batch_losses = Thinned((1,), device=device, dtype=self.dtype)
        self._measurements = Measurements(
            self.observe_every, self.most_measured, device, self.dtype
        )
        self._measurements.measure(self._learner, self._train, self._validation, 0)

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
        self._learner.adjust(parameters, self.step_count)
        self.finished = None

    def act(self, action: Action) -> None:
        if not isinstance(action, EditWeight):
            return super().act(action)
        set_weight_(self.model, action.layer, action.target, action.source, action.value)
        self.finished = None

    def document(self, suffix: str) -> Mapping[str, bytes]:
        learner, steps = self._learner, self.step_count
        return training_document(learner, self.dataset, self._train, steps, self.length, suffix)

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
        layers = self._layers() if LAYERS in watch else ()
        picked = self._learner.picked(max(0, self.step_count - 1))
        return TrainingFrame(
            step=self.step_count,
            plan=self._plan,
            epoch=self.step_count / self._learner.batches.per_epoch,
            learning_rate=self._learner.spec.effective_rate(self.step_count),
            batch=to_host(picked),
            batch_steps=self._batch_losses.step_numbers(),
            batch_losses=to_host(self._batch_losses.kept(0)[0]),
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
            layers=layers,
            advice=self._advice(layers, measured_at, measured) if watch & {LAYERS, ADVICE} else (),
            first_layer=first_layer(self.model, self._train.inputs, watch),
            normalization=normalization(self.model, self._train.inputs, picked, watch),
            inside=self._inside() if INSIDE in watch else None,
            watched=watch,
        )

    def _layers(self) -> tuple[LayerStatistics, ...]:
        """What each layer holds and does, in evaluation mode."""
        data = self._train.first(MOST_LOOKED_AT)
        self.model.eval()
        return layer_statistics(self.model, self._learner.criterion, data.inputs, data.targets)

    def _inside(self) -> StepInside:
        """The step to come, worked through on a copy."""
        is_row = bool(self._plan.neurons)
        return step_inside(self._learner, self._train, self.step_count, is_row=is_row)

    def _advice(
        self, layers: tuple[LayerStatistics, ...], steps: Array, measured: Array
    ) -> tuple[Advice, ...]:
        """What the rules find in the curves and the `layers`."""
        targets, batches = self.dataset.train.targets, self._learner.batches
        classes = len(self.dataset.classes)
        found = diagnose(
            Observations(
                steps=steps,
                train_loss=measured[0],
                validation_loss=measured[1],
                batch_steps=self._batch_losses.step_numbers(),
                batch_losses=to_host(self._batch_losses.kept(0)[0]),
                steps_per_epoch=batches.per_epoch,
                learning_rate=self.parameters.optimizer.learning_rate,
                scheduled_rate=self._learner.spec.rate(max(0, self.step_count - 1)),
                batch_size=batches.size,
                validation_size=len(self._measurements.answers),
                class_counts=np.bincount(targets, minlength=classes) if classes else np.empty(0),
                l2=self.parameters.l2,
                sizes_steps=self.parameters.optimizer.sizes_steps,
                layers=layers,
                not_compiled=self._not_compiled,
            )
        )
        return tuple(applicable(advice, self.parameters) for advice in found)

    def _predictions(self, watch: frozenset[str]) -> Predictions | None:
        """What was answered to the validation data when it was measured last, if it is watched."""
        if PREDICTIONS not in watch or not self.dataset.classes:
            return None
        probabilities = self._learner.criterion.probabilities(self._measurements.answers)
        targets = self._validation.targets[: len(self._measurements.answers)]
        cells = [name.split(".")[1:] for name in watch if name.startswith(CELL)]
        if not cells:
            return predictions(probabilities, targets)
        true, predicted = map(int, cells[0])
        return listed(probabilities, targets, true, predicted)

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
