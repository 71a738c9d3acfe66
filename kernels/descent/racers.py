"""Racers: points that descend side by side, each with torch's own optimizer and backward pass.

Each is a leaf tensor of its own, so that nobody's path depends, in any bit, on who else runs, and
is what a plain loop with torch.optim gives. The leaves are rows of one tensor, so that recording
and the stop rules cost one operation for all.
"""

import math
from typing import Any

import torch
from torch import Tensor

from kernels.objectives.catalogue import Objective
from kernels.optimizers.catalogue import OptimizerParameters, clip_gradient_
from kernels.optimizers.schedules import ConstantSchedule
from kernels.simulation import Array, State, to_host

Specs = tuple[OptimizerParameters, ...]


class Racers:
    """R points, all at `start`, (d,), each with one of the optimizers `specs`.

    `names` are their labels, with a number behind it where several have the same. `positions`, (R,
    d), is where they are, `previous`, (R, d), where they were before the last update, `gradients`,
    (R, d), what their optimizers get.
    """

    def __init__(self, specs: Specs, start: Tensor) -> None:
        self._specs, self.names = specs, _names_of(specs)
        self.positions = start.repeat(len(specs), 1)
        self.previous = self.positions.clone()
        self.gradients = torch.zeros_like(self.positions)
        self._leaves = [row.detach().requires_grad_() for row in self.positions]  # (d,) each
        for leaf, gradient in zip(self._leaves, self.gradients, strict=True):
            leaf.grad = gradient
        self._optimizers = [
            spec.build([leaf]) for spec, leaf in zip(specs, self._leaves, strict=True)
        ]

    def backward(self, objective: Objective, batch: Tensor | None) -> Tensor:
        """The slope under each racer into `gradients`; its loss, (R,), on `batch`."""
        self.gradients.zero_()
        losses = [objective.loss(leaf, batch) for leaf in self._leaves]
        sloping = [loss for loss in losses if loss.requires_grad]  # a constant has no slope
        if sloping:
            torch.autograd.backward(sloping)  # at once, each through a graph of its own
        return torch.stack(losses).detach()

    def update(self, step: int) -> None:
        """Clip the gradients where asked, and let each optimizer do step number `step`, from 0."""
        self.previous.copy_(self.positions)
        for i, (spec, optimizer) in enumerate(zip(self._specs, self._optimizers, strict=True)):
            if spec.clip_norm or spec.clip_value:
                clip_gradient_(self.gradients[i], spec.clip_norm, spec.clip_value)
            if not isinstance(spec.schedule, ConstantSchedule):
                optimizer.param_groups[0]["lr"] = spec.rate(step)
            optimizer.step()

    def adjust(self, specs: Specs, step: int) -> None:
        """Go on with other settings of the same optimizers; the next step is number `step`."""
        self._specs, self.names = specs, _names_of(specs)
        for spec, optimizer in zip(specs, self._optimizers, strict=True):
            spec.update(optimizer, spec.rate(step))

    def memory(self, i: int) -> dict[str, Array]:
        """What the optimizer of racer `i` remembers, by torch's names: numbers and (d,) arrays."""
        kept = self._optimizers[i].state.get(self._leaves[i], {})
        return {n: to_host(value) for n, value in kept.items() if isinstance(value, Tensor)}

    def moments(self, names: list[str]) -> Array:
        """What each optimizer remembers under its name, (R, d); NaN where that is nothing."""
        nothing = torch.full_like(self.positions[0], math.nan)
        memories = [
            o.state.get(leaf, {}) for o, leaf in zip(self._optimizers, self._leaves, strict=True)
        ]
        kept = [memory.get(name) for memory, name in zip(memories, names, strict=True)]
        return to_host(torch.stack([nothing if value is None else value for value in kept]))

    def state(self) -> State:
        """All that is needed to go on, in memory of its own."""
        return {
            "positions": self.positions.clone(),
            "previous": self.previous.clone(),
            "optimizers": [
                {
                    "group": {k: v for k, v in o.param_groups[0].items() if k != "params"},
                    "memory": _cloned(o.state.get(leaf, {})),
                }
                for o, leaf in zip(self._optimizers, self._leaves, strict=True)
            ],
        }

    def restore(self, state: State) -> None:
        """Go back to `state`. Not by load_state_dict, which makes 64-bit scalars of 32-bit ones."""
        self.positions.copy_(state["positions"])
        self.previous.copy_(state["previous"])
        for optimizer, leaf, kept in zip(
            self._optimizers, self._leaves, state["optimizers"], strict=True
        ):
            optimizer.param_groups[0].update(kept["group"])
            optimizer.state.clear()
            if kept["memory"]:
                optimizer.state[leaf] = _cloned(kept["memory"])


def _names_of(specs: Specs) -> tuple[str, ...]:
    labels = [spec.label for spec in specs]
    return tuple(
        f"{label} ({labels[:i].count(label) + 1})" if labels.count(label) > 1 else label
        for i, label in enumerate(labels)
    )


def _cloned(memory: dict[str, Any]) -> dict[str, Any]:
    return {n: v.clone() if isinstance(v, Tensor) else v for n, v in memory.items()}
