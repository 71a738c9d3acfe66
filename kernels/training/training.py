"""A network in training: its steps, its measurements, its stop rules, and what is seen of it."""

import math
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn

from kernels.diagnosis import Advice, Observations, diagnose
from kernels.errors import ParameterError
from kernels.history import Thinned
from kernels.networks.network import rows
from kernels.parameters import Action
from kernels.samples.catalogue import load_dataset
from kernels.simulation import Array, Finish, Scalar, Simulation, to_host
from kernels.training.actions import EditWeight
from kernels.training.frame import Plan, TrainingFrame
from kernels.training.learner import Learner
from kernels.training.neurons import linear_layers, neuron_columns, neuron_weights
from kernels.training.objective import LOSS_LABELS
from kernels.training.parameters import Training
from kernels.training.predictions import CELL, PREDICTIONS, Predictions, listed, predictions
from kernels.training.response import (
    RESPONSE,
    activations_on_grid,
    grid,
    has_response,
    on_grid,
    side_of,
)
from kernels.training.statistics import LayerStatistics, layer_statistics
from kernels.training.tensors import tensors_of

MOST_MEASURED = 2000  # training samples that a measurement goes through
MOST_LOOKED_AT = 256  # training samples whose way through the layers is told
LAYERS = "layers"  # what a viewer watches to get that, and advice
ENOUGH = 1e-12  # a loss that is lower by less is not lower


