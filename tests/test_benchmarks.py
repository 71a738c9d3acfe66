"""The benchmarks run, at tiny sizes; how fast anything is here is nobody's business.

The race in a window is left out: it needs a screen, and seconds to come to its speed.
"""

import json
import os
import pkgutil
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from benchmarks import __main__ as program
from benchmarks import basins, film, film_peer, landscape, start_up, tiny_networks, waiting
from benchmarks.processes import screen
from benchmarks.results import Report, Result, Spread, markdown, ratios


def test_a_spread_tells_the_median_and_the_range() -> None:
    assert Spread((3.0, 1.0, 2.0)).text("s") == "2 s (1 to 3)"
    assert Spread((12345.6,)).text("steps/s") == "12,346 steps/s"
    assert Spread((0.12345, 0.2)).text("s") == "0.162 s (0.123 to 0.2)"


def test_ratios_are_taken_repeat_by_repeat() -> None:
    ours, peer = Spread((2.0, 30.0)), Spread((1.0, 10.0))
    assert ratios(ours, peer).values == (2.0, 3.0)


def test_the_table_names_what_is_not_met() -> None:
    rows = (
        Result(measured="first", ours="1 s", ratio=Spread((0.5,)), demand="under 1", met=True),
        Result(measured="second", ours="3 s", peer="2 s", demand="under 2 s", met=False),
        Result(measured="third", ours="4 s"),
    )
    page = markdown([Report("Some", rows, ("A note.",))])
    assert "| first | 1 s |  | 0.5 | under 1 | yes |" in page
    assert "| second | 3 s | 2 s |  | under 2 s | **no** |" in page
    assert "| third | 4 s |  |  |  |  |" in page
    assert "- A note." in page
    assert os.getcwd() not in page


def called_here(function: str, environment: Mapping[str, str], **arguments: Any) -> Any:
    """What `benchmarks.processes.call` gives, without a process."""
    given = json.loads(json.dumps(arguments))
    return json.loads(json.dumps(pkgutil.resolve_name(function)(**given)))


@pytest.fixture
def here(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (basins, film, landscape, tiny_networks, waiting):
        monkeypatch.setattr(module, "call", called_here)


@pytest.mark.usefixtures("here")
def test_basins_are_measured() -> None:
    report = basins.measure(repeats=2, side=16, steps=100)
    times, memory, pictures = report.results
    assert times.ratio is not None
    assert len(times.ratio.values) == 2
    assert min(times.ratio.values) > 0
    assert ("MB" in memory.ours) == (memory.met is not None) == basins.IS_LINUX
    assert pictures.met


@pytest.mark.usefixtures("here")
def test_a_film_and_its_peers_are_measured() -> None:
    report = film.measure(repeats=1, frames=3, size=(640, 360))
    for result in report.results:
        assert result.ratio is not None
        assert result.ratio.median > 0
    demanded, told = report.results
    assert "640 × 360" in demanded.measured
    assert demanded.met is not None
    assert told.met is None


def test_both_peers_of_the_film_draw_the_same() -> None:
    frames = film_peer.frames_of_the_run(8)
    figure = film_peer.Figure(frames, (640, 360))
    over, whole = (
        np.frombuffer(draw(frames[5]), np.uint8).astype(int)
        for draw in (figure.draw_over, figure.draw)
    )
    assert np.abs(over - whole).mean() < 1


@pytest.mark.usefixtures("here")
def test_waiting_is_measured() -> None:
    report = waiting.measure(repeats=1, steps=20, rows=2)
    assert all(float(result.ours.split()[0]) > 0 for result in report.results)
    assert report.results[0].ratio is not None
    assert any("2 optimizers" in result.measured for result in report.results)


@pytest.mark.usefixtures("here")
def test_tiny_networks_are_measured() -> None:
    report = tiny_networks.measure(repeats=1, steps=10)
    assert len(report.results) == 3 * 3 * 3
    for result in report.results:
        assert result.ratio is not None
        assert result.ratio.median > 0
    assert [result.met is not None for result in report.results] == 9 * [True, False, False]
    assert report.results[0].measured == "2-4-2-1, sgd"


@pytest.mark.usefixtures("here")
def test_the_landscape_is_measured_and_is_that_of_the_peer() -> None:
    speed, apart = landscape.measure(repeats=1, side=4, samples=60, updates=3).results
    assert speed.ratio is not None
    assert speed.ratio.median > 0
    assert speed.met is not None
    assert 0 < float(apart.ours) < 1e-5
    assert apart.met


def test_the_start_is_measured_without_torch() -> None:
    with screen() as environment:
        seconds, torch_is_there = start_up.first_picture(environment)
    assert seconds > 0
    assert not torch_is_there


def test_an_unknown_benchmark_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        program.main(["everything"])
    assert exit_.value.code == 2
    assert "there is no benchmark everything" in capsys.readouterr().err
