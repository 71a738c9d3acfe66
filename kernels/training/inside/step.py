"""Works the next step of training through on a copy, and keeps the quantities that it makes."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from kernels.optimizers.updates import work_through
from kernels.optimizers.walk import tex
from kernels.simulation import Array, Trace, to_host
from kernels.training.inside.inside import (
    PICTURES,
    ROWS,
    LayerOutput,
    RowNumbers,
    StepInside,
    TensorStep,
)
from kernels.training.inside.words import phases
from kernels.training.learner import Learner
from kernels.training.parameters import Training
from kernels.training.tensors import Tensors


def step_inside(learner: Learner, train: Tensors, step: int, *, is_row: bool) -> StepInside:
    """What step number `step`, from 0, of `learner` on `train` will do, without doing it.

    `is_row` says whether the network is a row of small linear layers, whose numbers are then given.
    All is computed by torch on copies: the network, its optimizer and the generators of random
    numbers stay as they are. It waits for the device.
    """
    picked = learner.picked(step)
    inputs, targets = train.take(picked)
    tried, done = _copied(learner), _copied(learner)
    with _unspent(inputs.device):
        way = _go(tried, inputs, targets)
    with _unspent(inputs.device):
        done.learn(train, step)
    with _unspent(inputs.device), torch.no_grad():
        done.model.train()
        after = done.criterion(done.model(inputs), targets)
    moved = _moves(tried, done, way)
    shown = PICTURES if inputs.ndim == 4 else ROWS
    outputs = way.outputs[-1].detach()[:shown]
    criterion = learner.criterion
    probabilities = criterion.probabilities(outputs) if criterion.classes else outputs[:0]
    inside = StepInside(
        number=step + 1,
        samples=to_host(picked),
        layers=_layers(way),
        outputs=to_host(outputs),
        probabilities=to_host(probabilities),
        losses=to_host(criterion.each(outputs, targets[:shown])),
        loss=float(way.loss),
        l1=sum(m.costs[0] for m in moved),
        l2=sum(m.costs[1] for m in moved),
        tensors=tuple(m.norms() for m in moved),
        gradient_norm=_norm(*(m.gradient + m.pulls[0] + m.pulls[1] for m in moved)),
        received_norm=_norm(*(m.received for m in moved)),
        learning_rate=learner.spec.effective_rate(step),
        rule=_rule(tried, step, moved),
        loss_after=float(after),
        row=_row(tried.model, way, moved, shown) if is_row else None,
        phases=(),
    )
    return replace(inside, phases=phases(inside, learner))


@contextmanager
def _unspent(device: torch.device) -> Iterator[None]:
    """Random numbers that are drawn in here are drawn once more afterwards."""
    kind = device.type
    if kind == "cpu":
        with torch.random.fork_rng(devices=[]):
            yield
    else:
        with torch.random.fork_rng(devices=[device.index or 0], device_type=kind):
            yield


def _copied(learner: Learner) -> Learner:
    return copy.deepcopy(learner, {id(learner.parameters): learner.parameters})


# ---- forward and backward ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Way:
    """The way of a batch through the network, and of the slopes of its loss back."""

    names: list[str]
    outputs: list[Tensor]  # of each module
    loss: Tensor
    gradients: list[Tensor]  # with respect to each tensor of parameters
    slopes: list[Tensor]  # with respect to the output of each module


def _go(learner: Learner, inputs: Tensor, targets: Tensor) -> _Way:
    """Let a batch go through the network in training mode; penalties are left out."""
    learner.model.train()
    names, outputs, values = [], [], inputs
    for name, module in learner.model.named_children():
        values = module(values)
        names.append(name)
        outputs.append(values)
    loss: Tensor = learner.criterion(values, targets)
    parameters = list(learner.model.parameters())
    found = torch.autograd.grad(loss, [*parameters, *outputs], allow_unused=True)
    filled = [
        torch.zeros_like(of) if gradient is None else gradient
        for gradient, of in zip(found, [*parameters, *outputs], strict=True)
    ]
    count = len(parameters)
    return _Way(names, outputs, loss.detach(), filled[:count], filled[count:])


def _layers(way: _Way) -> tuple[LayerOutput, ...]:
    found = []
    for name, output in zip(way.names, way.outputs, strict=True):
        values = output.detach()
        zeros = (values == 0).to(values.dtype).mean()
        numbers = torch.stack([values.mean(), values.std(correction=0), zeros])
        mean, std, share = to_host(numbers).tolist()
        shape = tuple(values.shape)
        found.append(LayerOutput(name=name, shape=shape, mean=mean, std=std, zeros=share))
    return tuple(found)


# ---- gradients, penalties, updates ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Moved:
    """A tensor of parameters: before the step, its gradients, and how it moves."""

    name: str
    before: Array
    gradient: Array  # of the loss alone
    pulls: tuple[Array, Array]  # the gradients of the penalties L1 and L2
    costs: tuple[float, float]  # these penalties themselves
    received: Array  # the gradient that the optimizer gets
    update: Array

    def norms(self) -> TensorStep:
        return TensorStep(
            name=self.name,
            shape=tuple(self.before.shape),
            norm=_norm(self.before),
            gradient=_norm(self.gradient),
            l1=_norm(self.pulls[0]),
            l2=_norm(self.pulls[1]),
            received=_norm(self.received),
            update=_norm(self.update),
        )


def _moves(tried: Learner, done: Learner, way: _Way) -> list[_Moved]:
    """What becomes of each tensor: `tried` is before the step, and `done` after it."""
    l1, l2 = tried.parameters.l1, tried.parameters.l2
    found = []
    pairs = zip(tried.model.named_parameters(), done.model.parameters(), strict=True)
    for ((name, old), new), gradient in zip(pairs, way.gradients, strict=True):
        before, after = to_host(old), to_host(new)
        a, b = (l1, l2) if before.ndim > 1 else (0.0, 0.0)  # biases are not penalised
        pulls = a * np.sign(before), b * before
        costs = float(a * np.abs(before).sum()), float(b / 2 * np.square(before).sum())
        assert new.grad is not None
        received = to_host(new.grad)
        moved = _Moved(name, before, to_host(gradient), pulls, costs, received, after - before)
        moved.update.flags.writeable = False
        found.append(moved)
    return found


def _norm(*arrays: Array) -> float:
    """The Euclidean length of all their numbers together."""
    return float(np.sqrt(sum(np.square(a.astype(np.float64)).sum() for a in arrays)))


def _rule(learner: Learner, step: int, moved: Sequence[_Moved]) -> Trace | None:
    """The update of the number that moves farthest, worked through.

    What it gets is clipped already, over the whole network.
    """
    spec = learner.spec
    if not spec.elementwise:
        return None
    farthest = [float(np.nan_to_num(np.abs(m.update), nan=0.0).max()) for m in moved]
    which = int(np.argmax(farthest))
    chosen = moved[which]
    at = int(np.argmax(np.nan_to_num(np.abs(chosen.update), nan=0.0)))
    place = ", ".join(str(i) for i in np.unravel_index(at, chosen.before.shape))
    tensor = list(learner.model.parameters())[which]
    memory = {
        name: to_host(kept.flatten()[at : at + 1] if kept.shape == tensor.shape else kept)
        for name, kept in learner.optimizer.state.get(tensor, {}).items()
        if isinstance(kept, Tensor)
    }
    point, gradient = (
        a.ravel()[at : at + 1].astype(np.float64) for a in (chosen.before, chosen.received)
    )
    plain = spec.model_copy(update={"clip_norm": 0.0, "clip_value": 0.0})
    name = f"{chosen.name}[{place}]"
    trace = work_through(plain, name, step, point, gradient, None, memory)
    return _in_a_network(trace, name, learner.parameters)


def _in_a_network(trace: Trace, name: str, parameters: Training) -> Trace:
    """`trace` of the number `name`, whose gradient comes from the loss of the whole network."""
    formula = r"\partial L / \partial \theta"
    if parameters.l1 or parameters.l2:
        formula += r" + \text{penalties}"
    if parameters.optimizer.clip_norm or parameters.optimizer.clip_value:
        formula = rf"\text{{clipped}}\left({formula}\right)"
    first, *others = trace.terms
    numbers = tex(np.array(first.value))
    return replace(
        trace,
        title=f"{name}, which moves farthest",
        terms=(replace(first, formula=formula, numbers=numbers), *others),
        key=trace.key.replace("θ: point", f"θ: {name}"),
    )


# ---- a row of linear layers ----------------------------------------------------------------


def _row(model: nn.Sequential, way: _Way, moved: Sequence[_Moved], shown: int) -> RowNumbers:
    """The numbers of each linear layer and of the neurons that it is."""
    modules = list(model.children())
    places = [i for i, module in enumerate(modules) if isinstance(module, nn.Linear)]
    ends = [*(place - 1 for place in places[1:]), len(modules) - 1]  # behind their activation
    by_name = {m.name: m for m in moved}
    weights = [by_name[f"{way.names[place]}.weight"] for place in places]
    biases = [by_name.get(f"{way.names[place]}.bias") for place in places]
    none = [np.zeros(len(weight.before), weight.before.dtype) for weight in weights]
    for array in none:
        array.flags.writeable = False
    pairs = list(zip(biases, none, strict=True))
    return RowNumbers(
        activations=tuple(to_host(way.outputs[end][:shown]) for end in ends),
        slopes=tuple(to_host(way.slopes[end][:shown]) for end in ends),
        weight_gradients=tuple(weight.received for weight in weights),
        bias_gradients=tuple(b.received if b is not None else zeros for b, zeros in pairs),
        weight_updates=tuple(weight.update for weight in weights),
        bias_updates=tuple(b.update if b is not None else zeros for b, zeros in pairs),
    )
