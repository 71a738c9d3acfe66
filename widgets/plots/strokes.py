"""Long lines drawn fast, as pixels and as vectors.

Qt strokes a zigzag of 400 points, two pixels wide and antialiased, in 432 ms: it fills the union of
the whole outline. The same line drawn segment by segment takes 4 ms. So a line is
thinned to what the pixels can show, cut at the border and at its dashes with NumPy, and drawn as
segments; on a vector device as a path.
"""

import numpy as np
import pyqtgraph as pg
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPen

from widgets.plots.plane import Floats

_TOLERANCE = 0.12  # pixels by which a dropped point may lie off the line, each time
_MOST_DASHES = 20_000
_VECTOR = {QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf, QPaintEngine.Type.Picture}


def is_vector(painter: QPainter) -> bool:
    """Whether `painter` writes shapes (SVG, PDF) rather than pixels."""
    return painter.paintEngine().type() in _VECTOR


def draw_polyline(
    painter: QPainter,
    points: Floats,
    color: QColor,
    width: float,
    dash: tuple[float, ...] = (),
    clip: QRectF | None = None,
    halo: tuple[QColor, float] | None = None,
    under: QColor | None = None,
    along: float = 0.0,
) -> None:
    """Draw a line through `points` (N, 2), pixels; it is broken where they are NaN.

    `dash` is in line widths, as Qt takes it; what lies outside `clip` is left out. `halo` is the
    colour and the width of an edge that sets the line off from what is under it, `under` the
    colour of a solid line that holds the dashes together. The dashes have begun `along` pixels
    before: it goes on with a line that is drawn already.
    """
    if len(points) < 2:
        return
    segments = to_segments(thin(points))
    rough = False
    if clip is not None:
        segments = clip_segments(segments, clip.adjusted(-width, -width, width, width))
        rough = is_rough(segments, clip)
    if halo is not None:
        wide, whole = width + 2 * halo[1], not along  # its caps would hide what is drawn already
        draw_segments(painter, segments, halo[0], wide, joined=whole, smooth=not rough)
    if under is not None:
        draw_segments(painter, segments, under, width, joined=True, smooth=not rough)
    if dash and len(segments) and not rough:  # on a dense zigzag no dash is seen
        segments = cut_dashes(segments, np.asarray(dash, dtype=np.float64) * width, along)
    draw_segments(painter, segments, color, width, joined=rough or not dash, smooth=not rough)


def draw_segments(
    painter: QPainter,
    segments: Floats,
    color: QColor,
    width: float,
    *,
    joined: bool = False,
    smooth: bool = True,
) -> None:
    """Draw `segments` (M, 4), pixels x0, y0, x1, y1.

    `joined` says that they make up one solid line, `smooth` that they are to be antialiased.
    """
    if not len(segments):
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
    # caps that reach over the ends hide the seams between the segments of a solid line
    seamless = joined and width > 1 and color.alpha() == 255
    cap = Qt.PenCapStyle.SquareCap if seamless else Qt.PenCapStyle.FlatCap
    pen = QPen(color, width, Qt.PenStyle.SolidLine, cap, Qt.PenJoinStyle.RoundJoin)
    if is_vector(painter):
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.strokePath(_path(segments), pen)
        return
    painter.setPen(pen)
    lines = PrimitiveArray(QLineF, 4)
    lines.resize(len(segments))
    lines.ndarray()[:] = segments
    painter.drawLines(*lines.drawargs())


def thin(points: Floats) -> Floats:
    """`points` (N, 2) without those that no eye would miss at this size; NaN rows stay."""
    for run in (8, 4, 2):
        if len(points) < 150:
            return points
        kept = _drop_collinear(points, run)
        if len(kept) > 0.9 * len(points):
            return _column_extremes(kept)
        points = kept
    return points


def _drop_collinear(points: Floats, run: int) -> Floats:
    """Without the inner points of each `run` that lie on the line between its first and last."""
    z = np.ascontiguousarray(points).view(np.complex128).ravel()
    count = (len(z) - 1) // run
    first, last = z[: count * run : run, None], z[run : count * run + 1 : run, None]
    chord = last - first
    inner = z[: count * run].reshape(count, run)[:, 1:]
    with np.errstate(all="ignore"):
        arm = inner - first
        turned = np.conj(chord) * arm
        squared = chord.real**2 + chord.imag**2
        on = turned.imag**2 <= _TOLERANCE**2 * squared
        on &= (turned.real >= 0) & (turned.real <= squared) & (squared > 0)
        on |= arm.real**2 + arm.imag**2 < _TOLERANCE**2  # stands still
    keep = np.ones(len(z), dtype=bool)
    keep[: count * run].reshape(count, run)[:, 1:] = ~on.all(axis=1, keepdims=True)
    return points[keep]


