"""How things look: the theme, and the one factor that multiplies every font, line and marker.

A `Style` is handed to every widget. The window has one, an export makes another, so that a picture
of 3840 x 2160 is drawn with thicker lines and larger letters whatever the window looks like.
"""

from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QPen

from widgets.colors import THEMES, Mark, Theme, ThemeName, mark

Role = Literal["small", "body", "label", "title", "mono"]

TEXT_FAMILY = "Inter"
MONO_FAMILY = "JetBrains Mono"

_SIZES: dict[Role, float] = {"small": 12, "body": 14, "label": 15, "title": 20, "mono": 13.5}
SMALLEST, LARGEST = 0.5, 4.0


class Style(QObject):
    """Theme and scale of a window or of an export.

    `changed` is emitted when either changes; a widget then asks again for its fonts and pens.
    """

    changed = Signal()

    def __init__(
        self,
        theme: ThemeName = "light",
        factor: float = 1.0,
        parent: QObject | None = None,
        *,
        transparent: bool = False,
    ) -> None:
        super().__init__(parent)
        self._theme = THEMES[theme]
        self._factor = factor
        self._transparent = transparent

    def theme(self) -> Theme:
        return self._theme

    def setTheme(self, name: ThemeName) -> None:
        if name != self._theme.name:
            self._theme = THEMES[name]
            self.changed.emit()

    def factor(self) -> float:
        """What every length on the screen is multiplied with; 1 is meant for a desk."""
        return self._factor

    def setFactor(self, factor: float) -> None:
        factor = min(max(factor, SMALLEST), LARGEST)
        if factor != self._factor:
            self._factor = factor
            self.changed.emit()

    def px(self, length: float) -> float:
        """`length`, in pixels at factor 1, at the present factor."""
        return length * self._factor

    def font(self, role: Role = "body", *, bold: bool = False, scale: float = 1.0) -> QFont:
        """The letters of `role`, `scale` times as large as they are there."""
        size = max(1, round(self.px(_SIZES[role] * scale)))
        return QFont(_font(role, size, bold or role == "title"))

    def color(self, name: str) -> QColor:
        """A colour of the theme by its name; ``window`` and ``base`` may be transparent."""
        color = QColor(getattr(self._theme, name))
        if self._transparent and name in ("window", "base"):
            color.setAlpha(0)
        return color

    def mark(self, index: int) -> Mark:
        return mark(self._theme, index)

    def pen(self, color: str, width: float) -> QPen:
        """A cosmetic pen, `width` px at factor 1; `color` is #rrggbb or a name of the theme."""
        named = getattr(self._theme, color, color)
        pen = QPen(QColor(named), self.px(width))
        pen.setCosmetic(True)
        return pen


@lru_cache
def _font(role: Role, size: int, bold: bool) -> QFont:
    """The letters of `role`, `size` pixels high."""
    font = QFont(MONO_FAMILY if role == "mono" else TEXT_FAMILY)
    font.setPixelSize(size)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if role != "mono":
        font.setFeature(QFont.Tag("tnum"), 1)  # digits of one width: live numbers do not jump
    return font
