"""The window: its keys, its looks, what is dropped on it, how it begins and how it ends."""

import subprocess
import sys
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.visualizer.windows import Bench
from visualizer.window.appearance import remembered_style
from visualizer.window.focus import FieldUndo
from visualizer.window.main_window import MainWindow
from widgets.forms.field_row import FieldRow
from widgets.forms.number_editors import NumberEditor
from widgets.forms.text_field import TextField
from widgets.style import Style

KEY = Qt.Key
ROOT = Path(__file__).parents[3]


def editor_line(bench: Bench) -> TextField:
    view = bench.window.parameter_form.view("balls.0.name")
    assert isinstance(view, FieldRow)
    line = view.editor.wide
    assert isinstance(line, TextField)
    return line


def number_editor(bench: Bench) -> NumberEditor:
    view = bench.window.parameter_form.view("balls.0.learning_rate")
    assert isinstance(view, FieldRow)
    assert isinstance(view.editor, NumberEditor)
    return view.editor


def controls(bench: Bench) -> dict[str, QWidget]:
    """A control of each kind that can have the focus, but those for text."""
    number = number_editor(bench)
    assert number.slider is not None
    view = bench.window.parameter_form.view("ground")
    assert view is not None
    return {
        "panel": bench.window.stage,
        "button": bench.window.transport.step,
        "slider": number.slider,
        "number": number.number,
        "speed": bench.window.transport.speed,
        "choice": view.targets()[0],
        "chooser": bench.window.choices.chooser,
    }


# ---- keys -------------------------------------------------------------------------------------


def test_the_panel_has_the_focus_at_first(bench: Bench) -> None:
    assert QApplication.focusWidget() is bench.window.stage


@pytest.mark.parametrize("name", ["panel", "button", "slider", "number", "speed", "choice"])
def test_space_plays_wherever_the_focus_is(bench: Bench, name: str) -> None:
    widget = controls(bench)[name]
    widget.setFocus()
    QTest.keyClick(widget, KEY.Key_Space)
    bench.plays()
    QTest.keyClick(widget, KEY.Key_Space)
    bench.plays(False)


def test_letters_are_commands_but_in_a_text_field(bench: Bench) -> None:
    bench.player.seek(5)
    bench.shows(5)
    line = editor_line(bench)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "R lmk?")
    assert line.text() == "R lmk?"
    assert bench.step() == 5
    assert not bench.session.play.loop
    for name, widget in controls(bench).items():
        widget.setFocus()
        loop = bench.session.play.loop
        QTest.keyClick(widget, KEY.Key_L)
        assert bench.session.play.loop is not loop, name


def test_a_number_field_takes_what_numbers_are_made_of(bench: Bench) -> None:
    number = number_editor(bench).number
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, "2.5e-1")
    QTest.keyClick(number, KEY.Key_Return)
    assert bench.value("balls.0.learning_rate") == 0.25
    QTest.keyClick(number, KEY.Key_R)
    assert number.text() == "0.25"
    assert bench.player.journal() == ()  # it began again


def test_arrows_step_but_where_a_control_has_a_use_for_them(bench: Bench) -> None:
    QTest.keyClick(bench.window.stage, KEY.Key_Right)
    bench.shows(1)
    QTest.keyClick(bench.window.transport.play, KEY.Key_Right)
    bench.shows(2)
    number = number_editor(bench)
    assert number.slider is not None
    number.slider.setFocus()
    QTest.keyClick(number.slider, KEY.Key_Right)
    assert bench.value("balls.0.learning_rate") > 0.1
    line = editor_line(bench)
    line.setFocus()
    line.setCursorPosition(0)
    QTest.keyClick(line, KEY.Key_Right)
    assert line.cursorPosition() == 1
    QTest.keyClick(line, KEY.Key_Up)
    assert (bench.step(), bench.session.play.steps_per_frame) == (2, 1)


def test_enter_presses_the_button_with_the_focus(bench: Bench) -> None:
    bench.window.transport.step.setFocus()
    QTest.keyClick(bench.window.transport.step, KEY.Key_Return)
    bench.shows(1)


def test_escape_takes_back_what_is_typed_and_then_leaves_the_field(bench: Bench) -> None:
    line = editor_line(bench)
    line.setFocus()
    QTest.keyClicks(line, "x")
    QTest.keyClick(line, KEY.Key_Escape)
    assert line.text() == "ball"
    assert QApplication.focusWidget() is line
    QTest.keyClick(line, KEY.Key_Escape)
    assert QApplication.focusWidget() is bench.window.stage


