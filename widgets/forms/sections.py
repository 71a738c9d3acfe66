"""The views of fields that hold fields: a group that folds, and a variant with its own fields."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from widgets.forms.field import FieldLike, help_lines
from widgets.forms.field_editors import ChoiceEditor
from widgets.forms.field_row import FieldRow
from widgets.forms.field_view import FieldSequence, FieldView, FormContext
from widgets.icons import icon
from widgets.style import Style


class FoldHeading(QPushButton):
    """A heading that unfolds what is below it; `toggled(open)` tells."""

    def __init__(self, title: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(title.replace("&", "&&"), parent)
        self._style = style
        self.setProperty("flat", "true")
        self.setProperty("heading", "true")
        self.setCheckable(True)
        self.setChecked(True)
        self.toggled.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        name = "chevron-down" if self.isChecked() else "chevron-right"
        side = round(self._style.px(13))
        self.setIcon(icon(name, self._style, "muted"))
        self.setIconSize(QSize(side, side))
        self.setFont(self._style.font("body", bold=True))
        self.setToolTip("Fold" if self.isChecked() else "Unfold")


class Fold(QWidget):
    """A heading and, while it is open, a body below it."""

    toggled = Signal(bool)

    def __init__(self, title: str, body: QWidget, style: Style, parent: QWidget | None = None):
        super().__init__(parent)
        self.heading = FoldHeading(title, style)
        self.body = body
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        rule = QFrame()
        rule.setProperty("rule", "true")
        column.addWidget(rule)
        column.addWidget(self.heading)
        column.addWidget(body)
        self.heading.toggled.connect(body.setVisible)
        self.heading.toggled.connect(self.toggled)


def error_label(style: Style) -> QLabel:
    """A hidden label for a sentence on what is wrong."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)  # what was typed stands in it
    label.setProperty("tone", "error")
    label.setWordWrap(True)
    label.setFont(style.font("small"))
    label.hide()
    return label


class GroupView(FieldView):
    """A titled section of fields that folds."""

    def __init__(self, field: FieldLike, context: FormContext) -> None:
        super().__init__(field, context)
        self._body = QWidget()
        self.sequence = FieldSequence(context)
        self.sentence = error_label(context.style)
        inside = QVBoxLayout(self._body)
        inside.addWidget(self.sequence)
        inside.addWidget(self.sentence)
        self.fold = Fold(field.label, self._body, context.style)
        self.fold.heading.setToolTip(" ".join(help_lines(field)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.fold)
        self.restyle()

    def fill(self, field: FieldLike) -> Iterator[None]:
        self.field = field
        yield from self.sequence.fill(field.children)

    def views(self) -> Sequence[FieldView]:
        return self.sequence.views()

    def targets(self) -> list[QWidget]:
        return [self.fold.heading, *super().targets()]

    def reveal(self) -> None:
        self.fold.heading.setChecked(True)

    def setError(self, sentence: str, span: tuple[int, int] | None = None) -> None:
        self.sentence.setText(sentence)
        self.sentence.show()

    def clearError(self) -> None:
        self.sentence.hide()

    def restyle(self) -> None:
        style = self.context.style
        self.fold.heading.restyle()
        self.sequence.restyle()
        self.sentence.setFont(style.font("small"))
        inside = self._body.layout()
        if inside is not None:
            inside.setContentsMargins(0, 0, 0, round(style.px(8)))
        super().restyle()


class VariantView(FieldView):
    """A choice of variants, and below it the fields of the present one."""

    def __init__(self, field: FieldLike, context: FormContext) -> None:
        super().__init__(field, context)
        self.row = FieldRow(field, context, ChoiceEditor(field, context.style))
        self.sequence = FieldSequence(context)
        guide = QFrame()
        guide.setProperty("guide", "true")
        self._below = QWidget()
        self._indented = QHBoxLayout(self._below)
        self._indented.addWidget(guide)
        self._indented.addWidget(self.sequence, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.row)
        self._column.addWidget(self._below)
        self.restyle()

    def fill(self, field: FieldLike) -> Iterator[None]:
        self.field = field
        self.row.setField(field)
        self._below.setVisible(bool(field.children))
        yield from self.sequence.fill(field.children)

    def views(self) -> Sequence[FieldView]:
        return self.sequence.views()

    def targets(self) -> list[QWidget]:
        return [*self.row.targets(), *super().targets()]

    def setStacked(self, stacked: bool) -> None:
        self.row.setStacked(stacked)
        self._indent(stacked)
        super().setStacked(stacked)

    def _indent(self, stacked: bool) -> None:
        px = self.context.style.px
        self._indented.setContentsMargins(0 if stacked else round(px(3)), 0, 0, 0)
        self._indented.setSpacing(round(px(4 if stacked else 10)))

    def setError(self, sentence: str, span: tuple[int, int] | None = None) -> None:
        self.row.setError(sentence)

    def clearError(self) -> None:
        self.row.clearError()

    def restyle(self) -> None:
        px = self.context.style.px
        self.row.restyle()
        self.sequence.restyle()
        self._column.setSpacing(round(px(8)))
        self._indent(self.context.stacked)
        super().restyle()
