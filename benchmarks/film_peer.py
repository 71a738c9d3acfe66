"""The default scene drawn with matplotlib's Agg: the same four views, as one would write them."""

import time
from typing import Any

import numpy as np

COLORS = ("#0072b2", "#d55e00")
HEADINGS = ("", "m", "b", "loss", "slope", "rate", "status")


def drawn(frames: int, size: tuple[int, int], *, cached: bool) -> float:
    """Frames/s, pixels taken, without encoding; `cached` keeps what stands still as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    shown = frames_of_the_run(frames)
    figure = Figure(shown, size)
    draw = figure.draw_over if cached else figure.draw
    draw(shown[0])
    began = time.perf_counter()
    for frame in shown[1:]:
        draw(frame)
    return (len(shown) - 1) / (time.perf_counter() - began)


def frames_of_the_run(count: int) -> list[Any]:
    """The frames of the run that is exported."""
    from visualizer.api import Run, scene

    run = Run(scene("gradient-descent"))
    frames = [run.frame()]
    while len(frames) < count and run.advance(1):
        frames.append(run.frame())
    return frames


class Figure:
    """Data left above, the map right above, the losses left below, the table right below."""

    def __init__(self, frames: list[Any], size: tuple[int, int]) -> None:
        import matplotlib.pyplot as plt

        first, last = frames[0], frames[-1]
        figure, axes = plt.subplots(
            2, 2, figsize=(size[0] / 100, size[1] / 100), dpi=100, layout="constrained"
        )
        self.figure: Any = figure
        (self.data, self.map), (self.losses, self.table) = axes
        self._draw_data(first)
        self._draw_map(first)
        self._draw_losses(first, last)
        self._draw_table(first)
        self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")  # laid out once, as ours is
        self.ground: Any = None

    def _draw_data(self, frame: Any) -> None:
        objective = frame.scenery.objective
        x, y = map(np.asarray, objective.data)
        self.data.plot(x, y, "o", color="black")
        self.x = np.linspace(x.min() - 1, x.max() + 1, 2)
        self.data.set(xlim=(x.min() - 1, x.max() + 1), ylim=(y.min() - 4, y.max() + 4))
        self.data.grid(True)
        self.models = [
            self.data.plot(self.x, self.x, color=color, label=name)[0]
            for name, color in zip(frame.names, COLORS, strict=True)
        ]
        self.data.legend(loc="upper left")  # "best" is sought anew in each frame

    def _draw_map(self, frame: Any) -> None:
        scenery = frame.scenery
        levels = np.geomspace(max(scenery.z.min(), 1e-3), scenery.z.max(), 14)
        filled = self.map.contourf(scenery.x, scenery.y, scenery.z, levels, extend="min")
        self.map.contour(scenery.x, scenery.y, scenery.z, levels, colors="k", linewidths=0.5)
        self.figure.colorbar(filled, ax=self.map)
        self.map.set(xlabel="m", ylabel="b")
        self.paths = [self.map.plot([], [], color=color, lw=2)[0] for color in COLORS]
        self.balls = [self.map.plot([], [], "o", color=color, ms=9)[0] for color in COLORS]
        self.arrow = self.map.annotate(
            "", xytext=(0, 0), xy=(1, 1), arrowprops={"arrowstyle": "->", "lw": 2}
        )

    def _draw_losses(self, first: Any, last: Any) -> None:
        self.losses.set_yscale("log")
        self.losses.set(xlabel="step", ylabel="loss", xlim=(0, max(1, last.step)))
        low = float(last.losses[last.losses > 0].min())
        self.losses.set_ylim(max(low, 1e-9), float(first.losses.max()) * 2)
        self.losses.grid(True)
        self.curves = [self.losses.plot([], [], color=color, lw=2)[0] for color in COLORS]

    def _draw_table(self, frame: Any) -> None:
        self.table.axis("off")
        cells = [["0.000"] * len(HEADINGS) for _ in frame.names]
        self.cells = self.table.table(cells, colLabels=HEADINGS, loc="upper center")
        self.cells.auto_set_font_size(False)
        self.cells.set_fontsize(7)

    def move(self, frame: Any) -> None:
        """Bring all artists to where they are in `frame`."""
        for i in range(len(frame.names)):
            m, b = frame.positions[i]
            self.models[i].set_data(self.x, m * self.x + b)
            self.paths[i].set_data(frame.paths[i, :, 0], frame.paths[i, :, 1])
            self.balls[i].set_data([m], [b])
            self.curves[i].set_data(frame.steps, frame.losses[i])
            slope = float(np.hypot(*frame.gradients[i]))
            numbers = (m, b, float(frame.loss[i]), slope, float(frame.learning_rates[i]))
            texts = (frame.names[i], *(f"{n:.4g}" for n in numbers), frame.status[i])
            for column, text in enumerate(texts):
                self.cells[i + 1, column].get_text().set_text(text)
        at = frame.positions[0]
        self.arrow.set_position(tuple(at))
        self.arrow.xy = tuple(at - 0.1 * frame.gradients[0])

    def draw(self, frame: Any) -> bytes:
        """Draw all of it."""
        self.move(frame)
        self.figure.canvas.draw()
        return bytes(self.figure.canvas.buffer_rgba())

    def draw_over(self, frame: Any) -> bytes:
        """Draw what moves over what stands still."""
        moving = [*self.models, *self.paths, *self.balls, self.arrow]
        canvas = self.figure.canvas
        if self.ground is None:
            for artist in (*moving, self.losses, self.table):
                artist.set_visible(False)
            canvas.draw()
            self.ground = canvas.copy_from_bbox(self.figure.bbox)
            for artist in (*moving, self.losses, self.table):
                artist.set_visible(True)
        self.move(frame)
        canvas.restore_region(self.ground)
        for artist in (*moving, self.losses, self.table):
            artist.axes.draw_artist(artist)
        return bytes(canvas.buffer_rgba())
