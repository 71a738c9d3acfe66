"""The tree of a form: what every view of a field can do, and what keeps views in step."""

from collections.abc import Callable, Hashable, Iterator, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.forms.field import FieldLike, signature
from widgets.style import Style

MarkTuple = tuple[str, str, tuple[float, ...]]  # colour, symbol, dash


class FormContext(QObject):
    """What all views of one form share: its style, and where they report what a person does.

    `unfolded(view)` tells that fields of a view are to be seen that had been left out until now.
    """

    unfolded = Signal(object)
    edited = Signal(str, object)
    gestureFinished = Signal()
    rowInserted = Signal(str, int, object)
    rowRemoved = Signal(str, int)
    rowMoved = Signal(str, int, int)
    typed = Signal(str, str)

    def __init__(
        self,
        style: Style,
        make: "Callable[[FieldLike, FormContext], FieldView]",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.style = style
        self.make = make
        self.stacked = False
        self.row_marks: dict[str, Sequence[MarkTuple]] = {}
        self.row_notes: dict[str, Sequence[str]] = {}


class FieldView(QWidget):
    """The view of one field with all below it."""

    def __init__(self, field: FieldLike, context: FormContext) -> None:
        super().__init__()
        self.field = field
        self.context = context

    def fill(self, field: FieldLike) -> Iterator[None]:
        """Show the values of `field`, which has the same signature, silently.

        It pauses after each view that it made, and may be given up there for other values.
        """
        raise NotImplementedError

    def views(self) -> "Sequence[FieldView]":
        """The views right below this one, in reading order."""
        return ()

    def walk(self) -> "Iterator[FieldView]":
        """The view itself and all below it, in reading order."""
        yield self
        for view in self.views():
            yield from view.walk()

    def targets(self) -> list[QWidget]:
        """The widgets that take the focus, those of the views below included, in reading order."""
        return [target for view in self.views() for target in view.targets()]

    def setError(self, sentence: str, span: tuple[int, int] | None = None) -> None:
        """Show under the field what is wrong with it."""
        raise NotImplementedError

    def clearError(self) -> None:
        """Take such a sentence away, unless what was typed still stands there."""

    def reveal(self) -> None:
        """Unfold whatever hides what is below this view."""

    def setStacked(self, stacked: bool) -> None:
        """Put labels above their editors, where there is no room beside them."""
        for view in self.views():
            view.setStacked(stacked)

    def restyle(self) -> None:
        """Take over the theme and size of the style."""
        for view in self.views():
            view.restyle()


def shown(view: FieldView, field: FieldLike) -> Iterator[None]:
    """Fill `view`, and show it as soon as there is something to see.

    What is hidden by then was never dressed; and what is shown can take the focus.
    """
    work = view.fill(field)
    is_paused = next(work, view) is None
    view.show()
    if is_paused:
        yield
        yield from work


class FieldSequence(QWidget):
    """Views one below the other; a view is made anew only where its field changed its structure."""

    def __init__(self, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._views: list[FieldView] = []
        self._signatures: list[Hashable] = []  # of the fields of these views
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.restyle()

    def views(self) -> list[FieldView]:
        return self._views

    def fill(self, fields: Sequence[FieldLike]) -> Iterator[None]:
        """Show `fields`, keeping every view whose field has the signature that it had.

        It pauses before the first view, and after each that it made or showed for the first time.
        """
        if not self._views:
            yield
        wanted = [signature(field) for field in fields]
        for old in set(self._signatures).difference(wanted):
            self._take(self._signatures.index(old)).deleteLater()
        for i, (key, field) in enumerate(zip(wanted, fields, strict=True)):
            is_new = key not in self._signatures
            if is_new:
                self._put(i, key, self._context.make(field, self._context))
                yield
            elif (place := self._signatures.index(key)) != i:
                self._put(i, key, self._take(place))
            yield from shown(self._views[i], field)
            if is_new:
                yield

    def _put(self, index: int, key: Hashable, view: FieldView) -> None:
        self._signatures.insert(index, key)
        self._views.insert(index, view)
        self._column.insertWidget(index, view)

    def _take(self, index: int) -> FieldView:
        view = self._views.pop(index)
        self._signatures.pop(index)
        self._column.removeWidget(view)
        view.hide()
        return view

    def restyle(self) -> None:
        self._column.setSpacing(round(self._context.style.px(8)))
