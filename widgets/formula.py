r"""Formulas in TeX, as vectors, without any TeX installed."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.style import Role, Style

_SIZE = 24.0  # px at which formulas are set; QSvgRenderer scales them to any other


@lru_cache(maxsize=512)
def formula_svg(tex: str, color: str) -> bytes | None:
    """The SVG of a formula, set at 24 px in `color` (#rrggbb); None if `tex` cannot be read."""
    import ziamath  # takes 0.1 s: loaded with the first formula

    ziamath.config.svg2 = False  # QtSvg draws no <symbol> and no <use>
    try:
        svg: str = ziamath.Latex(tex, size=_SIZE, color=color).svg()
    except Exception:  # the parsers raise whatever they meet
        return None
    return svg.encode()


class FormulaLabel(QWidget):
    """A formula in the letters of mathematics; the source itself where it cannot be read.

    It is as large as its text role asks, shrinks to fit a narrow place, and is read to those who
    do not see it as TeX.
    """

    def __init__(self, style: Style, role: Role = "label", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._role: Role = role
        self._tex = ""
        self._alignment = Qt.AlignmentFlag.AlignCenter
        self._renderer: QSvgRenderer | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        style.changed.connect(self._restyle)

    def tex(self) -> str:
        return self._tex

    def setTex(self, tex: str) -> None:
        r"""Show `tex`, such as ``w \leftarrow w - \eta \nabla f(w)``."""
        if tex != self._tex:
            self._tex = tex
            self.setAccessibleName(tex)
            self._restyle()

    def setAlignment(self, alignment: Qt.AlignmentFlag) -> None:
        """Where the formula stands in a place that is larger than it."""
        self._alignment = alignment
        self.update()

    def isFormula(self) -> bool:
        """Whether the source could be read as a formula."""
        return self._renderer is not None

    def sizeHint(self) -> QSize:
        if self._renderer is None:
            metrics = QFontMetricsF(self._style.font("mono"))
            width, height = metrics.horizontalAdvance(self._tex), metrics.height()
        else:
            size = self._renderer.viewBoxF().size() * self._scale()
            width, height = size.width(), size.height()
        margin = 2 * self._style.px(2)
        return QSize(round(width + margin) + 1, round(height + margin) + 1)

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(hint.width(), round(self._style.px(60))), hint.height())

    def _scale(self) -> float:
        # the letters of mathematics look smaller than those of the text face
        return 1.2 * self._style.font(self._role).pixelSize() / _SIZE

    def _restyle(self) -> None:
        svg = formula_svg(self._tex, self._style.theme().text) if self._tex else None
        self._renderer = QSvgRenderer(QByteArray(svg)) if svg else None
        if self._renderer is not None and not self._renderer.isValid():
            self._renderer = None
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        margin = self._style.px(2)
        room = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        if self._renderer is None:
            painter.setFont(self._style.font("mono"))
            painter.setPen(self._style.color("text"))
            painter.drawText(room, self._alignment | Qt.AlignmentFlag.AlignVCenter, self._tex)
        else:
            self._renderer.render(painter, self._place(room))
        painter.end()

    def _place(self, room: QRectF) -> QRectF:
        assert self._renderer is not None
        size = self._renderer.viewBoxF().size() * self._scale()
        fit = min(1.0, room.width() / max(size.width(), 1), room.height() / max(size.height(), 1))
        size *= fit
        left, top = room.left(), room.top()
        if self._alignment & Qt.AlignmentFlag.AlignRight:
            left = room.right() - size.width()
        elif self._alignment & Qt.AlignmentFlag.AlignHCenter:
            left = room.center().x() - size.width() / 2
        if not self._alignment & Qt.AlignmentFlag.AlignTop:
            top = room.center().y() - size.height() / 2
        return QRectF(left, top, size.width(), size.height())