class TrainingRun(Simulation[Training, TrainingFrame]):
    """The network of the parameters on their data, one mini-batch a step.

    It is measured, in evaluation mode, before the first step and then every `observe_every` steps.
    Raises `ParameterError` or `DataError` if network, loss or data do not fit.
    """

    dtype: ClassVar[torch.dtype] = torch.float32
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    observe_every: ClassVar[int] = 10
    actions: ClassVar[tuple[type[Action], ...]] = (EditWeight,)
    shared: ClassVar[frozenset[str]] = frozenset({"dataset", "_train", "_validation", "_plan"})

    def __init__(self, parameters: Training, device: torch.device) -> None:
        super().__init__(parameters, device)
        self.dataset = load_dataset(parameters.dataset, parameters.seed)
        self._train = tensors_of(self.dataset.train, device)
        self._validation = tensors_of(self.dataset.validation, device)
        self._learner = Learner(parameters, self.dataset, self._train)
        self._batch_losses = Thinned((1,), device=device, dtype=self.dtype)
        self._measures = Thinned((4,), device=device, dtype=self.dtype)
        self._measured: Tensor
        self._answers: Tensor  # to the validation data, when it was measured
        self._measured_at = 0
        self._best = math.inf, 0  # the lowest validation loss, and the step at which it came
        self._measure()

    @property
    def length(self) -> int:
        return self.parameters.epochs * self._learner.batches.per_epoch

    def step(self, n: int = 1) -> None:
        for _ in range(min(n, self.length - self.step_count)):
            loss = self._learner.learn(self._train, self.step_count)
            self._batch_losses.record(self.step_count, loss.reshape(1))
            self.step_count += 1

    @property
    def model(self) -> nn.Sequential:
        """The network as it is now."""
        return self._learner.model

    # ---- measuring -------------------------------------------------------------------------

    def _measure(self) -> None:
        """Note loss and accuracy in evaluation mode, on the device, without waiting."""
        train = self._learner.evaluate(self._train.first(MOST_MEASURED))
        self._answers = self._learner.outputs(self._validation.inputs)
        validation = self._learner.judge(self._answers, self._validation.targets)
        self._measured = torch.stack([train[0], validation[0], train[1], validation[1]])
        self._measured_at = self.step_count
        if self.step_count % self.observe_every == 0:
            self._measures.record(self.step_count // self.observe_every, self._measured)

    def _measurements(self) -> tuple[Array, Array]:
        """The steps of all that is kept of the measurements, (M,), and these, (4, M)."""
        steps = self._measures.step_numbers() * self.observe_every
        if steps[-1] == self._measured_at:
            return steps, to_host(self._measures.kept(0))
        latest = self._measures.with_last(0, self._measured)
        return np.append(steps, self._measured_at), to_host(latest)

    def observe(self) -> None:
        self._measure()
        train_loss, loss, _, accuracy = to_host(self._measured)
        if loss < self._best[0] - ENOUGH:
            self._best = float(loss), self.step_count
        self.finished = self._ending(float(train_loss), float(loss), float(accuracy))

    def _ending(self, train_loss: float, loss: float, accuracy: float) -> Finish | None:
        """Why it ends here, or None."""
        wanted, step = self.parameters, self.step_count
        numbers = {"step": step, "validation loss": loss, "validation accuracy": accuracy}
        if not math.isfinite(train_loss):
            return Finish(
                reason="diverged",
                sentence=f"The loss is no number any more after {step:,} steps. Go back to an "
                "earlier step and lower the learning rate.",
                numbers=numbers,
            )
        if wanted.target_loss and loss <= wanted.target_loss:
            told = f"the validation loss {loss:.4g} is at most {wanted.target_loss:g}"
        elif wanted.target_accuracy and accuracy >= wanted.target_accuracy:
            told = (
                f"the validation accuracy {accuracy:.2%} is at least {wanted.target_accuracy:.2%}"
            )
        elif wanted.patience and self._since_best() >= wanted.patience:
            told = (
                f"the validation loss has not been below {self._best[0]:.4g} for "
                f"{wanted.patience} epochs"
            )
        else:
            return None
        return Finish(
            reason="stop rule", sentence=f"Stopped after {step:,} steps: {told}.", numbers=numbers
        )

    def _since_best(self) -> float:
        """Epochs since the validation loss was lowest."""
        return (self.step_count - self._best[1]) / self._learner.batches.per_epoch

    def adjust(self, parameters: Training) -> None:
        super().adjust(parameters)
        self._learner.adjust(parameters, self.step_count)
        self.finished = None

    def act(self, action: Action) -> None:
        if not isinstance(action, EditWeight):
            return super().act(action)
        layers = linear_layers(self.model)
        try:
            layer = layers[action.layer]
            with torch.no_grad():
                if action.source is None:
                    layer.bias[action.target] = action.value
                else:
                    layer.weight[action.target, action.source] = action.value
        except (IndexError, TypeError) as error:
            raise ParameterError(
                f"There is no weight from neuron {action.source} to neuron {action.target} of "
                f"linear layer {action.layer}, all counted from 0. Choose one that is there."
            ) from error
        self.finished = None

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
        )

    def frame(self, watch: frozenset[str] = frozenset()) -> TrainingFrame:
        measured_at, measured = self._measurements()
        weights, biases = neuron_weights(self.model) if self._plan.neurons else ((), ())
        response: Array = np.empty(0)
        activations: tuple[Array, ...] = ()
        if RESPONSE in watch and has_response(self.dataset):
            response = self._response()
            if self._plan.neurons:
                activations = activations_on_grid(self.model, self.dataset, self.device)
        layers = self._layers() if LAYERS in watch else ()
        return TrainingFrame(
            step=self.step_count,
            plan=self._plan,
            epoch=self.step_count / self._learner.batches.per_epoch,
            learning_rate=self.parameters.optimizer.effective_rate(self.step_count),
            batch=to_host(self._learner.picked(max(0, self.step_count - 1))),
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
            predictions=self._predictions(watch),
            layers=layers,
            advice=self._advice(layers, measured_at, measured) if LAYERS in watch else (),
            watched=watch,
        )

    def _layers(self) -> tuple[LayerStatistics, ...]:
        """What each layer holds and does, in evaluation mode."""
        data = self._train.first(MOST_LOOKED_AT)
        self.model.eval()
        return layer_statistics(self.model, self._learner.criterion, data.inputs, data.targets)

    def _advice(
        self, layers: tuple[LayerStatistics, ...], steps: Array, measured: Array
    ) -> tuple[Advice, ...]:
        """What the rules find in the curves and the `layers`."""
        targets, batches = self.dataset.train.targets, self._learner.batches
        classes = len(self.dataset.classes)
        return diagnose(
            Observations(
                steps=steps,
                train_loss=measured[0],
                validation_loss=measured[1],
                batch_steps=self._batch_losses.step_numbers(),
                batch_losses=to_host(self._batch_losses.kept(0)[0]),
                steps_per_epoch=batches.per_epoch,
                learning_rate=self.parameters.optimizer.learning_rate,
                batch_size=batches.size,
                validation_size=len(self._validation),
                class_counts=np.bincount(targets, minlength=classes) if classes else np.empty(0),
                l2=self.parameters.l2,
                layers=layers,
            )
        )

    def _predictions(self, watch: frozenset[str]) -> Predictions | None:
        """What was answered to the validation data when it was measured last, if it is watched."""
        if PREDICTIONS not in watch or not self.dataset.classes:
            return None
        probabilities = self._learner.criterion.probabilities(self._answers)
        targets = self._validation.targets
        cells = [name.split(".")[1:] for name in watch if name.startswith(CELL)]
        if not cells:
            return predictions(probabilities, targets)
        true, predicted = map(int, cells[0])
        return listed(probabilities, targets, true, predicted)

    def _response(self) -> Array:
        """What the network says all over the domain, as `TrainingFrame.response` has it."""
        side = side_of(self.dataset)
        outputs = self._learner.outputs(grid(self.dataset, side, self.device))
        if self.dataset.classes:
            outputs = self._learner.criterion.probabilities(outputs)
        return to_host(on_grid(outputs, self.dataset, side))

    def summary(self) -> dict[str, Scalar]:
        """Losses and accuracies in evaluation mode; of the test data where there are some."""
        data = self.dataset.test
        name = "validation" if data is None else "test"
        tensors = self._validation if data is None else tensors_of(data, self.device)
        loss, accuracy = (float(value) for value in self._learner.evaluate(tensors))
        summary: dict[str, Scalar] = {
            "steps": self.step_count,
            "epochs": self.step_count / self._learner.batches.per_epoch,
            "parameter_count": self._plan.parameter_count,
            "loss": self._plan.loss,
            f"{name}_loss": loss if math.isfinite(loss) else None,
        }
        if self.dataset.classes:
            summary[f"{name}_accuracy"] = accuracy
        return summary


class PictureTrainingRun(TrainingRun):
    """A network that learns pictures: more work a step, so that it is measured less often."""

    prefers: ClassVar[Literal["cpu", "accelerator"]] = "accelerator"
    observe_every: ClassVar[int] = 100
