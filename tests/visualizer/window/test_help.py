"""The help: all keys, what the doctor finds, and what this is."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QDialog, QLabel, QMessageBox, QScrollArea
from pytestqt.qtbot import QtBot

from tests.visualizer.windows import Bench
from visualizer.doctor import Finding
from visualizer.window import help as help_
from visualizer.window.actions import ACTIONS
from visualizer.window.main_window import MainWindow
from widgets.style import Style


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


def test_a_menu_without_keys_has_no_heading(qtbot: QtBot) -> None:
    loading = MainWindow(Style())
    qtbot.addWidget(loading)
    loading.keys()
    (shown,) = loading.findChildren(QDialog)
    assert "<b>File</b>" in texts(shown)
    assert "<b>Scene</b>" not in texts(shown)


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


def doctor_says(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let `program` stand in the place of the doctor."""
    monkeypatch.setattr(help_, "command", lambda _: [sys.executable, "-c", program])


def test_the_doctor_tells_what_is_wrong(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = (Finding("codecs", False, "There are none."), Finding("data", True, "all there"))
    findings += tuple(Finding(f"part {i}", True, "well") for i in range(9))
    doctor_says(monkeypatch, f"print({json.dumps([asdict(f) for f in findings])!r})")
    bench.do("doctor")
    assert "Examining this machine…" in texts(dialog(bench))
    bench.qtbot.waitUntil(lambda: "codecs" in texts(dialog(bench)))
    labels = {label.text(): label for label in dialog(bench).findChildren(QLabel)}
    assert labels["codecs"].property("tone") == "error"
    assert labels["data"].property("tone") is None
    assert {"There are none.", "all there"} <= set(labels)
    room = dialog(bench).findChild(QScrollArea)
    assert isinstance(room, QScrollArea)
    bench.qtbot.waitUntil(lambda: room.viewport().height() >= labels["part 8"].geometry().bottom())


def test_a_doctor_that_is_ill_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    doctor_says(monkeypatch, "raise SystemExit('no head')")
    bench.do("doctor")
    bench.qtbot.waitUntil(lambda: "doctor" in texts(dialog(bench)))
    assert any("The doctor cannot be asked: no head." in text for text in texts(dialog(bench)))


def test_the_doctor_can_be_sent_away(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    doctor_says(monkeypatch, "input()")
    bench.do("doctor")
    shown = dialog(bench)
    assert isinstance(shown, help_.DoctorDialog)
    bench.qtbot.waitUntil(lambda: shown._process.state() == QProcess.ProcessState.Running)
    process = shown._process
    shown.close()
    assert process.state() == QProcess.ProcessState.NotRunning


def test_what_this_is(bench: Bench) -> None:
    bench.do("about")
    shown = dialog(bench)
    assert isinstance(shown, QMessageBox)
    assert "MIT" in shown.text()
