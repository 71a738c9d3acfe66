"""The film of the default scene, beside matplotlib's Agg drawing the same views."""

import time
from pathlib import Path

from benchmarks.processes import call, headless
from benchmarks.results import Report, Result, Spread, ratios

SIZE = (1280, 720)
TIMES = 3  # as many frames a second as the peer, at least


def measure(*, repeats: int = 3, frames: int = 120, size: tuple[int, int] = SIZE) -> Report:
    ours, whole, cached = [], [], []
    with headless() as environment:
        for _ in range(repeats):
            given = {"frames": frames, "size": size}
            ours.append(call("benchmarks.film:exported", environment, **given))
            whole.append(call("benchmarks.film_peer:drawn", environment, **given, cached=False))
            cached.append(call("benchmarks.film_peer:drawn", environment, **given, cached=True))
    film, agg, blitted = (Spread(tuple(rates)) for rates in (ours, whole, cached))
    name = f"frames/s at {size[0]} × {size[1]}"
    return Report(
        "Export of the default scene",
        (
            Result(
                measured=f"{name}, H.264 encoded, against Agg without encoding",
                ours=film.text("frames/s"),
                peer=agg.text("frames/s"),
                ratio=ratios(film, agg),
                demand=f"at least {TIMES}",
                met=ratios(film, agg).median >= TIMES,
            ),
            Result(
                measured="the same, against Agg with the map kept as a picture",
                ours=film.text("frames/s"),
                peer=blitted.text("frames/s"),
                ratio=ratios(film, blitted),
            ),
        ),
        (
            "Ours steps the simulation, draws the panel, and encodes with libx264 in a thread; the "
            "first frame, before which everything is loaded, is left out, the end of the file not.",
            "The peer has artists made once, moved by `set_data` and `set_text`: data with two "
            "lines, filled contours with lines, two paths and balls, an arrow, losses on a "
            "logarithmic axis, and a table. Each frame is drawn by `canvas.draw()`, as "
            "`FuncAnimation.save` does, and its pixels are taken; the frames are made beforehand.",
            "With the map kept, only what moves on the map and the data is drawn over their "
            "pictures (`restore_region`, `draw_artist`), as for a live figure; the axis of the "
            "losses, whose numbers change, and the table are drawn anew.",
        ),
    )


def exported(frames: int, size: tuple[int, int]) -> float:
    """Frames/s of the export, from the first to the closed file."""
    import tempfile

    from visualizer.api import ExportSettings, export, scene

    began: list[float] = []

    def note(_: object) -> None:
        began.append(time.perf_counter())

    settings = ExportSettings(frames=frames, width=size[0], height=size[1])
    with tempfile.TemporaryDirectory() as folder:
        export(scene("gradient-descent"), Path(folder) / "film.mp4", settings, progress=note)
        return (len(began) - 1) / (time.perf_counter() - began[0])
