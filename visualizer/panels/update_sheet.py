"""One update of one optimizer, worked through: each term by its rule and with its numbers."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from kernels.simulation import Trace
from widgets.formula import FormulaLabel
from widgets.numbers import format_number
from widgets.style import Style

LARGEST = 1.8  # how far the sheet grows into a large room
NAMES = 108  # px at factor 1, of the column of names


class UpdateSheet(QScrollArea):
    """The lines of a `Trace`: what, by which rule, with which numbers, and the result.

    Below them stands what the symbols mean.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outer = style
        self._style = Style(style.theme().name, style.factor(), self)  # grows to fill the sheet
        self._title = QLabel()
        page = QWidget()
        self._grid = QGridLayout()
        self._column = column = QVBoxLayout(page)
        column.addWidget(self._title)
        self._key = QLabel()
        self._key.setWordWrap(True)
        column.addLayout(self._grid)
        column.addWidget(self._key)
        column.addStretch(1)
        self._filling = False
        self._isFull = True  # everything has grown as far as it can
        self._shape: list[tuple[str, str]] = []  # of what is shown, without its numbers
        self._rows: list[tuple[QLabel, FormulaLabel, FormulaLabel, QLabel]] = []
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName("One update")
        style.changed.connect(self._fill)
        self._style.changed.connect(self._restyle)
        self._restyle()

    def draw(self, trace: Trace) -> None:
        """Show the terms of `trace`, in the order in which they are computed."""
        self._title.setText(trace.title)
        self._key.setText(trace.key)
        while len(self._rows) < len(trace.terms):
            self._add_row()
        for index, (name, formula, numbers, value) in enumerate(self._rows):
            is_shown = index < len(trace.terms)
            for widget in (name, formula, numbers, value):
                widget.setVisible(is_shown)
            if is_shown:
                term = trace.terms[index]
                name.setText(term.name)
                formula.setTex(f"{term.symbol} = {term.formula}")
                numbers.setTex(f"= {term.numbers}")
                value.setText("  ".join(format_number(v) for v in term.value))
        shape = [(term.symbol, term.formula) for term in trace.terms]
        if shape != self._shape:
            self._shape, self._isFull = shape, False
        self._catchUp()

    def _catchUp(self) -> None:
        """Fill the sheet as soon as all formulas of another shape are set."""
        labels = [label for row in self._rows[: len(self._shape)] for label in row[1:3]]
        if not self._isFull and all(label.isCaughtUp() for label in labels):
            self._isFull = True
            self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fill()

    def _fill(self) -> None:
        """Let everything grow until the sheet is full, up to `LARGEST` times."""
        if self._filling:  # what grows may resize the sheet
            return
        self._filling = True
        self._style.setTheme(self._outer.theme().name)
        room = self.viewport().size()
        for growth in (LARGEST, 1.6, 1.45, 1.35, 1.25, 1.2, 1.15, 1.1, 1.05, 1.0):
            self._style.setFactor(self._outer.factor() * growth)
            self._column.activate()
            need = self._column.sizeHint()
            if need.height() <= room.height() and need.width() <= room.width():
                break
        self._filling = False

    def _add_row(self) -> None:
        row = len(self._rows)
        name, value = QLabel(), QLabel()
        formula, numbers = FormulaLabel(self._style, "body"), FormulaLabel(self._style, "small")
        for label in (formula, numbers):
            label.setAlignment(Qt.AlignmentFlag.AlignLeft)
            label.caughtUp.connect(self._catchUp)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        name.setWordWrap(True)
        name.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(name, 2 * row, 0, 2, 1)
        self._grid.addWidget(formula, 2 * row, 1)
        self._grid.addWidget(value, 2 * row, 2)
        self._grid.addWidget(numbers, 2 * row + 1, 1, 1, 2)
        self._grid.setColumnStretch(1, 1)
        self._rows.append((name, formula, numbers, value))
        self._restyle()

    def _restyle(self) -> None:
        style = self._style
        self._title.setFont(style.font("label", bold=True))
        self._key.setFont(style.font("small"))
        self._grid.setHorizontalSpacing(round(style.px(12)))
        self._grid.setVerticalSpacing(round(style.px(3)))
        self._column.setContentsMargins(*(round(style.px(9)),) * 4)
        base, text = self._outer.color("base"), self._outer.color("text")
        self.setStyleSheet(
            f"UpdateSheet, UpdateSheet QWidget {{ background: {base.name(base.NameFormat.HexArgb)};"
            f" color: {text.name()} }}"
        )
        for name, _, _, value in self._rows:
            name.setFont(style.font("small"))
            name.setFixedWidth(round(style.px(NAMES)))
            value.setFont(style.font("mono"))
