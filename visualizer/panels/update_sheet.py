"""One update of one optimizer, worked through: each term by its rule and with its numbers."""

from bisect import bisect_left

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from kernels.simulation import Trace
from widgets.formula import FormulaLabel
from widgets.numbers import format_number
from widgets.style import Style

GROWTHS = (1.0, 1.05, 1.1, 1.15, 1.2, 1.25, 1.35, 1.45, 1.6, 1.8)  # into a large room
NAMES = 108  # px at factor 1, of the column of names


class UpdateSheet(QScrollArea):
    """The lines of a `Trace`: what, by which rule, with which numbers, and the result.

    Below them stands what the symbols mean. Lines of other rules are seen on a screen once all
    their formulas are set. A `whole` one has no bar upwards: it is to get the height that it needs.
    """

    def __init__(self, style: Style, parent: QWidget | None = None, *, whole: bool = False) -> None:
        super().__init__(parent)
        self._outer, self._isWhole = style, whole
        self._least = 0  # the height that it needs
        self._style = Style(style.theme().name, style.factor(), self)  # grows to fill the sheet
        self._title = QLabel()
        self._title.setWordWrap(True)
        self._page = page = QWidget()
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
        self._trace: Trace | None = None
        self._next: Trace | None = None  # to be shown once the formulas of the last one are set
        self._needs: dict[float, QSize] = {}  # the room that this needs at each factor, once known
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
        if trace == self._trace:
            return
        if not self._isCaughtUp():  # else, while frames come fast, the last rows would never be
            self._next = trace
            return
        self._trace = trace
        self._needs.clear()
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
                formula.setTex(f"{term.symbol} = {_signed(term.formula)}")
                numbers.setTex(f"= {_signed(term.numbers)}")
                value.setText("  ".join(format_number(v) for v in term.value))
        shape = [(term.symbol, term.formula) for term in trace.terms]
        if shape != self._shape:
            self._shape, self._isFull = shape, False
            self._reveal(visible=self._isCaughtUp())  # until then rows would have others' rules
        self._catchUp()

    def _catchUp(self) -> None:
        """As soon as all formulas are set, fill the sheet if they are others, and go on."""
        if not self._isCaughtUp():
            return
        if not self._isFull:
            self._isFull = True
            self._fill()  # first: what is laid out while it grows stays so when it is seen
            self._reveal(visible=True)
        following, self._next = self._next, None
        if following is not None:
            self.draw(following)

    def _reveal(self, *, visible: bool) -> None:
        """Show the lines, and bars if they need some, or nothing."""
        policies = Qt.ScrollBarPolicy
        policy = policies.ScrollBarAsNeeded if visible else policies.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(policy)
        self.setVerticalScrollBarPolicy(policies.ScrollBarAlwaysOff if self._isWhole else policy)
        self._page.setVisible(visible)

    def _isCaughtUp(self) -> bool:
        labels = [label for row in self._rows[: len(self._shape)] for label in row[1:3]]
        return all(label.isCaughtUp() for label in labels)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._isFull:  # else it is filled when all formulas are there
            self._fill()

    def _fill(self) -> None:
        """Let everything grow until the sheet is full, as far as the last of `GROWTHS`."""
        if self._filling:  # what grows may resize the sheet
            return
        self._filling = True
        self._style.setTheme(self._outer.theme().name)
        room = self.viewport().size()
        if self._isWhole:
            self._claim(room.width())
        last = bisect_left(GROWTHS[1:], True, key=lambda growth: self._overflows(growth, room))
        self._grow(GROWTHS[last])
        self._filling = False

    def _claim(self, width: int) -> None:
        """Want the height that all takes as small as it gets, in so many pixels of width."""
        self._grow(GROWTHS[0])
        self._least = self._column.totalHeightForWidth(width)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(hint.width(), self._least) if self._isWhole else hint

    def _overflows(self, growth: float, room: QSize) -> bool:
        """Whether there is more than `room` for, so large."""
        factor = self._outer.factor() * growth
        need = self._needs.get(factor)
        if need is None:
            self._grow(growth)
            need = self._column.sizeHint()
            if self._isCaughtUp():
                self._needs[factor] = need
        return need.height() > room.height() or need.width() > room.width()

    def _grow(self, growth: float) -> None:
        self._style.setFactor(self._outer.factor() * growth)
        self._column.activate()

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
        self._restyle_row(name, value)

    def _restyle(self) -> None:
        style = self._style
        self._title.setFont(style.font("label", bold=True))
        self._key.setFont(style.font("small"))
        self._grid.setHorizontalSpacing(round(style.px(12)))
        self._grid.setVerticalSpacing(round(style.px(3)))
        self._column.setContentsMargins(*(round(style.px(9)),) * 4)
        base, text = self._outer.color("base"), self._outer.color("text")
        sheet = (
            f"UpdateSheet, UpdateSheet QWidget {{ background: {base.name(base.NameFormat.HexArgb)};"
            f" color: {text.name()} }}"
        )
        if sheet != self.styleSheet():  # the same one again would take as long
            self.setStyleSheet(sheet)
        for name, _, _, value in self._rows:
            self._restyle_row(name, value)

    def _restyle_row(self, name: QLabel, value: QLabel) -> None:
        name.setFont(self._style.font("small"))
        name.setFixedWidth(round(self._style.px(NAMES)))
        value.setFont(self._style.font("mono"))


def _signed(tex: str) -> str:
    """`tex` for behind an equals sign: its first sign is no minus, nor set apart like one."""
    return f"{{-}}{tex[1:]}" if tex.startswith("-") else tex  # braces round all take twice the time
