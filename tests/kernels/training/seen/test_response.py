"""What a network says all over a plane, against plain loops over its points."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from kernels.editing import load
from kernels.simulation import advance
from kernels.training.experiments import simulation_class
from kernels.training.parameters import Training
from kernels.training.seen.response import MOST_RINGED, RESPONSE
from kernels.training.training import TrainingRun

CPU = torch.device("cpu")
WATCHED = frozenset({RESPONSE})


def table(folder: Path, rows: int = 60) -> str:
    """Four features, one of them words, a class and a number."""
    rng = np.random.default_rng(5)
    lines = ["length,width,colour,weight,kind,price"]
    for i in range(rows):
        a, b, c = rng.normal(size=3)
        kind = "oak" if a + c > 0.7 else "elm" if b > 0 else "ash"
        lines.append(f"{5 + a:.3f},{b:.3f},{'red' if i % 3 else 'blue'},{c:.3f},{kind},{a * b:.3f}")
    (folder / "trees.csv").write_text("\n".join(lines) + "\n")
    return str(folder / "trees.csv")


def made(file: str, target: str, features: str = "length,width,colour,weight") -> TrainingRun:
    data: dict[str, Any] = {"kind": "csv", "file": file, "target": target, "features": features}
    parameters = load(Training, {"dataset": data, "seed": 2})
    return simulation_class(parameters)(parameters, CPU)


@pytest.mark.parametrize("target", ["kind", "price"])
def test_the_regions_are_a_slice_through_the_mean(tmp_path: Path, target: str) -> None:
    run = made(table(tmp_path), target)
    advance(run, 40)
    frame, data = run.frame(WATCHED), run.dataset
    plane = data.projection
    assert plane is not None
    (left, right), (bottom, top) = data.domain
    run.model.eval()
    for row, column in ((0, 0), (3, 150), (120, 7), (199, 199)):
        a = left + (right - left) * (column + 0.5) / 200
        b = bottom + (top - bottom) * (row + 0.5) / 200
        point = [
            plane.mean[i] + a * plane.components[0, i] + b * plane.components[1, i]
            for i in range(5)
        ]
        with torch.no_grad():
            said = run.model(torch.tensor([point], dtype=torch.float32))[0]
        wanted = said.softmax(-1) if target == "kind" else said
        np.testing.assert_allclose(frame.response[row, column], wanted.numpy(), atol=1e-5)
    assert frame.response.shape == (200, 200, 3 if target == "kind" else 1)
    assert [column.shape[0] for column in frame.activations] == [5, 4, 2]
    np.testing.assert_allclose(  # the maps of the inputs are those of the slice
        frame.activations[0][:, 0, 0],
        plane.mean
        + np.array([left + (right - left) / 80, bottom + (top - bottom) / 80]) @ plane.components,
        atol=1e-5,
    )


def test_points_are_told_by_all_their_features(tmp_path: Path) -> None:
    run = made(table(tmp_path), "kind")
    advance(run, 200)
    frame = run.frame(WATCHED)
    run.model.eval()
    for part, answers in (
        (run.dataset.train, frame.train_answers),
        (run.dataset.validation, frame.validation_answers),
    ):
        with torch.no_grad():
            said = [int(run.model(torch.tensor(x[None])).argmax()) for x in part.inputs]
        assert answers.tolist() == said
        right = float((answers == part.targets).mean())
        known = frame.train_accuracy if part is run.dataset.train else frame.validation_accuracy
        assert known[-1] == pytest.approx(right, abs=1e-6)
    assert len(set(frame.train_answers.tolist())) > 1
    assert not frame.train_answers.flags.writeable


def test_numbers_are_told_and_not_of_more_points_than_are_drawn(tmp_path: Path) -> None:
    run = made(table(tmp_path, 1400), "price")
    frame = run.frame(WATCHED)
    assert (len(frame.train_answers), len(frame.validation_answers)) == (MOST_RINGED, 280)
    with torch.no_grad():
        said = run.model(torch.tensor(run.dataset.train.inputs[:3]))[:, 0]
    np.testing.assert_allclose(frame.train_answers[:3], said.numpy(), atol=1e-6)


def test_two_features_are_drawn_whole(tmp_path: Path) -> None:
    run = made(table(tmp_path), "kind", "length,weight")
    frame = run.frame(WATCHED)
    assert run.dataset.projection is None
    assert frame.response.shape == (200, 200, 3)
    assert len(frame.train_answers) == len(frame.validation_answers) == 0
    slices = made(table(tmp_path), "kind")
    assert len(slices.frame().train_answers) == 0  # nobody looks at it
