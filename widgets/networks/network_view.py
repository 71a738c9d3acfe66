"""A small fully connected network: what each neuron answers, and how it is linked to others."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from widgets.networks.diagram import Diagram, Link, Neuron, exists
from widgets.networks.links import draw_strokes, link_strokes
from widgets.networks.painting import NetworkPainter
from widgets.networks.value_editor import ValueEditor
from widgets.networks.values import Values
from widgets.networks.walk import step_from
from widgets.numbers import format_number
from widgets.pictures import clear_pixels
from widgets.plots.strokes import is_vector
from widgets.redraw_pace import RedrawPace, is_on_screen
from widgets.style import Style

_MOST = 8  # columns
_REACH = 7  # pixels at factor 1 within which a link is meant
_SPOKEN_AFTER = 500  # ms, at most twice a second a screen reader hears another value
_HOW = "Arrow keys choose a neuron, Shift and Left or Right one of its links, Enter changes it."
_LEFT = Qt.MouseButton.LeftButton


class NetworkView(QWidget):
    """Columns of neurons, inputs left and output right, each a tile with its response map.

    Curves between tiles are weights, orange where positive and blue where negative, the wider the
    larger; a disc at the corner of a tile is the bias. Under the cursor the number is written, on
    a tile with what its map says there. A column shows as many neurons as fit. Neurons are counted
    by their column, 0 the inputs; weights and biases by the column that they lead from, as in the
    arrays: `biases[column][target]` is that of neuron `target` in `column` + 1.

    The keys: arrows choose among neurons; Shift+Left and Shift+Right one of the links of the
    neuron; on a link Up and Down go to the next one, Left and Right to its ends; Enter edits.

    Signals
    -------
    linkHovered(column, target, source), neuronHovered(column, index)
        The cursor came to a link, or to a neuron.
    left()
        The cursor is on none of them any more.
    linkChosen(column, target, source), neuronChosen(column, index)
        A person chose one, with mouse or keys; never emitted by a setter.
    weightEdited(column, target, source, value), biasEdited(column, target, value)
        A person typed another number. What is drawn stays until `setValues` says otherwise.
    """

    linkHovered = Signal(int, int, int)
    linkChosen = Signal(int, int, int)
    neuronHovered = Signal(int, int)
    neuronChosen = Signal(int, int)
    left = Signal()
    weightEdited = Signal(int, int, int, float)
    biasEdited = Signal(int, int, float)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._names: tuple[tuple[str, ...], ...] = ()
        self._captions: tuple[str, ...] = ()
        self._values = Values()
        self._quantity = "w", "bias"  # what the numbers of links and of neurons are called
        self._editable = True
        self._diagram: Diagram | None = None  # of the present size
        self._links: QPixmap | None = None  # as they are shown; None where they are to be drawn
        self._chosen: Neuron | Link | None = None
        self._hovered: Neuron | Link | None = None
        self._edited: Neuron | Link | None = None
        self._cursor = QPointF()
        self._editor = ValueEditor(style, self)
        self._editor.entered.connect(self._on_entered)
        self._editor.abandoned.connect(self._leaveEditor)
        self._speech = QTimer(self, singleShot=True, interval=_SPOKEN_AFTER)
        self._speech.timeout.connect(self._describe)
        self._pace = RedrawPace(self, self._keepLinks)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Network")
        style.changed.connect(self._relay)
        self._describe()

    # what is shown
    def setNetwork(self, names: Sequence[Sequence[str]], captions: Sequence[str]) -> None:
        """Show columns of neurons with these names and captions; there are no values yet.

        There are at most 8 columns, and a caption for each; `ValueError` else.
        """
        if len(names) > _MOST or len(names) != len(captions):
            raise ValueError(
                f"a network of {len(names)} columns with {len(captions)} captions; at most {_MOST}"
                " columns are shown, with a caption for each"
            )
        self._names = tuple(tuple(column) for column in names)
        self._captions = tuple(captions)
        self._values = Values(unit=self._values.unit)
        self._chosen = None
        self._hover(None)
        self._relay()
        self._describe()

    def setValues(
        self,
        maps: Sequence[NDArray[np.floating] | None],
        weights: Sequence[NDArray[np.floating]],
        biases: Sequence[NDArray[np.floating]],
        told: Sequence[NDArray[np.floating]] = (),
    ) -> None:
        """Show these numbers; `ValueError` where they are not those of the network.

        `maps[c]` (n_c, H, W) are -1 to 1 in the colours, row 0 at the bottom, NaN left blank, or
        None; `weights[c]` (n_{c+1}, n_c) and `biases[c]` (n_{c+1},) lead from column c to the next.
        `told[c]` (n_c, H, W), of any range, are the numbers that are read off the maps.
        """
        counts = [len(column) for column in self._names]
        shapes = list(zip(counts[1:], counts[:-1], strict=True))
        if [w.shape for w in weights] != shapes or [b.shape for b in biases] != [
            (n,) for n in counts[1:]
        ]:
            given = [w.shape for w in weights], [b.shape for b in biases]
            raise ValueError(f"weights and biases of {given} are not those of columns of {counts}")
        if [n if m is None else len(m) for m, n in zip(maps, counts, strict=True)] != counts:
            raise ValueError(f"the maps are not those of columns of {counts} neurons")
        if [len(numbers) for numbers in told] not in ([], counts):
            raise ValueError(f"what the maps tell is not of columns of {counts} neurons")
        self._values.setMaps(maps)
        self._values.told = tuple(told)
        self._values.weights, self._values.biases = list(weights), list(biases)
        if self._chosen is not None and not self._speech.isActive():
            self._speech.start()
        self._linksChanged()

    def setQuantity(self, link: str, bias: str, unit: float, *, editable: bool) -> None:
        """Call the numbers so; links of `unit` are drawn half as strongly as can be."""
        self._quantity, self._values.unit, self._editable = (link, bias), unit, editable
        self._linksChanged()

    def setWords(self, words: Sequence[Sequence[str]]) -> None:
        """Write these on the tiles, column by column, until the next `setNetwork`."""
        self._values.words = list(words)
        self.update()

    def setChosen(self, column: int, target: int, source: int | None) -> None:
        """Set off a link, or, with no `source`, the neuron `target` of a column; silently."""
        item = Neuron(column, target) if source is None else Link(column, target, source)
        self._choose(item, told=True)

    def clearChosen(self) -> None:
        """Set off nothing."""
        self._choose(None, told=True)

    def sizeHint(self) -> QSize:
        return QSize(round(self._style.px(560)), round(self._style.px(320)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._style.px(180)), round(self._style.px(120)))

    # drawing
    def diagram(self) -> Diagram:
        """Where everything lies, at the present size."""
        if self._diagram is None:
            size = float(self.width()), float(self.height())
            self._diagram = Diagram(self._names, self._captions, size, self._style)
        return self._diagram

    def _relay(self) -> None:
        self._leaveEditor()
        self._diagram = self._links = None
        self.updateGeometry()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._relay()

    def _linksChanged(self) -> None:
        """Draw the links anew, on a screen gap by gap between the frames, and all else at once."""
        if is_on_screen(self):
            self._pace.news()
        else:
            self._links = None
        self.update()

    def _keepLinks(self, fine: bool) -> Iterator[None]:
        diagram = self.diagram()
        pixels = clear_pixels(self.width(), self.height(), self.devicePixelRatioF())
        for strokes in link_strokes(diagram, self._values, self._style):
            with QPainter(pixels) as painter:
                draw_strokes(painter, strokes)
            yield
        if diagram is self._diagram:  # else they have moved meanwhile
            self._links = pixels
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._style.color("base"))
            self.paint(painter, None if is_vector(painter) else self._links)

    def paint(self, painter: QPainter, links: QPixmap | None = None) -> None:
        """Draw the network with any painter, as large as the widget.

        The links are those of `links`, if they are there as pixels.
        """
        diagram, style = self.diagram(), self._style
        drawing = NetworkPainter(painter, diagram, style)
        shown = self._chosen if self._chosen and diagram.shows(self._chosen) else None
        hovered = self._hovered if self._hovered and diagram.shows(self._hovered) else None
        drawing.draw(self._names, self._values, shown, hovered, links)
        bounds = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        if self.hasFocus():
            painter.setPen(style.pen("accent", 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(bounds, style.px(6), style.px(6))
        said = hovered or (shown if self.hasFocus() else None)
        if said is not None and not self._editor.isVisible():
            at = self._cursor if hovered else diagram.anchor(said)
            drawing.drawPlate(at, *(self._readOff() or self._words(said)), bounds)

    # words
    def _words(self, item: Neuron | Link) -> tuple[str, str]:
        """The number of a link or neuron, and what it is called."""
        value = self._values.of(item)
        number = "—" if value is None else format_number(value, 3)
        if isinstance(item, Link):
            ends = (
                self._name(Neuron(item.column, item.source)),
                self._name(Neuron(item.column + 1, item.target)),
            )
            return f"{self._quantity[0]} = {number}", f"{ends[0]} → {ends[1]}"
        name = self._name(item)
        if value is None:
            return name, self._captions[item.column]
        return f"{self._quantity[1]} {number}", name

    def _readOff(self) -> tuple[str, str] | None:
        """What the map under the cursor says there, with the bias, and whose it is."""
        item = self._hovered
        if not isinstance(item, Neuron) or not self.diagram().shows(item):
            return None
        tile = self.diagram().tiles[item.column][item.row]
        across = (self._cursor.x() - tile.left()) / tile.width()
        up = (tile.bottom() - self._cursor.y()) / tile.height()
        said = self._values.at(item, across, up)
        if said is None:
            return None
        here = f"{format_number(said, 3)} here"
        if self._values.of(item) is None:
            return here, self._name(item)
        bias, name = self._words(item)
        return f"{here}, {bias}", name

    def _name(self, neuron: Neuron) -> str:
        name = self._names[neuron.column][neuron.row]
        return name or f"neuron {neuron.row + 1}"

    def _describe(self) -> None:
        """Tell a screen reader what is chosen."""
        text = _HOW
        if self._chosen is not None:
            value, name = self._words(self._chosen)
            column = self._chosen.column + 1
            where = f"column {column} of {len(self._names)}"
            what = "Link" if isinstance(self._chosen, Link) else "Neuron"
            text = f"{what} {name}, {value}, {where}." if value != name else f"{name}, {where}."
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    # choosing
    def _choose(self, item: Neuron | Link | None, *, told: bool = False) -> None:
        if item != self._edited:
            self._leaveEditor()
        if item is not None and not exists(item, self._counts()):
            raise ValueError(f"{item} is not in a network of columns of {self._counts()}")
        self._chosen = item
        self._describe()
        self.update()
        if isinstance(item, Link) and not told:
            self.linkChosen.emit(*item)
        elif item is not None and not told:
            self.neuronChosen.emit(*item)

    def _counts(self) -> list[int]:
        return [len(column) for column in self._names]

    def _hover(self, item: Neuron | Link | None) -> None:
        before, self._hovered = self._hovered, item
        if before is not None or item is not None:
            self.update()
        if item == before:
            return
        shape = Qt.CursorShape.ArrowCursor if item is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)
        if isinstance(item, Link):
            self.linkHovered.emit(*item)
        elif item is not None:
            self.neuronHovered.emit(*item)
        else:
            self.left.emit()

    def _at(self, event: QMouseEvent) -> Neuron | Link | None:
        self._cursor = event.position()
        return self.diagram().at(self._cursor, self._style.px(_REACH))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._at(event))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        item = self._at(event)
        if event.button() == _LEFT and item is not None:
            self._choose(item)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        item = self._at(event)
        if event.button() == _LEFT and item is not None:
            self._edit(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        diagram, key = self.diagram(), Qt.Key(event.key())
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        chosen = self._chosen if self._chosen and diagram.shows(self._chosen) else None
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and chosen is not None:
            self._edit(chosen)
        elif key == Qt.Key.Key_Escape and self._chosen is not None:
            self.clearChosen()
        elif (item := step_from(diagram, chosen, key, shift)) is not None:
            self._choose(item)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._describe()

    # editing
    def _edit(self, item: Neuron | Link) -> None:
        """Ask for another number for `item`, if it has one."""
        value = self._values.of(item)
        if value is None or not self._editable:
            return
        self._leaveEditor()
        self._edited = item
        if isinstance(item, Link):
            name, at = f"Weight {self._words(item)[1]}", self.diagram().anchor(item)
        else:
            name, at = f"Bias of {self._name(item)}", self.diagram().mark(item)[0]
        self._editor.open(name, value, at)
        self.update()

    def _on_entered(self, number: float) -> None:
        item = self._edited
        self._leaveEditor()
        if isinstance(item, Link):
            self.weightEdited.emit(*item, number)
        elif item is not None:
            self.biasEdited.emit(item.column - 1, item.row, number)

    def _leaveEditor(self) -> None:
        if self._edited is None:
            return
        self._edited = None
        if self._editor.hasFocus():
            self.setFocus()
        self._editor.hide()
        self.update()
