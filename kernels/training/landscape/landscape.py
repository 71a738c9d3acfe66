"""The loss landscape of a network while it trains, with its path at its true loss.

The surface is refined by so many points a step, by step number alone; when it is complete, one of
the weights of that step is begun. Sources: Li et al., Visualizing the Loss Landscape of Neural Nets
(NeurIPS 2018); for the share of variance Antognini and Sohl-Dickstein (NeurIPS 2018).
"""

import math
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn

from kernels.history import Thinned
from kernels.landscape.directions import filter_normalized, gaussian_directions
from kernels.landscape.path import explained_share, path_plane, walk_share
from kernels.landscape.plane import Plane, flat
from kernels.landscape.refinement import Range, Refinement, steps_of
from kernels.landscape.stability import rule
from kernels.landscape.surface import PlaneLoss
from kernels.samples.catalogue import load_dataset
from kernels.simulation import Array, Finish, Scalar, Simulation, to_host
from kernels.training.landscape.curvature import CurvatureRecord, uncurved
from kernels.training.landscape.frame import LandscapeFrame
from kernels.training.landscape.parameters import LandscapeExperiment
from kernels.training.landscape.shown import Shown
from kernels.training.learner import Learner
from kernels.training.objective import LOSS_LABELS
from kernels.training.parameters import Training
from kernels.training.tensors import tensors_of

MOST_KEPT = 2**23  # numbers in all the weights of all paths: 32 MB
MOST_POINTS, FEWEST_POINTS = 400, 8  # of a path
SHOWN = 25  # points a side from which a surface takes the place of one before
MARGIN = 0.25  # of the extent of a path, around it


