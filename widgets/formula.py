r"""Formulas in TeX, as vectors, without any TeX installed."""

from collections import deque
from collections.abc import Callable
from functools import cache, lru_cache
from threading import Lock, Thread

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.redraw_pace import is_on_screen
from widgets.style import Role, Style

_SIZE = 24.0  # px at which formulas are set; QSvgRenderer scales them to any other
_INK = "#010203"  # in which they are set, to be replaced
_setting = Lock()


def formula_svg(tex: str, color: str) -> bytes | None:
    """The SVG of a formula, set at 24 px in `color` (#rrggbb); None if `tex` cannot be read."""
    svg = typeset(tex)
    return svg.replace(_INK, color).encode() if svg else None


@lru_cache(maxsize=512)
def typeset(tex: str) -> str | None:
    """The SVG of a formula in `_INK`: one of many numbers takes 5 to 50 ms."""
    with _setting:
        import ziamath  # takes 0.1 s: loaded with the first formula

        ziamath.config.svg2 = False  # QtSvg draws no <symbol> and no <use>
        try:
            svg: str = ziamath.Latex(tex, size=_SIZE, color=_INK).svg()
        except Exception:  # the parsers raise whatever they meet
            return None
    return svg


class _Typesetter(QObject):
    """Sets formulas one after the other, in a thread that lasts as long as there are any.

    Signals
    -------
    ready(tex)
        A formula was set; `typeset` has it.
    """

    ready = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._asked: deque[tuple[str, Callable[[], bool]]] = deque()
        self._lock = Lock()
        self._is_setting = False

    def ask(self, tex: str, is_wanted: Callable[[], bool]) -> None:
        """Set `tex`, unless it is not wanted any more when its turn comes."""
        with self._lock:
            self._asked.append((tex, is_wanted))
            if not self._is_setting:
                self._is_setting = True
                Thread(target=self._set, name="formulas").start()

    def _set(self) -> None:
        """Set what was asked for, until nothing is left."""
        while True:
            with self._lock:
                if not self._asked:
                    self._is_setting = False
                    return
                tex, is_wanted = self._asked.popleft()
            if is_wanted():
                typeset(tex)
                self.ready.emit(tex)


@cache
def _typesetter() -> _Typesetter:
    return _Typesetter()


class FormulaLabel(QWidget):
    """A formula in the letters of mathematics; the source itself where it cannot be read.

    It is as large as its text role asks, shrinks to fit a narrow place, and is read to those who
    do not see it as TeX. On a screen the formula before stays until the next one is set.

    Signals
    -------
    caughtUp()
        It shows on a screen what it was given.
    """

    caughtUp = Signal()

    def __init__(self, style: Style, role: Role = "label", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._role: Role = role
        self._tex = ""
        self._shown = ""  # what is shown of it, or was before it
        self._look: tuple[str, str] = "", ""  # the formula and the colour of the renderer
        self._alignment = Qt.AlignmentFlag.AlignCenter
        self._renderer: QSvgRenderer | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        style.changed.connect(self._restyle)
        _typesetter().ready.connect(self._catchUp)

    def tex(self) -> str:
        return self._tex

    def setTex(self, tex: str) -> None:
        r"""Show `tex`, such as ``w \leftarrow w - \eta \nabla f(w)``."""
        if tex != self._tex:
            self._tex = tex
            self.setAccessibleName(tex)
            if is_on_screen(self):
                _typesetter().ask(tex, lambda: tex == self._tex)
            else:
                self._shown = tex
                self._restyle()

    def isCaughtUp(self) -> bool:
        """Whether what is shown is what was set last."""
        return self._shown == self._tex

    @Slot(str)
    def _catchUp(self, tex: str) -> None:
        """`tex` was set: show it if it is what is wanted."""
        if tex == self._tex and not self.isCaughtUp():
            self._shown = tex
            self._restyle()
            self.caughtUp.emit()

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
            width, height = metrics.horizontalAdvance(self._shown), metrics.height()
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
        look = self._shown, self._style.theme().text
        if look != self._look:  # else it has another size at most
            self._look = look
            svg = formula_svg(*look) if self._shown else None
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
            painter.drawText(room, self._alignment | Qt.AlignmentFlag.AlignVCenter, self._shown)
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
