"""The tree of a form: what every view of a field can do, and what keeps views in step."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.forms.field import FieldLike, signature
from widgets.style import Style

MarkTuple = tuple[str, str, tuple[float, ...]]  # colour, symbol, dash


class FormContext(QObject):
    """What all views of one form share: its style, and where they report what a person does.

    `unfolded` tells that views were made that had been left out as long as nobody saw them.
    """

    unfolded = Signal()
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


class FieldView(QWidget):
    """The view of one field with all below it."""

    def __init__(self, field: FieldLike, context: FormContext) -> None:
        super().__init__()
        self.field = field
        self.context = context

    def setField(self, field: FieldLike) -> None:
        """Show the values of `field`, which has the same signature, silently."""
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


class FieldSequence(QWidget):
    """Views one below the other; a view is made anew only where its field changed its structure."""

    def __init__(self, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._views: list[FieldView] = []
        self._signatures: list[Any] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.restyle()

    def views(self) -> list[FieldView]:
        return self._views

    def setFields(self, fields: Sequence[FieldLike]) -> None:
        """Show `fields`, keeping every view whose field has the signature that it had."""
        kept = dict(zip(self._signatures, self._views, strict=True))
        self._signatures = [signature(field) for field in fields]
        changed = [kept.pop(key, None) for key in self._signatures]
        for view in kept.values():
            self._column.removeWidget(view)
            view.hide()
            view.deleteLater()
        self._views = [
            view if view is not None else self._context.make(field, self._context)
            for view, field in zip(changed, fields, strict=True)
        ]
        for i, (view, field) in enumerate(zip(self._views, fields, strict=True)):
            if self._column.indexOf(view) != i:
                self._column.insertWidget(i, view)
            view.setField(field)
            view.show()  # at once, so that it can take the focus

    def restyle(self) -> None:
        self._column.setSpacing(round(self._context.style.px(8)))
