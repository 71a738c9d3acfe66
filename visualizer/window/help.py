"""Help in the window: the keys, the doctor, and what this is."""

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from visualizer.doctor import Finding, examine
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
    actions: Mapping[str, QAction], choices: Mapping[str, Iterable[QAction]]
) -> dict[str, list[Row]]:
    """Everything that can be done with a key, menu by menu."""
    table: dict[str, list[Row]] = {menu: [] for menu in MENUS}
    for info in ACTIONS:
        keys = [key.toString(NATIVE) for key in actions[info.key].shortcuts()]
        table[info.menu].append((info.text.rstrip("…"), keys))
    for menu, chosen in choices.items():
        named = ((action.text(), action.shortcut().toString(NATIVE)) for action in chosen)
        table[menu] += [(text.replace("&&", "&"), [key]) for text, key in named if key]
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
        choices: Mapping[str, Iterable[QAction]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        table = key_table(actions, choices)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setColumnMinimumWidth(2, 32)
        for column, menus in zip((0, 3), COLUMNS, strict=True):
            row = 0
            for menu in menus:
                heading = QLabel(f"<b>{menu}</b>")
                heading.setContentsMargins(0, 8 if row else 0, 0, 2)
                grid.addWidget(heading, row, column, 1, 2)
                for text, keys in table[menu]:
                    row += 1
                    grid.addWidget(QLabel(text), row, column)
                    grid.addWidget(QLabel(" or ".join(keys)), row, column + 1)
                row += 1
        grid.setRowStretch(grid.rowCount(), 1)
        _fill(self, page)


class DoctorDialog(QDialog):
    """What `layerscope doctor` finds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("This machine")
        page = QWidget()
        grid = QGridLayout(page)
        for row, finding in enumerate(_examined()):
            subject = QLabel(finding.subject)
            sentence = QLabel(finding.sentence)
            sentence.setTextFormat(Qt.TextFormat.PlainText)
            sentence.setWordWrap(True)
            sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if not finding.good:
                subject.setProperty("tone", "error")
            grid.addWidget(subject, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(sentence, row, 1, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(1, 1)
        _fill(self, page)


def _examined() -> tuple[Finding, ...]:
    QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        return examine()
    finally:
        QApplication.restoreOverrideCursor()


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
