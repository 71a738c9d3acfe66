"""The form with real parameters: what it is told of them, and what it asks, fit together."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from kernels.description import describe
from kernels.editing import get_value, with_item, with_value, without_item
from kernels.errors import ParameterError
from kernels.parameters import Parameters, setting
from widgets.forms.choice_field import ChoiceBox
from widgets.forms.form import ParameterForm
from widgets.forms.number_field import NumberField
from widgets.style import Style


class Plain(Parameters):
    kind: Literal["plain"] = "plain"
    rate: float = setting(0.1, help="How far.", gt=0, le=10, scale="log", slider=(1e-4, 1))


class Heavy(Parameters):
    kind: Literal["heavy"] = "heavy"
    rate: float = setting(0.1, help="How far.", gt=0, le=10, scale="log", slider=(1e-4, 1))
    momentum: float = setting(0.9, help="How much is kept.", ge=0, lt=1)


AnyRow = Annotated[Plain | Heavy, Field(discriminator="kind")]


class Race(Parameters):
    rows: tuple[AnyRow, ...] = setting((Plain(),), help="Who races.", min_length=1, max_length=3)
    start: tuple[float, float] | None = setting(None, help="Where it begins.")
    layers: tuple[int, ...] = setting((4, 2), help="How wide.", max_length=4)


class Bench:
    """A window in little: it takes every request over, or shows why not."""

    def __init__(self, qtbot: QtBot) -> None:
        self.value = Race()
        self.form = ParameterForm(Style())
        qtbot.addWidget(self.form)
        form = self.form
        form.edited.connect(lambda p, v: self._apply(with_value, p, v))
        form.rowInserted.connect(lambda p, i, item: self._apply(with_item, p, i, item))
        form.rowRemoved.connect(lambda p, i: self._apply(without_item, p, i))
        form.rowMoved.connect(self._move)
        self._show()

    def _move(self, path: str, index: int, to: int) -> None:
        rows = list(get_value(self.value, path))
        rows.insert(to, rows.pop(index))
        self._apply(with_value, path, rows)

    def _apply(self, change: Callable[..., Race], *what: Any) -> None:
        try:
            self.value = change(self.value, *what)
        except ParameterError as error:
            self.form.setError(error.path, str(error), error.span)
        else:
            self.form.clearErrors()
        self._show()

    def _show(self) -> None:
        self.form.setFields(describe(self.value))

    def part(self, path: str, kind: type[Any], index: int = 0) -> Any:
        view = self.form.view(path)
        assert view is not None
        return view.findChildren(kind)[index]


def test_a_person_builds_a_race(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    rows: Any = bench.form.view("rows")
    rows.add.menu().actions()[1].trigger()
    number = bench.part("rows.1.momentum", NumberField)
    number.selectAll()
    qtbot.keyClicks(number, "5/9")
    number.commit()
    rows.cards[1].commands["duplicate"].trigger()
    rows.cards[0].commands["down"].trigger()
    rows.cards[2].commands["remove"].trigger()
    rows.cards[1].variant.setCurrentIndex(1)
    bench.part("start", QCheckBox).toggle()
    assert bench.value == Race(rows=(Heavy(momentum=5 / 9), Heavy()), start=(0.0, 0.0))
    assert [card.variant.choice() for card in rows.cards] == ["heavy", "heavy"]
    assert bench.part("rows.0.momentum", NumberField).number() == 5 / 9


def test_what_the_parameters_refuse_is_told_at_its_field(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    view: Any = bench.form.view("layers")
    line = view.editor.line
    line.selectAll()
    qtbot.keyClicks(line, "1, 2, 3, 4, 5")
    line.commit()
    assert "from 0 to 4" in view.message()
    assert line.text() == "1, 2, 3, 4, 5"
    assert bench.value == Race()


def test_variants_are_chosen_by_name(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.part("rows.0", ChoiceBox).setCurrentIndex(1)
    assert bench.value.rows == (Heavy(),)
    assert bench.form.view("rows.0.momentum") is not None
