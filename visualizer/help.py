"""Help in the window: the keys, the doctor, and what this is."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from visualizer.actions import ACTIONS, MENUS
from visualizer.doctor import examine


class KeysDialog(QDialog):
    """Every action with its keys, menu by menu."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        page = QWidget()
        grid = QGridLayout(page)
        grid.setColumnMinimumWidth(2, 32)
        left = [menu for menu in MENUS if menu in ("File", "Edit", "Help")]
        right = [menu for menu in MENUS if menu in ("Run", "View")]
        for column, menus in ((0, left), (3, right)):
            row = 0
            for menu in menus:
                heading = QLabel(f"<b>{menu}</b>")
                grid.addWidget(heading, row, column, 1, 2)
                row += 1
                for info in (info for info in ACTIONS if info.menu == menu):
                    native = QKeySequence.SequenceFormat.NativeText
                    shown = [key.toString(native) for key in actions[info.key].shortcuts()]
                    grid.addWidget(QLabel(info.text.rstrip("…")), row, column)
                    grid.addWidget(QLabel(" or ".join(shown)), row, column + 1)
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
        for row, finding in enumerate(examine()):
            subject = QLabel(finding.subject)
            sentence = QLabel(finding.sentence)
            sentence.setWordWrap(True)
            sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if not finding.good:
                subject.setProperty("tone", "error")
            grid.addWidget(subject, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(sentence, row, 1)
        grid.setColumnStretch(1, 1)
        _fill(self, page)


def _fill(dialog: QDialog, page: QWidget) -> None:
    scroll = QScrollArea()
    scroll.setWidget(page)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QScrollArea.Shape.NoFrame)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(scroll)
    layout.addWidget(buttons)
    hint = page.sizeHint()
    dialog.resize(min(hint.width() + 60, 1000), min(hint.height() + 90, 760))


def show_about(parent: QWidget) -> None:
    """What this program is, and under which licences it stands."""
    QMessageBox.about(
        parent,
        "About Layerscope",
        "<b>Layerscope</b> shows neural networks at work.<p>MIT licence. It is built with PySide6 "
        "(LGPL), PyTorch, pyqtgraph, vispy, NumPy, OpenCV, PyAV and ziamath; the encoders that "
        "PyAV brings stand under the GPL. Typefaces: Inter, JetBrains Mono and Noto Sans Math "
        "(OFL).",
    )
