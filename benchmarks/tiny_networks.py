"""Tiny networks: the compiled step against the plain loop of PyTorch, on one core."""

import os
import time
from typing import Any

from benchmarks.processes import call
from benchmarks.results import Report, Result, Spread, ratios

NETWORKS = ((2, 4, 2, 1), (2, 8, 8, 8, 1), (2, 8, 8, 8, 8, 8, 8, 1))
OPTIMIZERS = ("sgd", "momentum", "adam")
SAMPLES, BATCH = 500, 10
DEMAND = 20.0


def measure(*, repeats: int = 5, steps: int = 1000, activation: str = "tanh") -> Report:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    rows = []
    for widths in NETWORKS:
        for optimizer in OPTIMIZERS:
            given = {"widths": widths, "optimizer": optimizer, "activation": activation}
            found = call(
                "benchmarks.tiny_networks:speeds",
                environment,
                repeats=repeats,
                steps=steps,
                **given,
            )
            rows.append(_result("-".join(map(str, widths)), optimizer, found))
    return Report(
        "Tiny networks",
        tuple(rows),
        (
            f"Batches of {BATCH} of {SAMPLES} samples in float32, {activation}, binary "
            "cross-entropy. The peer is the plain eager loop: forward, backward, step of "
            "torch.optim with its own defaults. Ours goes from torch's modules to torch's modules: "
            f"the copies at both ends of a call of {20 * steps:,} steps are in it.",
        ),
    )


def _result(network: str, optimizer: str, found: dict[str, list[float]]) -> Result:
    ours, peer = Spread(tuple(found["compiled"])), Spread(tuple(found["eager"]))
    ratio = ratios(ours, peer)
    return Result(
        measured=f"{network}, {optimizer}",
        ours=ours.text("steps/s"),
        peer=peer.text("steps/s"),
        ratio=ratio,
        demand=f"{DEMAND:g} or more",
        met=ratio.median >= DEMAND,
    )


def speeds(
    repeats: int, steps: int, widths: list[int], optimizer: str, activation: Any
) -> dict[str, list[float]]:
    """Steps per second of the "eager" loop, and 20 times as many steps "compiled", in turn."""
    import numpy as np
    import torch
    from torch import nn

    from kernels.datasets import Batches
    from kernels.networks.layers import LinearLayer
    from kernels.networks.network import build
    from kernels.optimizers.catalogue import OPTIMIZERS as SPECS
    from kernels.training.compiled.step import CompiledStep, batches_between

    torch.set_num_threads(1)
    spec = SPECS[optimizer](learning_rate=0.01)
    layers = [LinearLayer(units=n, activation=activation) for n in widths[1:-1]]
    model = build(layers, (widths[0],), widths[-1])
    for parameter in model.parameters():
        nn.init.uniform_(parameter, -0.5, 0.5, torch.Generator().manual_seed(0))
    make: Any = spec.optimizer
    made = make(model.parameters(), lr=spec.learning_rate, **spec.hyperparameters())
    inputs = torch.rand((SAMPLES, widths[0]), generator=torch.Generator().manual_seed(1))
    wanted = (inputs.sum(1, keepdim=True) > 1).float()
    criterion, compiled = nn.BCEWithLogitsLoss(), CompiledStep(model, "bce", spec)
    order, starts = batches_between(Batches(SAMPLES, BATCH), 0, 20 * steps)
    rows = torch.from_numpy(order)

    def eager() -> int:
        for k in range(steps):
            picked = rows[k * BATCH : (k + 1) * BATCH]
            made.zero_grad()
            criterion(model(inputs[picked]), wanted[picked]).backward()
            made.step()
        return steps

    def many() -> int:
        compiled.load(model, made)
        rates = np.full(20 * steps, spec.learning_rate)
        compiled.run(inputs.numpy(), wanted.numpy(), order, starts, rates)
        compiled.store(model, made)
        return 20 * steps

    found: dict[str, list[float]] = {"eager": [], "compiled": []}
    eager(), many()
    for _ in range(repeats):
        for name, take in (("eager", eager), ("compiled", many)):
            began = time.perf_counter()
            taken = take()
            found[name].append(taken / (time.perf_counter() - began))
    return found
