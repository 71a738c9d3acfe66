"""The view of a list: a card for every row, with ways to add, copy, move and take away."""

from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from widgets.forms.field import FieldLike, plain_value
from widgets.forms.field_view import FieldView, FormContext, shown
from widgets.forms.row_card import RowCard
from widgets.forms.sections import Fold, error_label
from widgets.icons import icon

_OPEN_AT_FIRST = 3  # with more rows than this, all begin folded


class ListView(FieldView):
    """A titled list of cards, with a button that adds one."""

    def __init__(self, field: FieldLike, context: FormContext) -> None:
        super().__init__(field, context)
        self.cards: list[RowCard] = []
        self._open: list[bool] = [len(field.children) <= _OPEN_AT_FIRST] * len(field.children)
        self._focus_row: int | None = None
        self.sentence = error_label(context.style)
        self.add = QPushButton()
        self.add.setAccessibleName(f"Add to {field.label}")
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.addWidget(self.sentence)
        self._column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.fold = Fold(field.label, self._body, context.style)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.fold)
        self._prepare_adding()
        self.restyle()

    def _prepare_adding(self) -> None:
        self.add.setText("Add")
        self.add.setToolTip(self.field.help)
        if len(self.field.choices) < 2:
            self.add.clicked.connect(self._on_add)
            return
        menu = QMenu(self.add)
        for choice in self.field.choices:
            menu.addAction(choice.label.replace("&", "&&")).setData(choice.value)
        menu.triggered.connect(self._on_choice)
        self.add.setProperty("menuButton", "true")
        self.add.setMenu(menu)

    def fill(self, field: FieldLike) -> Iterator[None]:
        self.field = field
        count = len(field.children)
        title = field.label.replace("&", "&&")
        self.fold.heading.setText(f"{title}  ({count})")
        self._open = (self._open + [True] * count)[:count]
        while len(self.cards) > count:
            card = self.cards.pop()
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for i, row in enumerate(field.children):
            is_new = i == len(self.cards)
            if is_new:
                self._add_card(row)
            card = self.cards[i]
            card.setOpen(self._open[i])
            yield from shown(card, row)
            if is_new:
                self.signRows()
                yield
        self._allow_actions()
        self._move_focus()

    def _add_card(self, row: FieldLike) -> None:
        card = RowCard(row, self.context)
        card.asked.connect(self._on_asked)
        card.folded.connect(self._on_folded)
        self._column.insertWidget(len(self.cards), card)
        self.cards.append(card)

    def _allow_actions(self) -> None:
        count, most = len(self.cards), self.field.maximum_items
        may_grow = most is None or count < most
        self.add.setEnabled(may_grow)
        self.add.setToolTip(self.field.help if may_grow else f"There may be at most {most}.")
        for i, card in enumerate(self.cards):
            card.commands["duplicate"].setEnabled(may_grow)
            card.commands["up"].setEnabled(i > 0)
            card.commands["down"].setEnabled(i < count - 1)
            card.commands["remove"].setEnabled(count > self.field.minimum_items)

    def signRows(self) -> None:
        """Show the marks and notes that the form was given for these rows."""
        marks = self.context.row_marks.get(self.field.path, ())
        notes = self.context.row_notes.get(self.field.path, ())
        for i, card in enumerate(self.cards):
            card.setMark(marks[i] if i < len(marks) else None)
            card.setNote(notes[i] if i < len(notes) else "")

    def _move_focus(self) -> None:
        if self._focus_row is None:
            return
        row, self._focus_row = self._focus_row, None
        if self.cards:
            card = self.cards[min(row, len(self.cards) - 1)]
            (card.variant or card.fold).setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.add.setFocus(Qt.FocusReason.OtherFocusReason)

    def views(self) -> Sequence[FieldView]:
        return self.cards

    def targets(self) -> list[QWidget]:
        return [self.fold.heading, *super().targets(), self.add]

    def reveal(self) -> None:
        self.fold.heading.setChecked(True)

    def setError(self, sentence: str, span: tuple[int, int] | None = None) -> None:
        self.sentence.setText(sentence)
        self.sentence.show()

    def clearError(self) -> None:
        self.sentence.hide()

    def restyle(self) -> None:
        style = self.context.style
        side = round(style.px(13))
        self.fold.heading.restyle()
        self.add.setIcon(icon("add", style))
        self.add.setIconSize(QSize(side, side))
        self.sentence.setFont(style.font("small"))
        self._column.setContentsMargins(0, round(style.px(2)), 0, round(style.px(8)))
        self._column.setSpacing(round(style.px(8)))
        super().restyle()

    def _on_folded(self, is_open: bool) -> None:
        card = self.sender()
        if isinstance(card, RowCard) and card in self.cards:
            self._open[self.cards.index(card)] = is_open

    def _on_add(self) -> None:
        kinds = [choice.value for choice in self.field.choices]
        self._insert(len(self.cards), kinds[0] if kinds else {})

    def _on_choice(self, action: QAction) -> None:
        self._insert(len(self.cards), action.data())

    def _insert(self, index: int, item: Any) -> None:
        self._open.insert(index, True)
        self._focus_row = index
        self.context.rowInserted.emit(self.field.path, index, item)
        self.context.gestureFinished.emit()

    def _on_asked(self, what: str) -> None:
        card = self.sender()
        if not isinstance(card, RowCard):
            return
        index = self.cards.index(card)
        if what == "duplicate":
            self._insert(index + 1, plain_value(card.field))
        elif what == "remove":
            self._open.pop(index)
            self._focus_row = index
            self.context.rowRemoved.emit(self.field.path, index)
            self.context.gestureFinished.emit()
        else:
            to = index + (1 if what == "down" else -1)
            self._open.insert(to, self._open.pop(index))
            self._focus_row = to
            self.context.rowMoved.emit(self.field.path, index, to)
            self.context.gestureFinished.emit()