def _column_extremes(points: Floats) -> Floats:
    """Of a dense line that runs to the right, the lowest and highest point in every column."""
    x, y = points[:, 0], points[:, 1]
    if len(x) < 3 or not len(x) > 2.5 * (x[-1] - x[0]):
        return points
    if not np.isfinite(y).all() or np.any(np.diff(x) < 0):
        return points
    starts = np.flatnonzero(np.diff(np.floor(x), prepend=-np.inf))
    lowest, highest = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    ends = np.append(starts[1:], len(x)) - 1
    rising = y[ends] >= y[starts]
    extremes = np.empty((2 * len(starts), 2))
    extremes[0::2, 0], extremes[1::2, 0] = x[starts], x[ends]
    extremes[0::2, 1] = np.where(rising, lowest, highest)
    extremes[1::2, 1] = np.where(rising, highest, lowest)
    return extremes


def is_rough(segments: Floats, clip: QRectF | None) -> bool:
    """Whether a line goes up and down so densely that antialiasing costs much and shows nothing.

    `segments`, (M, 4), are in pixels.
    """
    if clip is None or len(segments) < 500:
        return False
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]).sum()
    return bool(length > 10 * (clip.width() + clip.height()))


def to_segments(points: Floats) -> Floats:
    """The segments (M, 4) between neighbours of `points` (N, 2) that are both finite."""
    segments = np.concatenate([points[:-1], points[1:]], axis=1)
    kept: Floats = segments[np.isfinite(segments).all(axis=1)]
    return kept


def clip_segments(segments: Floats, rect: QRectF) -> Floats:
    """What of `segments` (M, 4) lies within `rect` (Liang and Barsky, 1984)."""
    low = np.array([rect.left(), rect.top()])
    high = np.array([rect.right(), rect.bottom()])
    start, end = segments[:, :2], segments[:, 2:]
    inside = ((start >= low) & (start <= high) & (end >= low) & (end <= high)).all(axis=1)
    if inside.all():
        return segments
    with np.errstate(all="ignore"):
        step = end - start
        to_low, to_high = (low - start) / step, (high - start) / step
        flat = step == 0
        within = (start >= low) & (start <= high)
        enter = np.where(flat, np.where(within, -np.inf, np.inf), np.minimum(to_low, to_high))
        leave = np.where(flat, np.where(within, np.inf, -np.inf), np.maximum(to_low, to_high))
        t0 = np.maximum(enter.max(axis=1), 0.0)
        t1 = np.minimum(leave.min(axis=1), 1.0)
        clipped = np.concatenate([start + t0[:, None] * step, start + t1[:, None] * step], axis=1)
    kept: Floats = clipped[(t0 <= t1) & np.isfinite(clipped).all(axis=1)]
    return kept


def cut_dashes(segments: Floats, pattern: Floats, along: float = 0.0) -> Floats:
    """The drawn parts of `segments` (M, 4), taken as one line, under a dash `pattern` in pixels.

    The pattern has begun `along` pixels before the first of them.
    """
    start, step = segments[:, :2], segments[:, 2:] - segments[:, :2]
    length = np.hypot(step[:, 0], step[:, 1])
    ends = np.cumsum(pattern)
    before = along % ends[-1]
    at = before + np.concatenate([[0.0], np.cumsum(length)])  # (M + 1,) where segments meet
    periods = int(at[-1] // ends[-1]) + 1
    if periods * len(pattern) > _MOST_DASHES:
        return segments
    marks = (np.arange(periods)[:, None] * ends[-1] + ends).ravel()
    cuts = np.sort(np.concatenate([at, marks[(marks > before) & (marks < at[-1])]]))
    middle = (cuts[:-1] + cuts[1:]) / 2
    drawn = np.searchsorted(ends, middle % ends[-1], side="right") % 2 == 0
    owner = np.minimum(np.searchsorted(at, middle, side="right") - 1, len(length) - 1)
    owner, first, last = owner[drawn], cuts[:-1][drawn], cuts[1:][drawn]
    reach = np.where(length[owner] > 0, length[owner], 1.0)
    t0, t1 = (first - at[owner]) / reach, (last - at[owner]) / reach
    return np.concatenate(
        [start[owner] + t0[:, None] * step[owner], start[owner] + t1[:, None] * step[owner]], axis=1
    )


def _path(segments: Floats) -> "pg.QtGui.QPainterPath":
    """`segments` (M, 4) as a path; those that touch are one line in it."""
    touches = np.isclose(segments[1:, :2], segments[:-1, 2:], rtol=0, atol=1e-6).all(axis=1)
    x = segments[:, [0, 2]].ravel()
    y = segments[:, [1, 3]].ravel()
    connect = np.ones(len(x), dtype=np.int32)
    connect[1:-1:2] = touches
    connect[-1] = 0
    return pg.arrayToQPath(x, y, connect=connect)
