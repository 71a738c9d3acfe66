"""What the tests of the race share: every optimizer as torch is called, and a plain loop."""

import numpy as np
import torch
from pydantic import TypeAdapter

from kernels.descent.gradient_descent import GradientDescent
from kernels.descent.race import Race
from kernels.optimizers.catalogue import OptimizerParameters, OptimizerSpec
from kernels.simulation import advance

CPU = torch.device("cpu")
SPEC = TypeAdapter(OptimizerSpec)

ADAGRAD = {"lr_decay": 0.1, "initial_accumulator_value": 0.3}
CENTERED = {"momentum": 0.5, "centered": True}

# kind, our fields, class of torch.optim, what torch's constructor takes beside lr
ROWS = [
    ("sgd", {}, "SGD", {}),
    ("momentum", {"momentum": 0.6, "dampening": 0.2}, "SGD", {"momentum": 0.6, "dampening": 0.2}),
    ("momentum", {"momentum": 0.0, "dampening": 0.5}, "SGD", {}),
    ("nesterov", {"momentum": 0.7}, "SGD", {"momentum": 0.7, "nesterov": True}),
    ("adagrad", ADAGRAD, "Adagrad", ADAGRAD),
    ("rmsprop", {"alpha": 0.9}, "RMSprop", {"alpha": 0.9}),
    ("rmsprop", CENTERED, "RMSprop", CENTERED),
    ("adam", {"beta1": 0.8, "eps": 1e-6}, "Adam", {"betas": (0.8, 0.999), "eps": 1e-6}),
    ("adam", {"beta2": 0.9, "amsgrad": True}, "Adam", {"betas": (0.9, 0.9), "amsgrad": True}),
    ("adamw", {"weight_decay": 0.0}, "AdamW", {"weight_decay": 0.0}),
    ("adadelta", {"rho": 0.8}, "Adadelta", {"rho": 0.8}),
    ("adamax", {}, "Adamax", {}),
    ("nadam", {"momentum_decay": 0.01}, "NAdam", {"momentum_decay": 0.01}),
    ("nadam", {"decoupled_weight_decay": True}, "NAdam", {"decoupled_weight_decay": True}),
    ("radam", {"beta2": 0.95}, "RAdam", {"betas": (0.9, 0.95)}),
    ("radam", {"decoupled_weight_decay": True}, "RAdam", {"decoupled_weight_decay": True}),
    ("asgd", {"lambd": 0.01, "t0": 5.0}, "ASGD", {"lambd": 0.01, "t0": 5.0}),
    ("rprop", {"eta_plus": 1.3}, "Rprop", {"etas": (0.5, 1.3)}),
    ("adafactor", {"d": 2.0}, "Adafactor", {"d": 2.0}),
]  # fmt: skip
ROW_NAMES = [f"{kind}-{i}" for i, (kind, *_) in enumerate(ROWS)]

LINE = {"kind": "line"}
BATCHES = {
    "kind": "line",
    "data": {"kind": "noisy line", "count": 23, "seed": 3},
    "batches": {"kind": "mini", "size": 5, "seed": 3},
}
HIMMELBLAU = {"kind": "surface", "name": "himmelblau"}
ROSENBROCK = {"kind": "surface", "name": "rosenbrock"}
SADDLE = {"kind": "surface", "name": "saddle"}


def spec_of(kind: str, **fields) -> OptimizerParameters:
    return SPEC.validate_python({"kind": kind, **fields})


def race(*optimizers, **fields) -> Race:
    rows = [o if isinstance(o, OptimizerParameters) else spec_of(**o) for o in optimizers]
    return Race(GradientDescent(optimizers=tuple(rows), **fields), CPU)


def curve(text="3*w**2 - 4*w + 5", **fields):
    return {"kind": "curve", "text": text, **fields}


def ran(simulation, steps=10**6):
    advance(simulation, steps)
    return simulation.frame()


def plain_loop(
    make, objective, start, steps, *, factor=None, norm=0.0, value=0.0, noise=0.0, seed=0
):
    """The path, (steps + 1, d), of `make([point])`, of torch.optim, as anyone would write it."""
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = make([point])
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor) if factor else None
    generator = torch.Generator().manual_seed(seed)
    path = [point.detach().clone()]
    for step in range(steps):
        optimizer.zero_grad()
        objective.loss(point, objective.batch(step)).backward()
        if noise:
            drawn = torch.randn(len(point), generator=generator, dtype=torch.float64)
            point.grad += noise * drawn
        if norm:
            torch.nn.utils.clip_grad_norm_([point], norm)
        if value:
            torch.nn.utils.clip_grad_value_([point], value)
        optimizer.step()
        if schedule:
            schedule.step()
        path.append(point.detach().clone())
    return torch.stack(path).numpy()


def same_bits(ours, theirs):
    assert ours.shape == theirs.shape
    assert np.array_equal(ours, theirs)
