import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.colors import THEMES, Theme, contrast, mark
from widgets.icons import icon, icon_names, pixmap
from widgets.style import Style
from widgets.style_sheet import style_sheet
from widgets.theme import apply_theme, palette

BOTH = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


@BOTH
@pytest.mark.parametrize("ground", ["window", "base"])
def test_text_has_enough_contrast(theme: Theme, ground: str) -> None:
    behind = getattr(theme, ground)
    for name in ("text", "muted", "accent", "warning", "error"):
        assert contrast(getattr(theme, name), behind) >= 4.5, name
    assert contrast(theme.on_accent, theme.accent) >= 4.5


@BOTH
@pytest.mark.parametrize("ground", ["window", "base"])
def test_what_is_drawn_has_enough_contrast(theme: Theme, ground: str) -> None:
    behind = getattr(theme, ground)
    for color in (theme.edge, theme.accent, *theme.categories):
        assert contrast(color, behind) >= 3, color


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # WebAIM's table


@BOTH
def test_no_two_categories_look_alike(theme: Theme) -> None:
    marks = [mark(theme, i) for i in range(64)]
    assert len({(m.color, m.dash) for m in marks[:48]}) == 48
    assert len({(m.color, m.symbol) for m in marks}) == 64


@BOTH
def test_the_palette_follows_the_theme(theme: Theme, qapp: object) -> None:
    made = palette(Style(theme.name))
    for role, color in (
        (QPalette.ColorRole.Window, theme.window),
        (QPalette.ColorRole.Text, theme.text),
    ):
        assert made.color(role).name() == color


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_sheet_is_complete_and_scaled(name: Any, qapp: object) -> None:
    small, large = style_sheet(Style(name, 1.0)), style_sheet(Style(name, 2.0))
    assert "$" not in small
    assert small.count("{") == small.count("}")
    lengths = [[int(n) for n in re.findall(r"(\d+)px", sheet)] for sheet in (small, large)]
    assert [2 * n for n in lengths[0]] == lengths[1]


def test_a_dressed_widget_changes_theme_and_size(qtbot: QtBot) -> None:
    style = Style()
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    plain, small = QLabel("plain"), QLabel("small")
    button = QPushButton("press")
    for part in (plain, small, button):
        column.addWidget(part)
    for theme, factor in (("light", 1.0), ("dark", 2.0), ("light", 0.75)):
        style.setTheme(theme)  # type: ignore[arg-type]
        style.setFactor(factor)
        small.setFont(style.font("small"))  # as a widget does that hears of the change first
        apply_theme(window, style)
        assert plain.font().pixelSize() == style.font("body").pixelSize()
        assert small.font().pixelSize() == style.font("small").pixelSize()
        image = window.grab().toImage()
        assert image.pixelColor(1, 1).name() == style.theme().window


@pytest.mark.parametrize("name", icon_names())
def test_every_icon_draws_something_in_its_colour(name: str, qapp: object) -> None:
    image = pixmap(name, "#d55e00", 24).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    spots = ((x, y) for x in range(image.width()) for y in range(image.height()))
    inked = [image.pixelColor(x, y) for x, y in spots if image.pixelColor(x, y).alpha() > 250]
    assert inked
    wanted = (0xD5, 0x5E, 0x00)
    for color in inked:  # an alpha short of 255 costs a unit or two
        found = (color.red(), color.green(), color.blue())
        assert all(abs(a - b) <= 2 for a, b in zip(found, wanted, strict=True))
    assert not icon(name, Style()).isNull()


@pytest.mark.parametrize("checked", [False, True])
@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_icon_of_a_chosen_menu_entry_is_seen(name: Any, checked: bool, qtbot: QtBot) -> None:
    style = Style(name)
    menu = QMenu()
    qtbot.addWidget(menu)
    apply_theme(menu, style)
    action = menu.addAction(icon("theme", style), "Dark theme")
    action.setCheckable(True)
    action.setChecked(checked)
    menu.adjustSize()
    menu.setActiveAction(action)
    row = menu.actionGeometry(action)
    spot = QRect(row.left() + 4, row.top() + 4, row.height() - 4, row.height() - 8)
    shades = Counter(_shades(menu.grab(spot).toImage()))
    ground = max(shades, key=lambda shade: shades[shade])
    assert ground != style.theme().base  # one sees which entry it is
    assert max(contrast(shade, ground) for shade in shades) >= 3


def _shades(image: QImage) -> Iterator[str]:
    for x in range(image.width()):
        for y in range(image.height()):
            yield image.pixelColor(x, y).name()


def test_an_unknown_icon_is_told_of(qapp: object) -> None:
    with pytest.raises(FileNotFoundError, match="unheard-of"):
        icon("unheard-of", Style())


@pytest.fixture
def undressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application, and afterwards as it was before."""
    sheet, colors, font = qapp.styleSheet(), qapp.palette(), qapp.font()
    yield qapp
    qapp.setStyleSheet(sheet)
    qapp.setPalette(colors)
    qapp.setFont(font)


def test_a_change_dresses_no_widget_once_for_each_of_its_parents(
    qtbot: QtBot, undressed: QApplication
) -> None:
    style = Style()
    window = inner = QWidget()
    qtbot.addWidget(window)
    for _ in range(12):
        inner = QLabel("inner", inner)
    apply_theme(undressed, style)
    window.show()
    counted = Counted()
    inner.installEventFilter(counted)
    style.setTheme("dark")
    apply_theme(undressed, style)
    assert 1 <= counted.changes <= 4


class Counted(QObject):
    changes = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.changes += event.type() == QEvent.Type.StyleChange
        return False
