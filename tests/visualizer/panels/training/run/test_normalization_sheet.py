"""What the sheet of batch normalisation shows, and what it says, of layers made by hand."""

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import nn

from kernels.training.seen.normalization import Normalization, normalization
from tests.widgets.drawing import laid_out
from visualizer.panels.training.run.normalization_sheet import NONE, NormalizationSheet, watched
from visualizer.panels.training.view import TrainingView
from widgets.style import Style


@pytest.fixture
def sheet(qtbot: QtBot) -> NormalizationSheet:
    made = NormalizationSheet(Style())
    qtbot.addWidget(made)
    made.resize(600, 360)
    laid_out(made)
    return made


def found_in(module: nn.Module, x: torch.Tensor, channel: str) -> Normalization:
    with torch.no_grad():
        module.weight.copy_(torch.tensor([2.0, 1.0]))
        module.bias.copy_(torch.tensor([-1.0, 0.5]))
    watch = frozenset({f"normalization.0.{channel}"})
    found = normalization(nn.Sequential(module), x, torch.arange(len(x)), watch)
    assert found is not None
    return found


ROWS = torch.tensor([[0.0, 1.0], [4.0, 5.0], [2.0, 0.0], [2.0, 2.0]])


def test_a_unit_of_a_row_of_numbers(sheet: NormalizationSheet) -> None:
    sheet.draw(found_in(nn.BatchNorm1d(2), ROWS, "0"), 12)
    assert sheet.title.text() == "0, unit 1 of 2, step 12"
    numbers, alone, modes = sheet.words.texts()
    assert numbers == "Batch mean 2, std 1.41; running mean 0, std 1; γ 2, β \u22121."
    assert "its variance would be 0" in alone
    assert "evaluation by running averages" in modes
    names = [name for name, _ in sheet.histograms._rows]
    assert names == ["batch of 4", "running", "first alone"]
    for row, lowest in ((0, -2 * np.sqrt(2) - 1), (1, -1.0), (2, -1.0)):
        edges, counts = sheet.histograms._rows[row][1][2]  # scaled
        least = np.flatnonzero(counts)[0]
        assert edges[least] <= lowest + 1e-4 <= edges[least + 1] + 2e-4


def test_all_channels_of_pictures_tell_their_ends(sheet: NormalizationSheet) -> None:
    x = torch.stack([ROWS, 3 * ROWS], 1).unsqueeze(-1)  # (4, 2, 2, 1)
    sheet.draw(found_in(nn.BatchNorm2d(2), x, "all"), 0)
    assert sheet.title.text() == "0, all 2 channels, first batch"
    numbers, alone, _ = sheet.words.texts()
    assert numbers.startswith("Of 2 channels: batch mean 2 to 6, std ")
    assert numbers.endswith("; running mean 0 to 0, std 1 to 1; γ 1 to 2, β \u22121 to 0.5.")
    assert alone.startswith("The first sample alone, over its own 2 places: mean 0.5 to 1.5")


def test_a_batch_of_one_picture(sheet: NormalizationSheet) -> None:
    sheet.draw(found_in(nn.BatchNorm2d(2), ROWS.reshape(1, 2, 2, 2), "1"), 3)
    assert sheet.words.texts()[1].startswith("A batch of one: in training each picture is")
    assert "over its own 4 places" in sheet.words.texts()[1]
    assert [name for name, _ in sheet.histograms._rows] == ["batch of 1", "running"]


def test_without_such_a_layer_it_says_so(sheet: NormalizationSheet) -> None:
    sheet.draw(None, 3)
    assert sheet.words.texts() == (NONE,)
    assert sheet.histograms.isHidden()
    sheet.draw(found_in(nn.BatchNorm1d(2), ROWS, "0"), 12)
    assert not sheet.histograms.isHidden()


def test_what_is_watched_follows_the_view() -> None:
    assert watched(TrainingView()) == "normalization.0.0"
    assert watched(TrainingView(norm_layer=3, norm_channel=0)) == "normalization.2.all"


@pytest.mark.parametrize("batch", [ROWS.reshape(1, 2, 2, 2), ROWS.reshape(2, 2, 2, 1)])
def test_a_small_window_shows_all_histograms(
    sheet: NormalizationSheet, batch: torch.Tensor
) -> None:
    sheet.resize(332, 200)
    sheet.draw(found_in(nn.BatchNorm2d(2), batch, "1"), 12_000)
    laid_out(sheet, 332, 200)
    assert sheet.histograms.shown() == (2 if len(batch) == 1 else 3, 3)
    assert sheet.title.shown() == sheet.title.text()
    assert sheet.words.shown()
    laid_out(sheet, 600, 360)
    assert sheet.words.height() > 2 * sheet.words.leastHeight() / 3