class LandscapeRun(Simulation[Training, LandscapeFrame]):
    """Trains the networks of the parameters, and evaluates their loss on a plane meanwhile.

    When all updates are done, a last surface is completed.
    """

    dtype: ClassVar[torch.dtype] = torch.float32
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    observe_every: ClassVar[int] = 10
    shared: ClassVar[frozenset[str]] = frozenset(
        {"dataset", "_train", "_seen", "_evaluator", "_shown"}
    )

    def __init__(self, parameters: Training, device: torch.device) -> None:
        super().__init__(parameters, device)
        assert isinstance(parameters.experiment, LandscapeExperiment)
        self._experiment = asked = parameters.experiment
        self.dataset = load_dataset(parameters.dataset, parameters.dataset_seed)
        self._train = tensors_of(self.dataset.train, device)
        self._seen = self._train.first(asked.samples)
        self._learners = [
            Learner(self._of_run(parameters, run), self.dataset, self._train)
            for run in range(asked.runs)
        ]
        self._gaussian = gaussian_directions(self.model, asked.directions)
        size = asked.runs * self._gaussian.shape[1]
        points = min(MOST_POINTS, max(FEWEST_POINTS, MOST_KEPT // size // 2 * 2))
        self._path = Thinned(
            (asked.runs, self._gaussian.shape[1]),
            (asked.runs,),
            device=device,
            dtype=self.dtype,
            capacity=points,
        )
        self._curvature = CurvatureRecord(self._gaussian.shape[1], device, self.dtype)
        self._seen_at = 0  # of the updates, when the losses were looked at last
        self._trained = 0  # updates done
        self._idle = 0  # steps without one, before those to come
        self._refined: Refinement | None = None
        self._landscape: tuple[Refinement, Tensor] | None = None  # what is shown, and its surface
        # what can be worked out anew at any time
        self._evaluator: tuple[Plane, PlaneLoss] | None = None
        self._shown = Shown(asked, self._gaussian.shape[1])
        self._record()
        self._measure_curvature()
        if asked.plane == "random":
            self._begin_random()

    @property
    def model(self) -> nn.Sequential:
        """The network of the first run as it is now."""
        return self._learners[0].model

    @property
    def updates(self) -> int:
        """How many updates there are in all."""
        return self.parameters.epochs * self._learners[0].batches.per_epoch

    @property
    def length(self) -> int:
        every = self.observe_every
        last_begun = -(-(self._idle + self.updates) // every) * every
        return last_begun + steps_of(self._experiment.resolution, self._experiment.evaluations)

    def _of_run(self, parameters: Training, run: int) -> Training:
        """What run number `run` is trained with: a seed of its own."""
        return parameters.model_copy(update={"seed": parameters.seed_after(run)})

    # ---- steps -----------------------------------------------------------------------------

    def step(self, n: int = 1) -> None:
        for _ in range(min(n, self.length - self.step_count)):
            if self._trained < self.updates:
                for learner in self._learners:
                    learner.learn(self._train, self._trained)
                self._trained += 1
                self._record()
            self._refine()
            self.step_count += 1

    def _record(self) -> None:
        """Keep a point of every path, where its turn is due."""
        if self._trained % self._path.stride == 0:
            self._path.record(self._trained, self._weights(), self._losses())

    def _weights(self) -> Tensor:
        """The present weights of all runs, (R, D)."""
        return torch.stack([flat(learner.model) for learner in self._learners])

    def _losses(self) -> Tensor:
        """The present losses of all runs on the samples of the surface, (R,)."""
        return torch.stack([learner.evaluate(self._seen)[0] for learner in self._learners])

    def _refine(self) -> None:
        """Take the loss at the next points of the surface."""
        refined = self._refined
        if refined is None or refined.is_complete:
            return
        refined.put(self._loss_on(refined).at(refined.coming(self._experiment.evaluations)))
        surface = refined.surface
        if surface is None or (self._landscape is not None and self._landscape[1] is surface):
            return
        is_first = self._landscape is None or self._landscape[0] is refined
        if is_first or len(surface) >= min(SHOWN, self._experiment.resolution):
            self._landscape = refined, surface

    def _loss_on(self, refined: Refinement) -> PlaneLoss:
        if self._evaluator is None or self._evaluator[0] is not refined.plane:
            data, criterion = self._seen, self._learners[0].criterion
            loss = PlaneLoss(
                self.model, criterion, data.inputs, data.targets, refined.plane, refined.buffers
            )
            self._evaluator = refined.plane, loss
        return self._evaluator[1]

    # ---- observing -------------------------------------------------------------------------

    def observe(self) -> None:
        is_trained = self._trained >= self.updates
        if self._seen_at < self._trained:
            self._seen_at = self._trained
            self._observe_losses()
            self._measure_curvature()
        refined = self._refined
        is_last = refined is not None and refined.step >= self.updates
        is_due = refined is None or refined.is_complete or is_trained
        if self.finished is None and is_due and not is_last:
            if self._experiment.plane == "random":
                self._begin_random()
            else:
                self._begin_path()
        elif is_last and refined is not None and refined.is_complete:
            self.finished = Finish(
                reason="complete",
                sentence=f"All {self.updates:,} updates are done, and the surface of the last "
                "weights is complete.",
            )

    def _observe_losses(self) -> None:
        losses = to_host(self._losses())
        if not np.isfinite(losses).all():
            self.finished = Finish(
                reason="diverged",
                sentence=f"The loss is no number any more after {self._trained:,} updates. Go back "
                "to an earlier step and lower the learning rate.",
                numbers={"updates": self._trained},
            )

    def _measure_curvature(self) -> None:
        self._curvature.measure(self._learners[0], self._train, self._trained)

    # ---- planes ----------------------------------------------------------------------------

    def _begin_random(self) -> None:
        """Begin a surface through the present weights of the first run."""
        plane = Plane(flat(self.model), filter_normalized(self._gaussian, self.model))
        reach = self._experiment.reach
        self._begin(plane, (-reach, reach), (-reach, reach))

    def _begin_path(self) -> None:
        """Begin a surface over the plane of the paths, if they have one."""
        kept = self._path.kept(0)
        if kept.shape[1] < 3:
            return
        last = self._refined.plane if self._refined is not None else None
        plane = path_plane(kept.flatten(0, 1), last)
        places = to_host(plane.project(kept)[0]).reshape(-1, 2)
        x_range, y_range = (_around(column) for column in places.T)
        self._begin(plane, x_range, y_range)

    def _begin(self, plane: Plane, x_range: Range, y_range: Range) -> None:
        kept = self._path.kept(0)
        is_path, is_best = kept.shape[1] > 1, self._experiment.plane == "path"
        self._refined = Refinement(
            plane,
            x_range,
            y_range,
            self._experiment.resolution,
            self._trained,
            {name: buffer.clone() for name, buffer in self.model.named_buffers()},
            explained_share(plane, kept.flatten(0, 1)) if is_path else math.nan,
            walk_share(kept) if is_best else math.nan,
            kept.shape[1],
        )

    # ---- what is seen ----------------------------------------------------------------------

    def adjust(self, parameters: Training) -> None:
        super().adjust(parameters)
        for run, learner in enumerate(self._learners):
            learner.adjust(self._of_run(parameters, run), self._trained)
        self._idle = self.step_count - self._trained
        self.finished = None

    def frame(self, watch: frozenset[str] = frozenset()) -> LandscapeFrame:
        steps = self._path.step_numbers()
        weights, losses = self._path.kept(0), self._path.kept(1)
        if steps[-1] != self._trained:
            steps = np.append(steps, self._trained)
            weights = self._path.with_last(0, self._weights())
            losses = self._path.with_last(1, self._losses())
        landscape = None if self._landscape is None else self._shown.landscape(*self._landscape)
        plane = None if self._landscape is None else self._landscape[0].plane
        paths, distances = self._shown.paths(plane, steps, weights)
        curvature_steps, stable, curvature = self._curvature.arrays()
        why = uncurved(self._learners[0])
        return LandscapeFrame(
            step=self.step_count,
            title=self.dataset.title,
            loss=LOSS_LABELS[self._learners[0].criterion.name],
            trained=self._trained,
            landscape=landscape,
            names=tuple(f"seed {learner.parameters.seed}" for learner in self._learners),
            path_steps=steps,
            paths=paths,
            losses=to_host(losses),
            distances=distances,
            curvature_steps=curvature_steps,
            stable=stable,
            curvature=curvature,
            rule="" if why else rule(self.parameters.optimizer),
            uncurved=why,
        )

    def summary(self) -> dict[str, Scalar]:
        losses = to_host(self._losses())
        summary: dict[str, Scalar] = {
            "steps": self.step_count,
            "updates": self._trained,
            "parameter_count": self._gaussian.shape[1],
        }
        for run, loss in enumerate(losses.tolist()):
            summary[f"loss_{run + 1}"] = loss if math.isfinite(loss) else None
        return summary


def _around(values: Array) -> Range:
    """A range that holds `values` with a margin, however near to each other they are."""
    low, high = float(values.min()), float(values.max())
    margin = max(MARGIN * (high - low), 1e-3)
    return low - margin, high + margin
