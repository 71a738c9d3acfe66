"""The icons of the program: SVG drawings in ``resources/icons``, in the colours of a theme."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from resources import read_bytes, resource_names
from widgets.style import Style

_SIDE = 32.0  # the largest side at which an icon is shown at factor 1, in pixels


def icon_names() -> tuple[str, ...]:
    """Every icon that takes the colours of a theme, in alphabetic order."""
    stems = (Path(name).stem for name in resource_names("icons"))
    return tuple(stem for stem in stems if not stem.startswith("indicator-"))


def icon(name: str, style: Style, color: str = "text") -> QIcon:
    """The icon `name` in a colour of the theme: pale where disabled, accented where on."""
    made = QIcon()
    normal = style.color(color).name()
    on = normal if color != "text" else style.theme().accent
    states, disabled = ((QIcon.State.Off, normal), (QIcon.State.On, on)), QIcon.Mode.Disabled
    for state, shade in states:
        picture = pixmap(name, shade, style.px(_SIDE))
        made.addPixmap(picture, QIcon.Mode.Normal, state)
        pale = partial(_paled, picture)
        made.addPixmap(_kept(f"pale {name} {shade} {style.px(_SIDE)}", pale), disabled, state)
    return made


def pixmap(name: str, color: str, side: float) -> QPixmap:
    """The icon `name` in `color` (#rrggbb), `side` pixels wide and high, for dense screens too."""
    return _kept(f"{name} {color} {side}", partial(_drawn, name, color, side))


def _kept(key: str, draw: Callable[[], QPixmap]) -> QPixmap:
    """What `draw` gives, drawn once: a form with many rows has the same few icons many times."""
    picture = QPixmap()
    if not QPixmapCache.find(f"layerscope {key}", picture):
        picture = draw()
        QPixmapCache.insert(f"layerscope {key}", picture)
    return picture


def _drawn(name: str, color: str, side: float) -> QPixmap:
    drawing = QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))
    ratio = 2.0
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        drawing.render(painter, QRectF(picture.rect()))
    picture.setDevicePixelRatio(ratio)
    return picture


@cache
def _source(name: str) -> str:
    return read_bytes(f"icons/{name}.svg").decode()


def _paled(picture: QPixmap) -> QPixmap:
    pale = QPixmap(picture.size())
    pale.setDevicePixelRatio(picture.devicePixelRatio())
    pale.fill(Qt.GlobalColor.transparent)
    with QPainter(pale) as painter:
        painter.setOpacity(0.35)
        painter.drawPixmap(0, 0, picture)
    return pale