def test_undo_in_a_field_is_its_own_while_it_is_typed_in_only(bench: Bench) -> None:
    line, undo = editor_line(bench), Qt.KeyboardModifier.ControlModifier
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "one")
    QTest.keyClick(line, KEY.Key_Return)
    assert bench.value("balls.0.name") == "one"
    QTest.keyClicks(line, "!")
    QTest.keyClick(line, KEY.Key_Z, undo)
    assert (line.text(), bench.value("balls.0.name")) == ("one", "one")
    QTest.keyClick(line, KEY.Key_Z, undo)
    assert (line.text(), bench.value("balls.0.name")) == ("ball", "ball")
    QTest.keyClick(line, KEY.Key_Y, undo)
    assert (line.text(), bench.value("balls.0.name")) == ("one", "one")


def test_undo_after_a_number_was_entered_is_that_of_the_window(bench: Bench) -> None:
    number = number_editor(bench).number
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, "0.25")
    QTest.keyClick(number, KEY.Key_Return)
    assert bench.value("balls.0.learning_rate") == 0.25
    QTest.keyClick(number, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert bench.value("balls.0.learning_rate") == 0.1


def test_undo_takes_a_refused_text_away(bench: Bench) -> None:
    number, undo = number_editor(bench).number, Qt.KeyboardModifier.ControlModifier
    bench.workbench.edits.set_value("balls.0.learning_rate", 0.2)
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, "-1")
    QTest.keyClick(number, KEY.Key_Return)
    QTest.keyClick(number, KEY.Key_Z, undo)
    assert bench.value("balls.0.learning_rate") == 0.1
    assert number.text() == "0.1"


# ---- looks ------------------------------------------------------------------------------------


def test_full_screen_shows_the_panel_alone(bench: Bench) -> None:
    window = bench.window
    bars = (window.menuBar(), window.statusBar(), window.transport, window._dock, window._tools)
    QTest.keyClick(window, KEY.Key_F11)
    assert window.isFullScreen()
    assert not any(bar.isVisible() for bar in bars)
    QTest.keyClick(window, KEY.Key_Space)
    bench.plays()
    QTest.keyClick(window, KEY.Key_Space)
    bench.plays(False)
    step = bench.step() or 0
    QTest.keyClick(window, KEY.Key_Right)
    bench.shows(step + 1)
    QTest.keyClick(window, KEY.Key_F9)
    assert all(bar.isVisible() for bar in bars)
    QTest.keyClick(window, KEY.Key_Escape)
    assert not window.isFullScreen()
    assert all(bar.isVisible() for bar in bars)
    QTest.keyClick(window, KEY.Key_F9)
    QTest.keyClick(window, KEY.Key_F11)
    QTest.keyClick(window, KEY.Key_F11)
    assert not any(bar.isVisible() for bar in bars)  # as before


def test_full_screen_forgets_nothing(bench: Bench) -> None:
    bench.window.showMaximized()
    bench.do("full_screen")
    bench.do("leave_full_screen")
    assert bench.window.isMaximized()


def test_theme_and_size_follow_their_keys(bench: Bench) -> None:
    window, style = bench.window, bench.style
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(window, KEY.Key_T, control)
    assert style.theme().name == "dark"
    assert window.actions_by_key["toggle_theme"].isChecked()
    for _ in range(2):
        QTest.keyClick(window, KEY.Key_Plus, control)
    assert style.factor() == pytest.approx(1.21)
    assert style.font("body").pixelSize() == 17
    bench.qtbot.waitUntil(lambda: window.menuBar().font().pixelSize() == 17)
    QTest.keyClick(window, KEY.Key_Minus, control)
    assert style.factor() == pytest.approx(1.1)
    QTest.keyClick(window, KEY.Key_0, control)
    assert style.factor() == 1.0


def test_the_chooser_of_panels_becomes_small_again(bench: Bench) -> None:
    chooser, style = bench.window.choices.chooser, bench.style
    bench.window.grab()
    before = chooser.size()
    style.setFactor(2.0)
    bench.qtbot.waitUntil(lambda: chooser.height() > 1.5 * before.height())
    style.setFactor(1.0)
    bench.qtbot.waitUntil(lambda: chooser.size() == before)


