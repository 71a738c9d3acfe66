"""What the neurons of a network are called."""

from pathlib import Path

import pytest
import torch

from kernels.training.experiments import simulation_class
from kernels.training.parameters import Training
from visualizer.panels.training.run.names import neuron_names


@pytest.fixture
def named(tmp_path: Path):
    def names(targets: list[str], **parameters: object) -> list[list[str]]:
        rows = [f"{i},{i % 7},{targets[i % len(targets)]}" for i in range(60)]
        path = tmp_path / "own.csv"
        path.write_text("\n".join(["caps,links,mail", *rows]) + "\n")
        given = Training.model_validate(
            {"dataset": {"kind": "csv", "file": str(path)}, **parameters}
        )
        frame = simulation_class(given)(given, torch.device("cpu")).frame(frozenset())
        return neuron_names(frame.plan)

    return names


def test_one_output_for_two_classes_is_called_by_the_second(named) -> None:
    hidden = [["h1", "h2", "h3", "h4"], ["h1", "h2"]]
    assert named(["ham", "spam"]) == [["caps", "links"], *hidden, ["spam"]]
    assert named(["ham", "spam"], loss="cross-entropy")[-1] == ["ham", "spam"]


def test_outputs_are_called_by_the_classes_or_by_the_target(named) -> None:
    assert named(["a", "b", "c"])[-1] == ["a", "b", "c"]
    assert named(["0.5", "1.5", "2.5"])[-1] == ["mail"]
