"""Numbers in a table with sentences below it."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.paragraphs import Paragraphs
from widgets.plots.number_table import ReadoutTable
from widgets.plots.table_rows import Row
from widgets.redraw_pace import RedrawPace, is_on_screen
from widgets.style import Style

TABLE = 0.62  # of the height, that the table takes
DENSE = 0.76  # of the height, that it may take if then all rows are seen; more rows are scrolled
FEW, LARGER = 4, 1.15  # up to so many rows leave room for larger words


class Readout(QWidget):
    """A table of numbers, and under it what is to be said in words.

    Of more rows than fit, those that are seen hold the chosen one, and the others are counted.
    """

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._table = ReadoutTable(style)
        self._table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._table.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._more = QLabel()
        self._more.hide()
        self._words = Paragraphs(style)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._table)
        self._layout.addWidget(self._more)
        self._layout.addWidget(self._words, 1)
        self._rows: Sequence[Row] = ()
        self._chosen = self._placed = 0
        self._needed = 0  # by the words, in pixels, since the room changed
        self._said: tuple[str, ...] = ()
        self._pace = RedrawPace(self, self._show, inStep=True)
        style.changed.connect(self._restyle)
        self._restyle()

    def setTable(self, headings: Sequence[str], rows: Sequence[Row], chosen: int = 0) -> None:
        """Show `rows`, and row number `chosen` whatever the room."""
        self._table.setColumns(headings)
        self._rows, self._chosen = rows, chosen
        self._news()

    def setSentences(self, sentences: Sequence[str]) -> None:
        """Say `sentences`, a paragraph each, as far as there is room; empty ones are left out."""
        self._said = tuple(s for s in dict.fromkeys(sentences) if s)
        self._news()

    def _news(self) -> None:
        """Show what is new, at once or as fast as it can be read."""
        if is_on_screen(self):
            self._pace.news()
        else:
            self._pace.drawWhole()

    def _show(self, fine: bool) -> Iterator[None]:
        """Show what was set last, row by row."""
        said, before = self._said, (self._table.leastHeight(), self._placed)
        yield from self._table.changeRows(self._rows, whole=fine)
        if (self._table.leastHeight(), self._chosen) != before:
            self._place()
        self._words.setScale(LARGER if len(self._rows) <= FEW else 1.0)
        self._words.setTexts(said)
        if self._words.wantedHeight() > self._needed:  # then rows move together, and stay so
            self._needed = self._words.wantedHeight()
            self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._needed = self._words.wantedHeight()
        self._place()

    def _place(self) -> None:
        """Leave a part of the height to the words, and count the rows that are not seen."""
        table, room = self._table, TABLE * self.height()
        wanted = max(self._words.leastHeight(), self._needed)
        free, most = self.height() - wanted, max(room, DENSE * self.height())
        count = shown = len(self._rows)
        small = table.leastHeight() > min(free, most)
        if table.leastHeight(small=small) > most:
            heights = (table.leastHeight(rows, small=True) for rows in range(1, count + 1))
            shown = max(1, sum(height <= room for height in heights))
        least = table.leastHeight(shown, small=small)
        table.setMaximumHeight(least if shown < count else max(round(min(room, free)), least))
        has_bar = shown < count and is_on_screen(self)
        policy = Qt.ScrollBarPolicy
        table.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if has_bar else policy.ScrollBarAlwaysOff
        )
        self._more.setText(f"and {count - shown} more")
        self._more.setVisible(shown < count)
        self._layout.activate()
        self._placed = self._chosen
        table.showRow(self._chosen)

    def _restyle(self) -> None:
        base = self._style.color("base")
        self.setStyleSheet(f"Readout {{ background: {base.name(base.NameFormat.HexArgb)} }}")
        self._more.setFont(self._style.font("small"))
        self._more.setIndent(round(self._style.px(36)))  # under the names
        self._more.setStyleSheet(f"color: {self._style.theme().muted}")
        self._place()
