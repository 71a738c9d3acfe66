"""What a network is trained to make small, against torch's own losses."""

import pytest
import torch
from torch import nn

from kernels.errors import ParameterError
from kernels.samples.catalogue import CircleData, PlaneData, SpiralData, load_dataset
from kernels.training.objective import Criterion

TWO = load_dataset(CircleData(), 0)
THREE = load_dataset(SpiralData(arms=3), 0)
NUMBERS = load_dataset(PlaneData(), 0)


def test_the_loss_that_suits_the_data():
    assert (Criterion("auto", TWO).name, Criterion("auto", TWO).outputs) == ("bce", 1)
    assert (Criterion("auto", THREE).name, Criterion("auto", THREE).outputs) == ("cross-entropy", 3)
    assert (Criterion("auto", NUMBERS).name, Criterion("auto", NUMBERS).outputs) == ("mse", 1)
    assert Criterion("cross-entropy", TWO).outputs == 2
    with pytest.raises(ParameterError, match="is for classes"):
        Criterion("bce", NUMBERS)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_losses_of_classes_are_those_of_torch(smoothing):
    outputs, targets = torch.randn(7, 3), torch.tensor([0, 1, 2, 2, 1, 0, 0])
    expected = nn.CrossEntropyLoss(label_smoothing=smoothing)(outputs, targets)
    assert Criterion("cross-entropy", THREE, smoothing)(outputs, targets) == expected
    wanted = torch.eye(3)[targets] * (1 - smoothing) + smoothing / 3
    assert Criterion("bce", THREE, smoothing)(outputs, targets) == nn.BCEWithLogitsLoss()(
        outputs, wanted
    )
    assert Criterion("huber", THREE, smoothing)(outputs, targets) == nn.HuberLoss()(outputs, wanted)


def test_two_classes_are_one_score():
    outputs, targets = torch.tensor([[-3.0], [0.5], [2.0]]), torch.tensor([0, 0, 1])
    criterion = Criterion("bce", TWO)
    expected = nn.BCEWithLogitsLoss()(outputs[:, 0], targets.float())
    assert torch.allclose(criterion(outputs, targets), expected)
    assert criterion.predicted(outputs).tolist() == [0, 1, 1]
    assert float(criterion.accuracy(outputs, targets)) == pytest.approx(2 / 3)
    assert torch.allclose(criterion.probabilities(outputs)[:, 1:], outputs.sigmoid())
    assert Criterion("mse", TWO).predicted(torch.tensor([[0.4], [0.6]])).tolist() == [0, 1]


def test_numbers_have_no_accuracy():
    outputs = torch.zeros(4, 1)
    assert Criterion("auto", NUMBERS).accuracy(outputs, torch.zeros(4, 1)).isnan()
    assert Criterion("auto", NUMBERS)(outputs, torch.full((4, 1), 2.0)) == 4
