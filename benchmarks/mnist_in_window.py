"""A network that learns MNIST in the window, beside a plain loop of PyTorch without one."""

import time
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from benchmarks.processes import beside, call, quietest, screen
from benchmarks.results import Report, Result, Spread, ratios
from benchmarks.windows import GAPS, empty_gaps, gaps_of, opened, played, taken
from kernels.samples.catalogue import load_dataset
from kernels.samples.mnist import MnistData

SCENE = "training"
SETTINGS = ("dataset=mnist", "network=784-256-10", "epochs=1000", "play.steps_per_frame=0")
BATCH, RATE = 64, 0.005  # as the scene has them
CHUNK = 50  # steps of the plain loop between two looks at the clock
GAP, SHARE = 20.0, 1.0  # milliseconds, and steps/s of the plain loop: what is demanded


def measure(*, repeats: int = 3, seconds: float = 6.0) -> Report:
    with screen() as environment:
        turns = call(
            "benchmarks.mnist_in_window:learn", environment, repeats=repeats, seconds=seconds
        )
    gaps, floor = gaps_of(turns, "gaps"), gaps_of(turns, "floor")
    middle = gaps_of(turns, "gaps", 50)
    ours, plain = (Spread(tuple(turn[key] for turn in turns)) for key in ("window", "plain"))
    ratio = ratios(ours, plain)
    results = (
        Result(
            measured="steps/s",
            ours=ours.text("steps/s"),
            peer=plain.text("steps/s"),
            ratio=ratio,
            demand=f"at least {SHARE:g}",
            met=ratio.median >= SHARE,
        ),
        Result(
            measured="gap between frames, 99th percentile",
            ours=f"{gaps.text('ms')}, median {middle.median:.1f} ms",
            peer=floor.text("ms"),
            ratio=ratios(gaps, floor),
            demand=f"under {GAP:.0f} ms",
            met=gaps.median < GAP,
        ),
        taken(turns),
    )
    return Report("MNIST 784-256-10 at full speed", results, NOTES)


NOTES = (
    f"The peer is the plain eager loop of PyTorch on one thread, batch {BATCH}, torch.optim.Adam "
    "with its own defaults, in the same process while the window rests, once before ours and once "
    "after it. It trains only; ours takes "
    "torch's fused step of the same method, and measures losses, accuracies and mistakes as well.",
    GAPS.format(beside="a process in which the plain loop runs"),
)


def learn(repeats: int, seconds: float) -> list[dict[str, Any]]:
    """Measure in this process by turns: the plain loop, an empty window, and the window.

    Each turn gives "plain" and "window", steps/s, and "floor" and "gaps", the seconds between two
    frames of the empty window and of ours.
    """

    def turn() -> dict[str, Any]:
        before = _plain(seconds / 3)
        with beside("benchmarks.mnist_in_window:learn_on"):
            floor = empty_gaps(seconds)
        steps, gaps = played(workbench.player, seconds)
        plain = (before + _plain(seconds / 3)) / 2
        return {"plain": plain, "floor": floor, "window": steps, "gaps": gaps}

    with opened(SCENE, SETTINGS) as (_, workbench):
        return quietest(turn, repeats)


def learn_on() -> None:
    """Take steps of the plain loop without an end."""
    loop = _PlainLoop()
    loop.run(CHUNK)
    print("begun", flush=True)
    while True:
        loop.run(CHUNK)


def _plain(seconds: float) -> float:
    """Steps/s of the plain loop, after a warm-up."""
    loop = _PlainLoop()
    loop.run(CHUNK)
    began, steps = time.perf_counter(), 0
    while (now := time.perf_counter()) < began + seconds:
        loop.run(CHUNK)
        steps += CHUNK
    return steps / (now - began)


class _PlainLoop:
    """What a person writes in a notebook."""

    def __init__(self) -> None:
        torch.set_num_threads(1)
        train = load_dataset(MnistData(), 0).train
        self._inputs, self._targets = torch.tensor(train.inputs), torch.tensor(train.targets)
        self._model = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)
        )
        self._optimizer = torch.optim.Adam(self._model.parameters(), lr=RATE)
        self._order, self._at = torch.randperm(len(self._inputs)), 0

    def run(self, steps: int) -> None:
        for _ in range(steps):
            picked = self._order[self._at : self._at + BATCH]
            self._optimizer.zero_grad()
            outputs = self._model(self._inputs[picked])
            functional.cross_entropy(outputs, self._targets[picked]).backward()
            self._optimizer.step()
            self._at += BATCH
            if self._at >= len(self._order):
                self._order, self._at = torch.randperm(len(self._inputs)), 0