def test_the_controls_leave_the_panel_most_of_the_window(bench: Bench) -> None:
    for size in (QSize(1280, 720), QSize(1024, 640)):
        bench.window.resize(size)
        for factor in (2.0, 1.0):
            bench.style.setFactor(factor)
            bench.window.grab()
            assert bench.window._dock.width() <= 0.42 * size.width()
            assert bench.window.size() == size


def test_the_window_is_remembered(bench: Bench, qtbot: QtBot) -> None:
    bench.do("toggle_theme")
    bench.do("larger")
    bench.window.resize(700, 520)
    bench.do("toggle_controls")
    bench.do("full_screen")
    bench.window.close()
    style = remembered_style()
    assert (style.theme().name, style.factor()) == ("dark", pytest.approx(1.1))
    again = MainWindow(style)
    qtbot.addWidget(again)
    assert again.size() == QSize(700, 520)
    assert not again.isFullScreen()
    assert again.appearance.are_controls_shown()
    assert not again.menuBar().isHidden()


@pytest.mark.parametrize("value", ["", "large", "nan", "-1", "1e9"])
def test_settings_that_make_no_sense_are_not_used(qapp: QApplication, value: str) -> None:
    QSettings().setValue("factor", value)
    QSettings().setValue("theme", value)
    style = remembered_style()
    assert (style.theme().name, style.factor()) == ("light", 1.0)


# ---- what is dropped --------------------------------------------------------------------------


def drop(widget: QWidget, *urls: QUrl) -> bool:
    """Drop files on `widget`; tells whether they are taken."""
    mime = QMimeData()
    mime.setUrls(list(urls))
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(4, 4), copy, mime, left, none)
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(QPointF(4, 4), copy, mime, left, none))
    return enter.isAccepted()


def test_a_scene_dropped_anywhere_is_opened(bench: Bench, tmp_path: Path) -> None:
    scene = tmp_path / "mine.toml"
    scene.write_text('panel = "roll"\n[parameters]\nseed = 42\n')
    panel = bench.workbench.display.panel
    assert panel is not None
    for target in (bench.window, panel, bench.window.transport.timeline, bench.window.menuBar()):
        bench.open()
        assert drop(target, QUrl.fromLocalFile(str(scene)))
        assert bench.value("seed") == 42
        bench.plays()


def test_what_is_no_file_is_not_taken(bench: Bench) -> None:
    assert not drop(bench.window, QUrl("https://example.org/scene.toml"))


def test_nothing_can_be_dropped_while_torch_is_loading(qtbot: QtBot) -> None:
    window = MainWindow(Style())
    qtbot.addWidget(window)
    assert not drop(window, QUrl.fromLocalFile("/scene.toml"))
    window.show()
    QTest.keyClick(window, KEY.Key_Space)
    QTest.keySequence(window, QKeySequence("Ctrl+S"))
    assert not window.transport.isEnabled()


# ---- how it begins, and how it ends -----------------------------------------------------------

START = """
import os, sys, time
from PySide6.QtCore import QSettings, QTimer
QSettings.setDefaultFormat(QSettings.Format.IniFormat)
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, {settings!r})
from PySide6.QtWidgets import QApplication
from visualizer.window import app
from visualizer.window.main_window import MainWindow
assert "torch" not in sys.modules, "torch was imported before there is a window"

def window():
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))

class Seen(MainWindow):
    def paintEvent(self, event):
        if not hasattr(self, "painted"):
            self.painted = True
            print("painted", "torch" in sys.modules, flush=True)
        super().paintEvent(event)

app.MainWindow = Seen
make = app.make_application

def made():
    application = make()
    timer = QTimer(application)
    timer.timeout.connect(look)
    timer.start(20)
    return application

def look():
    {look}

app.make_application = made
sys.exit(app.run_window({scene!r}, (), None))
"""


def started(
    tmp_path: Path, look: str, path: str = "", scene: str = "gradient-descent"
) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own; `look` is done again and again."""
    indented = "\n    ".join(look.strip().splitlines())
    code = START.format(settings=str(tmp_path), look=indented, scene=scene)
    code = f"import sys\nsys.path[:0] = {[p for p in (path, str(ROOT)) if p]!r}\n{code}"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=100, cwd=tmp_path
    )


def test_it_is_painted_before_torch_is_loaded_and_ends_by_itself(tmp_path: Path) -> None:
    look = """
