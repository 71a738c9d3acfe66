"""Help in the window: the keys, the doctor, and what this is."""

import json
from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QProcess, QSize, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from visualizer.doctor import REINSTALL, Finding
from visualizer.exporting.process import command
from visualizer.window.actions import ACTIONS, MENUS
from widgets.forms.row_card import ROW_KEYS

NATIVE = QKeySequence.SequenceFormat.NativeText
IN_CONTROLS = (
    ("Go to the next control", ("Tab",)),
    ("Press the button that has the focus", ("Return",)),
    ("Move a slider, choose from a list", ("Left", "Right", "Up", "Down")),
    ("Take back what is being typed, leave the control", ("Esc",)),
)
COLUMNS = (("File", "Edit", "Help", "In the controls"), ("Run", "View", "Panel", "Scene"))
Row = tuple[str, Sequence[str]]  # what is done, and the keys that do it


def key_table(
    actions: Mapping[str, QAction], others: Mapping[str, Iterable[QAction]]
) -> dict[str, list[Row]]:
    """All that can be done with a key, menu by menu: `actions`, and `others` of the same menus."""
    table: dict[str, list[Row]] = {menu: [] for menu in MENUS}
    for info in ACTIONS:
        keys = [key.toString(NATIVE) for key in actions[info.key].shortcuts()]
        table[info.menu].append((info.text.rstrip("…"), keys))
    for menu, entries in others.items():
        named = ((action.text(), action.shortcut().toString(NATIVE)) for action in entries)
        table[menu] += [(text.replace("&&", "&").rstrip("…"), [key]) for text, key in named if key]
    rows = [(f"{text} (a row of a list)", (key,)) for text, key in ROW_KEYS.values()]
    table["In the controls"] = [
        (text, [QKeySequence(key).toString(NATIVE) for key in keys])
        for text, keys in (*IN_CONTROLS, *rows)
    ]
    return table


class KeysDialog(QDialog):
    """Every action with its keys, menu by menu."""

    def __init__(
        self,
        actions: Mapping[str, QAction],
        others: Mapping[str, Iterable[QAction]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        table = key_table(actions, others)
        page = QWidget()
        columns = QHBoxLayout(page)
        for menus in COLUMNS:
            grid, row = QGridLayout(), 0
            for menu in (menu for menu in menus if table[menu]):  # no scenes before torch is there
                heading = QLabel(f"<b>{menu}</b>")
                heading.setContentsMargins(0, 8 if row else 0, 0, 2)
                grid.addWidget(heading, row, 0, 1, 2)
                for text, keys in table[menu]:
                    row += 1
                    grid.addWidget(QLabel(text), row, 0)
                    grid.addWidget(QLabel(" or ".join(keys)), row, 1)
                row += 1
            grid.setRowStretch(row, 1)
            if columns.count():
                columns.addSpacing(32)
            columns.addLayout(grid)
        _fill(self, page)


class DoctorDialog(QDialog):
    """What `layerscope doctor` finds; it looks in a process of its own, which may take seconds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("This machine")
        self._page = QWidget()
        self._grid = QGridLayout(self._page)
        self._grid.setColumnStretch(1, 1)
        self._waiting = QLabel("Examining this machine…")
        self._grid.addWidget(self._waiting, 0, 0, 1, 2)
        _fill(self, self._page)
        self._process = QProcess(self)
        self._process.finished.connect(self._show)
        self._process.errorOccurred.connect(self._show)
        program, *arguments = command(["doctor", "--json"])
        self._process.start(program, arguments)

    def done(self, result: int) -> None:
        self._process.blockSignals(True)
        self._process.kill()
        self._process.waitForFinished()
        super().done(result)

    @Slot()
    def _show(self) -> None:
        self._waiting.hide()
        process = self._process
        said, complained = process.readAllStandardOutput(), process.readAllStandardError()
        findings = _findings(bytes(said.data()), bytes(complained.data()))
        for row, finding in enumerate(findings):
            subject = QLabel(finding.subject)
            sentence = QLabel(finding.sentence)
            sentence.setTextFormat(Qt.TextFormat.PlainText)
            sentence.setWordWrap(True)
            sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if not finding.good:
                subject.setProperty("tone", "error")
            self._grid.addWidget(subject, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(sentence, row, 1, Qt.AlignmentFlag.AlignTop)
            subject.show()  # at once, so that they count
            sentence.show()
        _fit(self, self._page)


def _findings(said: bytes, complained: bytes) -> tuple[Finding, ...]:
    """What the doctor found, of which its process said this."""
    try:
        return tuple(Finding(**told) for told in json.loads(said))
    except ValueError:
        last = complained.decode(errors="replace").strip().rpartition("\n")[2]
        told = f"The doctor cannot be asked: {last or 'it said nothing'}. {REINSTALL}"
        return (Finding("doctor", False, told),)


def _fill(dialog: QDialog, page: QWidget) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    scroll = QScrollArea()
    scroll.setWidget(page)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QScrollArea.Shape.NoFrame)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(scroll)
    layout.addWidget(buttons)
    buttons.button(QDialogButtonBox.StandardButton.Close).setFocus()
    _fit(dialog, page)


def _fit(dialog: QDialog, page: QWidget) -> None:
    """Let `dialog` be as large as `page`, as far as the screen has room."""
    room = dialog.screen().availableSize() * 0.9
    hint = page.sizeHint() + QSize(60, 90)
    dialog.resize(max(640, hint.width()), hint.height())
    dialog.resize(dialog.size().boundedTo(room))


def show_about(parent: QWidget) -> None:
    """What this program is, and under which licences it stands."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("About Layerscope")
    box.setText(
        "<b>Layerscope</b> shows neural networks at work.<p>MIT licence. It is built with PySide6 "
        "(LGPL), PyTorch, pyqtgraph, vispy, NumPy, OpenCV, PyAV and ziamath; the encoders that "
        "PyAV brings stand under the GPL. Typefaces: Inter, JetBrains Mono and Noto Sans Math "
        "(OFL)."
    )
    box.open()
