"""The help: all keys, what the doctor finds, and what this is."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QDialog, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from tests.visualizer.windows import Bench
from visualizer.doctor import Finding
from visualizer.window import help as help_
from visualizer.window.actions import ACTIONS


@pytest.fixture(autouse=True)
def closed(qtbot: QtBot, bench: Bench) -> Iterator[None]:
    yield
    for dialog in bench.window.findChildren(QDialog):
        dialog.close()


def texts(dialog: QDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]


def dialog(bench: Bench) -> QDialog:
    (found,) = bench.window.findChildren(QDialog)
    assert found.isVisible()
    return found


def test_all_keys_are_listed(bench: Bench) -> None:
    bench.do("keys")
    shown = texts(dialog(bench))
    for info in ACTIONS:
        assert info.text.rstrip("…") in shown
    assert {"Space or K", "Rolling balls", "Ctrl+2", "Duplicate (a row of a list)"} <= set(shown)


def test_the_list_fits_the_screen(bench: Bench) -> None:
    bench.style.setFactor(2.0)
    bench.do("keys")
    room = bench.window.screen().availableGeometry()
    assert dialog(bench).width() <= room.width()
    assert dialog(bench).height() <= room.height()


def test_the_doctor_tells_what_is_wrong(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = (Finding("codecs", False, "There are none."), Finding("data", True, "all there"))
    monkeypatch.setattr(help_, "examine", lambda: findings)
    bench.do("doctor")
    labels = {label.text(): label for label in dialog(bench).findChildren(QLabel)}
    assert labels["codecs"].property("tone") == "error"
    assert labels["data"].property("tone") is None
    assert {"There are none.", "all there"} <= set(labels)


def test_what_this_is(bench: Bench) -> None:
    bench.do("about")
    shown = dialog(bench)
    assert isinstance(shown, QMessageBox)
    assert "MIT" in shown.text()
