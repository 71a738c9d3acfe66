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
CALL = 100  # steps of a run between two measurements of its losses


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
            rows += _results("-".join(map(str, widths)), optimizer, found)
    return Report(
        "Tiny networks",
        tuple(rows),
        (
            f"Batches of {BATCH} of {SAMPLES} samples in float32, {activation}, binary "
            "cross-entropy. The peer is the plain eager loop: forward, backward, step of "
            "torch.optim with its own defaults. Ours goes from torch's modules to torch's modules: "
            f"the copies at both ends of a call of {20 * steps:,} steps are in it.",
            "In a run: the simulation of the training panel with its engine compiled, on the "
            f"circle. Its steps come in calls of {CALL}, and the loss of each is kept for the "
            "curve. Watched: after each of these calls it is measured on all its data, too.",
        ),
    )


def _results(network: str, optimizer: str, found: dict[str, list[float]]) -> list[Result]:
    peer = Spread(tuple(found["eager"]))
    rows = []
    for name, told in (("compiled", ""), ("run", ", in a run"), ("watched", ", watched")):
        ours = Spread(tuple(found[name]))
        ratio = ratios(ours, peer)
        is_demanded = name == "compiled"
        rows.append(
            Result(
                measured=f"{network}, {optimizer}{told}",
                ours=ours.text("steps/s"),
                peer=peer.text("steps/s"),
                ratio=ratio,
                demand=f"{DEMAND:g} or more" if is_demanded else "",
                met=ratio.median >= DEMAND if is_demanded else None,
            )
        )
    return rows


def speeds(
    repeats: int, steps: int, widths: list[int], optimizer: str, activation: Any
) -> dict[str, list[float]]:
    """Steps per second of the "eager" loop, and of 20 times as many compiled ones, in turn.

    These are "compiled" in one call, by a "run", and by a run that is "watched".
    """
    import numpy as np
    import torch
    from torch import nn

    from kernels.datasets import Batches
    from kernels.editing import load
    from kernels.networks.layers import LinearLayer
    from kernels.networks.network import build
    from kernels.optimizers.catalogue import OPTIMIZERS as SPECS
    from kernels.simulation import advance
    from kernels.training.compiled.step import CompiledStep, batches_between
    from kernels.training.experiments import simulation_class
    from kernels.training.parameters import Training

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
    given = {
        "dataset": {"kind": "circle", "count": 2 * SAMPLES},  # half of them are for validation
        "network": {"kind": "wide", "layers": [layer.model_dump() for layer in layers]},
        "optimizer": {"kind": optimizer, "learning_rate": spec.learning_rate},
        "batch_size": BATCH,
        "epochs": 100_000,
        "engine": "compiled",
    }
    parameters = load(Training, given)
    run = simulation_class(parameters)(parameters, torch.device("cpu"))

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

    def steps_of_run() -> int:
        for _ in range(20 * steps // CALL):
            run.step(CALL)
        return 20 * steps // CALL * CALL

    def watched() -> int:
        return advance(run, 20 * steps // CALL * CALL)

    ways = {"eager": eager, "compiled": many, "run": steps_of_run, "watched": watched}
    found: dict[str, list[float]] = {name: [] for name in ways}
    for take in ways.values():
        take()
    for _ in range(repeats):
        for name, take in ways.items():
            began = time.perf_counter()
            taken = take()
            found[name].append(taken / (time.perf_counter() - began))
    return found
