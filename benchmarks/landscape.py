"""The loss of an MNIST network on a plane, against the package loss-landscapes, on one core."""

import os
import time
from typing import Any

from benchmarks.processes import call
from benchmarks.results import Report, Result, Spread, ratios

DEMAND, CLOSE = 12.0, 1e-4


def measure(*, repeats: int = 3, side: int = 51, samples: int = 2000, updates: int = 300) -> Report:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    found = call(
        "benchmarks.landscape:times",
        environment,
        repeats=repeats,
        side=side,
        samples=samples,
        updates=updates,
    )
    ours, peer = Spread(tuple(found["ours"])), Spread(tuple(found["peer"]))
    ratio, apart = ratios(peer, ours), max(found["apart"])
    name = f"{side} × {side} points, 784-256-10, {samples:,} pictures"
    return Report(
        "Loss landscape",
        (
            Result(
                measured=name,
                ours=ours.text("s"),
                peer=peer.text("s"),
                ratio=ratio,
                demand=f"{DEMAND:g} or more",
                met=ratio.median >= DEMAND,
            ),
            Result(
                measured=f"{name}: largest difference of a loss, to the loss",
                ours=f"{apart:.1e}",
                demand=f"{CLOSE:g} or less",
                met=apart <= CLOSE,
            ),
        ),
        (
            "The peer is `planar_interpolation` of loss-landscapes 3.0.6, at the very points that "
            "it evaluates: every other row of its grid is one column further. The plane goes "
            f"through the weights after {updates} steps of Adam, in two filter-normalised "
            "directions from -1 to 1, in float32. The ratio is its time to ours.",
        ),
    )


def times(repeats: int, side: int, samples: int, updates: int) -> dict[str, list[float]]:
    """Seconds of "ours" and of the "peer", and how far their losses are "apart", relatively."""
    import numpy as np
    import torch

    from kernels.landscape.plane import Plane
    from kernels.landscape.surface import PlaneLoss

    torch.set_num_threads(1)
    learner, data, corner, ends = _problem(samples, updates)
    plane = Plane(corner, ends - corner)
    places = [
        (row / side, (column + (row % 2 == 0)) / side)
        for row in range(side)
        for column in range(side)
    ]
    found: dict[str, list[float]] = {"ours": [], "peer": [], "apart": []}

    def ours() -> Any:
        loss = PlaneLoss(learner.model, learner.criterion, data.inputs, data.targets, plane)
        return loss.at(torch.tensor(places)).numpy().reshape(side, side)

    ours()
    for _ in range(repeats):
        began = time.perf_counter()
        mine = ours()
        found["ours"].append(time.perf_counter() - began)
        began = time.perf_counter()
        theirs = _peer(learner, data, corner, ends, side)
        found["peer"].append(time.perf_counter() - began)
        found["apart"].append(float(np.max(np.abs(mine / theirs - 1))))
    return found


def _problem(samples: int, updates: int) -> tuple[Any, Any, Any, Any]:
    """A network that has learned a little, its pictures, and three corners of a plane."""
    import torch

    from kernels.editing import load
    from kernels.landscape.directions import filter_normalized, gaussian_directions
    from kernels.landscape.plane import flat
    from kernels.samples.catalogue import load_dataset
    from kernels.training.learner import Learner
    from kernels.training.parameters import Training
    from kernels.training.tensors import tensors_of

    parameters = load(Training, {"dataset": "mnist", "network": "784-256-10"})
    dataset = load_dataset(parameters.dataset, parameters.dataset_seed)
    train = tensors_of(dataset.train, torch.device("cpu"))
    learner = Learner(parameters, dataset, train)
    for step in range(updates):
        learner.learn(train, step, rate=0.001)
    learner.model.eval()
    directions = filter_normalized(gaussian_directions(learner.model, 0), learner.model)
    corner = flat(learner.model) - directions.sum(0)
    return learner, train.first(samples), corner, corner + 2 * directions


def _peer(learner: Any, data: Any, corner: Any, ends: Any, side: int) -> Any:
    """The losses by loss-landscapes, (side, side)."""
    import copy

    import loss_landscapes
    from loss_landscapes.metrics import Loss
    from torch.nn.utils import vector_to_parameters

    models = []
    for weights in (corner, *ends):
        model = copy.deepcopy(learner.model)
        vector_to_parameters(weights, model.parameters())
        models.append(model)
    metric = Loss(learner.criterion, data.inputs, data.targets)
    return loss_landscapes.planar_interpolation(*models, metric, steps=side)