bench = window()._workbench
if bench is not None and bench.player.position is not None and bench.player.position.step > 1:
    window().close()
"""
    done = started(tmp_path, look)
    assert done.stdout.split("\n")[0] == "painted False", done.stderr
    assert (done.returncode, done.stderr) == (0, "")


def test_it_can_be_closed_while_torch_is_loading(tmp_path: Path) -> None:
    slow = tmp_path / "torch"  # an import that takes its time
    slow.mkdir()
    (slow / "__init__.py").write_text("import time\ntime.sleep(60)\n")
    look = """
if "torch" in sys.modules:
    closing = time.monotonic()
    window().close()
    print("closed", time.monotonic() - closing < 2, flush=True)
"""
    done = started(tmp_path, look, str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "closed True" in done.stdout
    assert done.stderr == ""


def test_a_torch_that_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "torch"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError('libtorch.so is not there')\n")
    look = """
if not window().banner.isHidden():
    print(window().banner.sentence.text(), flush=True)
    print(window().transport.isEnabled(), flush=True)
    window().close()
"""
    done = started(tmp_path, look, str(tmp_path))
    assert "PyTorch cannot be loaded: libtorch.so is not there." in done.stdout, done.stderr
    assert done.returncode == 0


def without_display(monkeypatch: pytest.MonkeyPatch, **given: str) -> None:
    """Have programs find nothing but what is `given` of a display."""
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DISPLAY", ":9999", "could not connect to display :9999"),
        ("WAYLAND_DISPLAY", "wayland-9999", "Failed to create wl_display (No such file or direc"),
        ("QT_QPA_PLATFORM", "easel", 'Could not find the Qt platform plugin "easel"'),
    ],
)
def test_a_display_that_does_not_answer_is_told(
    name: str, value: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_display(monkeypatch, **{name: value, "XDG_RUNTIME_DIR": str(tmp_path)})
    done = subprocess.run(
        [sys.executable, "-m", "visualizer"], capture_output=True, text=True, timeout=100, cwd=ROOT
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"layerscope: No window can be opened with {name}={value}: ")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_what_qt_can_do_without_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    without_display(monkeypatch, DISPLAY=":9999", QT_QPA_PLATFORM="xcb;offscreen")
    code = "from visualizer.window.app import make_application as m; print(m().platformName())"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=100, cwd=ROOT
    )
    assert (done.returncode, done.stdout) == (0, "offscreen\n")
    assert "could not connect to display :9999" in done.stderr


# ---- data that is not as it was ---------------------------------------------------------------

FIT = """
panel = "gradient-descent"
[parameters.objective]
kind = "line"
data = {kind = "csv", file = "file:data.csv"}
[sources]
"data.csv" = "0000"
"""


@pytest.fixture(params=["has changed since the scene was saved", "There is no file"])
def stale(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A scene whose data are not those with which it was saved, and what is to be told of them."""
    scene = tmp_path / "scene.toml"
    scene.write_text(FIT)
    if "changed" in request.param:
        (tmp_path / "data.csv").write_text("x,y\n1,2\n2,3\n3,5\n")
    return scene, request.param


def test_data_that_changed_or_went_are_told_of_a_scene_that_is_dropped(
    bench: Bench, stale: tuple[Path, str]
) -> None:
    scene, told = stale
    bench.open('panel = "gradient-descent"')
    drop(bench.window, QUrl.fromLocalFile(str(scene)))
    bench.qtbot.waitUntil(lambda: told in bench.told())
    assert "data.csv" in bench.told()


def test_data_that_changed_or_went_are_told_of_a_scene_on_the_command_line(
    tmp_path: Path, stale: tuple[Path, str]
) -> None:
    scene, told = stale
    look = """
bench = window()._workbench
if not window().banner.isHidden():
    print(window().banner.sentence.text(), flush=True)
    window().close()
"""
    done = started(tmp_path, look, scene=str(scene))
    assert f"{tmp_path / 'data.csv'}" in done.stdout, done.stderr
    assert told in done.stdout


def test_a_field_of_a_dialog_that_is_gone_is_let_be(qtbot: QtBot) -> None:
    undo, field = FieldUndo(), QLineEdit()
    undo.follow(None, field)
    shiboken6.delete(field)
    other = QLineEdit()
    qtbot.addWidget(other)
    undo.follow(None, other)
    undo.follow(other, None)
