"""The rules of playing, with a clock that is turned by hand and no thread."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.visualizer.toys import Jump, WalkParameters, same, straight, walk
from visualizer.playing import ensemble as ensemble_module
from visualizer.playing import playback as playback_module
from visualizer.playing.pace import Pace, StepMeter
from visualizer.playing.playback import Playback

pytestmark = pytest.mark.usefixtures("qapp")


class Driver:
    """Drives a playback as a worker and a player do, and notes what comes."""

    def __init__(self, *factories: Callable[[], Any], journal: Any = (), threads: int = 1) -> None:
        self.now = 100.0
        self.playback = Playback(clock=lambda: self.now)
        self.deliveries: list[Any] = []
        self.events: list[Any] = []
        self.journal: Any = None
        self.playback.delivered.connect(self.deliveries.append)
        self.playback.delivered.connect(lambda d: self.events.append(d.position.step))
        self.playback.ended.connect(lambda generation, finishes: self.events.append("ended"))
        self.playback.playingChanged.connect(lambda on: self.events.append(on))
        self.playback.journalChanged.connect(self._on_journal)
        self.playback.load(1, factories or (walk(),), threads, (), journal)

    def _on_journal(self, generation: int, journal: Any) -> None:
        self.journal = journal

    @property
    def steps(self) -> list[int]:
        return [delivery.position.step for delivery in self.deliveries]

    def settle(self) -> None:
        """Slices, until only the clock or a call can bring about more."""
        for _ in range(1000):
            if self.playback.wait() != 0:
                return
            self.playback.work()
        pytest.fail("it never rests")

    def paint(self) -> None:
        self.playback.want(self.playback.generation)

    def beat(self, count: int = 1, seconds: float = 1 / 30) -> None:
        for _ in range(count):
            self.settle()
            self.paint()
            self.now += seconds
        self.settle()


def test_the_first_frame_comes_without_a_step_and_only_one() -> None:
    driver = Driver()
    driver.settle()

    assert driver.steps == [0]
    driver.paint()
    driver.settle()
    assert driver.steps == [0]


@pytest.mark.parametrize("k", [1, 2, 7, 100])
def test_exactly_k_steps_lie_between_two_frames(k: int) -> None:
    driver = Driver()
    driver.playback.set_steps_per_frame(k)
    driver.playback.play()
    driver.beat(5)

    assert driver.steps == [0, k, 2 * k, 3 * k, 4 * k, 5 * k]


def test_frames_are_paced() -> None:
    driver = Driver()
    driver.playback.set_frames_per_second(5)
    driver.playback.play()
    driver.settle()
    driver.paint()
    driver.settle()
    assert driver.steps == [0, 1]

    driver.paint()
    driver.now += 0.15
    driver.settle()
    assert driver.steps == [0, 1]
    assert driver.playback.wait() == pytest.approx(0.05)

    driver.now += 0.06
    driver.settle()
    assert driver.steps == [0, 1, 2]


def test_the_beat_holds_on_average_and_a_pause_is_not_made_up_for() -> None:
    pace = Pace(steps_per_frame=1, frames_per_second=10)
    pace.restart(0.0)
    for now in (0.0, 0.104, 0.2):
        assert pace.wait(now) == 0
        pace.begun(now)
    assert pace.due == pytest.approx(0.3)

    pace.begun(5.0)
    assert pace.due == 5.0


def test_without_painting_no_second_frame_is_made_and_no_step_is_done() -> None:
    driver = Driver()
    driver.playback.play()
    driver.settle()
    driver.now += 100

    assert driver.playback.wait() is None
    driver.playback.work()
    assert driver.steps == [0]
    assert driver.playback.run is not None
    assert driver.playback.run.step == 0


def test_at_max_the_run_goes_on_without_painting_and_frames_are_120_a_second() -> None:
    driver = Driver()
    driver.playback.set_steps_per_frame(0)
    driver.playback.play()
    for _ in range(20):
        driver.playback.work()
    assert driver.playback.run is not None
    assert driver.playback.run.step > 20
    assert driver.steps == [0]

    driver.paint()
    driver.playback.work()
    driver.paint()
    driver.now += 0.005
    driver.playback.work()
    assert len(driver.steps) == 2
    driver.now += 0.004
    driver.playback.work()
    assert len(driver.steps) == 3


NIGHT = 9 * 3600.0  # seconds


def test_after_a_night_asleep_it_goes_on_without_a_burst() -> None:
    driver = Driver()
    driver.playback.set_steps_per_frame(3)
    driver.playback.play()
    driver.beat(4)
    assert driver.steps == [0, 3, 6, 9, 12]
    driver.now += NIGHT
    driver.beat(5)
    assert driver.steps == list(range(0, 28, 3))


def test_after_a_night_asleep_the_highest_speed_shows_one_frame_at_a_time() -> None:
    driver = Driver()
    driver.playback.set_steps_per_frame(0)
    speeds: list[float] = []
    driver.playback.measured.connect(speeds.append)
    driver.playback.play()
    for _ in range(5):
        driver.playback.work()
        driver.paint()
    count = len(driver.steps)
    driver.now += NIGHT
    for _ in range(10):
        driver.playback.work()  # nothing was painted meanwhile
    assert len(driver.steps) <= count + 1
    assert all(0 <= speed < 1e9 for speed in speeds)


def test_a_night_asleep_in_the_middle_of_a_step_changes_no_bit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter(range(0, 10**9, int(NIGHT)))  # every look at it is a night later
    monkeypatch.setattr(ensemble_module.time, "perf_counter", lambda: float(next(clock)))
    driver = Driver()
    driver.playback.set_steps_per_frame(7)
    driver.playback.play()
    driver.beat(6)
    monkeypatch.undo()
    assert driver.steps == [0, 7, 14, 21, 28, 35, 42]
    expected = straight(driver.steps)
    for delivery in driver.deliveries:
        assert same(delivery.frames[0], expected[delivery.position.step])


def test_a_pause_at_rest_shows_nothing_new() -> None:
    driver = Driver()
    driver.playback.play()
    driver.beat(3)
    driver.paint()
    driver.playback.pause()
    driver.settle()

    assert driver.steps == [0, 1, 2, 3]
    assert driver.events[-1] is False


def test_a_pause_on_the_way_shows_where_that_is() -> None:
    driver = Driver()
    driver.playback.set_steps_per_frame(10_000_000)
    driver.playback.play()
    driver.settle()
    driver.paint()
    driver.playback.work()
    driver.playback.pause()
    driver.settle()

    assert len(driver.steps) == 2
    assert 0 < driver.steps[1] < 10_000_000


def test_steps_can_be_done_by_hand() -> None:
    driver = Driver()
    driver.settle()
    driver.paint()
    driver.playback.step(1)
    driver.settle()
    driver.paint()
    driver.playback.step(3)
    driver.settle()

    assert driver.steps == [0, 1, 4]


@pytest.mark.parametrize("loaded", ["paused", "finished"])
def test_a_change_while_resting_gives_one_frame_without_a_step(loaded: str) -> None:
    driver = Driver(walk(length=5))
    driver.playback.step(5 if loaded == "finished" else 3)
    driver.settle()
    before = driver.steps[-1]
    driver.deliveries.clear()

    for change in (
        lambda: driver.playback.give(WalkParameters(rate=0.9, length=5)),
        lambda: driver.playback.give(Jump()),
        lambda: driver.playback.watch(frozenset({"part"})),
    ):
        driver.paint()
        change()
        driver.settle()
        driver.paint()
        driver.settle()

    assert driver.steps == [before] * 3
    assert [d.frames[0].rate for d in driver.deliveries] == [0.9] * 3
    assert driver.deliveries[-1].frames[0].seen == ("part",)


def test_several_changes_before_a_paint_give_one_frame() -> None:
    driver = Driver()
    driver.settle()
    for rate in (0.2, 0.3, 0.4):
        driver.playback.give(WalkParameters(rate=rate))
        driver.settle()
    driver.paint()
    driver.settle()

    assert driver.steps == [0, 0]
    assert driver.deliveries[-1].frames[0].rate == 0.4


def test_at_max_ten_frames_a_second_have_what_is_watched() -> None:
    driver = Driver()
    driver.playback.watch(frozenset({"part"}))
    driver.playback.set_steps_per_frame(0)
    driver.playback.play()
    for _ in range(60):
        driver.paint()
        driver.playback.work()
        driver.now += 1 / 60
    dear = [bool(delivery.frames[0].seen) for delivery in driver.deliveries]

    assert len(dear) > 50
    assert 9 <= sum(dear) <= 11

    driver.playback.seek(2, 0)
    driver.playback.work()
    assert driver.deliveries[-1].frames[0].seen == ("part",)
    driver.paint()
    driver.playback.pause()
    driver.settle()
    assert driver.deliveries[-1].frames[0].seen == ("part",)


def test_every_frame_has_what_is_watched_at_a_speed_in_steps() -> None:
    driver = Driver()
    driver.playback.watch(frozenset({"part"}))
    driver.playback.play()
    driver.beat(20, 1 / 60)

    assert all(delivery.frames[0].seen == ("part",) for delivery in driver.deliveries)


def test_the_end_comes_after_the_last_frame() -> None:
    driver = Driver(walk(finish_at=10))
    driver.playback.set_steps_per_frame(4)
    driver.playback.play()
    driver.beat(6)

    assert driver.events == [True, 0, 4, 8, 10, "ended", False]


def test_the_end_waits_for_the_paint_of_the_frame_before() -> None:
    driver = Driver(walk(length=3))
    driver.playback.set_steps_per_frame(0)
    driver.playback.play()
    driver.settle()
    assert driver.events == [True, 0]

    driver.paint()
    driver.settle()
    assert driver.events == [True, 0, 3, "ended", False]


@pytest.mark.parametrize("speed", [2, 0])
def test_a_loop_begins_again_on_the_beat(speed: int) -> None:
    driver = Driver(walk(length=4))
    driver.playback.set_loop(True)
    driver.playback.set_steps_per_frame(speed)
    driver.playback.play()
    driver.beat(7)

    if speed:
        assert driver.steps == [0, 2, 4, 0, 2, 4, 0, 2]
    else:
        assert driver.steps[:5] == [0, 4, 0, 4, 0]
    assert same(driver.deliveries[0].frames[0], driver.deliveries[3 if speed else 2].frames[0])


def test_a_run_that_is_over_at_once_does_not_loop() -> None:
    driver = Driver(walk(length=0))
    driver.playback.set_loop(True)
    driver.playback.play()
    driver.beat(3)

    assert driver.steps[-1] == 0
    assert driver.events[-1] is False


def test_playing_from_the_end_begins_anew() -> None:
    driver = Driver(walk(length=3))
    driver.playback.set_steps_per_frame(3)
    driver.playback.play()
    driver.beat(3)
    driver.playback.play()
    driver.beat(3)

    assert driver.steps == [0, 3, 0, 3]
    assert driver.events.count("ended") == 2


def load_another(driver: Driver) -> None:
    driver.playback.load(driver.playback.generation + 1, (walk(seed=1, length=6),), 1, (), ())


@pytest.mark.parametrize(
    ("by_hand", "plays"),
    [
        ("", True),
        ("watch", True),
        ("give", True),
        ("pause", False),
        ("seek", False),
        ("step", False),
        ("rest", False),
    ],
)
def test_what_is_loaded_after_the_end_plays_unless_somebody_paused(
    by_hand: str, plays: bool
) -> None:
    driver = Driver(walk(length=3))
    driver.playback.set_steps_per_frame(3)
    driver.playback.play()
    driver.beat(3)
    match by_hand:
        case "seek":
            driver.playback.seek(2, 1)
        case "step":
            driver.playback.step(1)
        case "watch":
            driver.playback.watch(frozenset({"part"}))
        case "give":
            driver.playback.give(WalkParameters(length=3, rate=0.2))
        case "pause" | "rest":
            getattr(driver.playback, by_hand)()
    driver.beat(3)
    driver.events.clear()
    load_another(driver)
    driver.beat(4)
    assert driver.events == ([True, 0, 3, 6, "ended", False] if plays else [0])


def test_what_cannot_be_loaded_after_the_end_does_not_play() -> None:
    driver = Driver(walk(length=3))
    driver.playback.play()
    driver.beat(5)
    driver.events.clear()
    with pytest.raises(RuntimeError):
        driver.playback.load(2, (walk(fail_in="constructor"),), 1, (), ())
    driver.beat(2)
    assert driver.events == [3]
    driver.events.clear()
    load_another(driver)
    driver.beat(1)
    assert driver.events[0] is True


def test_a_seek_shows_the_way_at_once_if_it_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playback_module, "PATIENCE", 0.0)
    driver = Driver()
    driver.settle()
    driver.playback.seek(2, 4_000)
    driver.playback.work()

    assert [d.arrived for d in driver.deliveries] == [True, False]
    assert driver.deliveries[1].generation == 2
    for _ in range(2000):
        driver.playback.work()
        if driver.playback.wait() != 0:
            break
    driver.paint()
    driver.settle()
    assert driver.steps[2:] == [4_000]


def test_a_short_seek_shows_only_where_it_leads() -> None:
    driver = Driver()
    driver.playback.step(40)
    driver.settle()
    driver.playback.seek(2, 17)
    driver.settle()
    driver.paint()
    driver.settle()

    assert driver.steps == [40, 17]
    assert same(driver.deliveries[-1].frames[0], straight([17])[17])


def test_a_pause_does_not_end_a_seek() -> None:
    driver = Driver()
    driver.playback.play()
    driver.settle()
    driver.playback.seek(2, 500)
    driver.playback.pause()
    driver.settle()

    assert driver.steps[-1] == 500


def test_what_is_given_on_the_way_of_a_seek_counts_from_its_end() -> None:
    driver = Driver()
    driver.settle()
    driver.playback.seek(2, 500)
    driver.playback.give(Jump())
    driver.settle()

    assert driver.journal == ((500, Jump()),)
    assert same(driver.deliveries[-1].frames[0], straight([500], ((500, Jump()),))[500])


def test_a_seek_beyond_the_end_shows_the_end() -> None:
    driver = Driver(walk(length=20))
    driver.settle()
    driver.playback.seek(2, 1000)
    driver.settle()

    assert driver.steps[-1] == 20
    assert driver.deliveries[-1].position.ended


def test_what_is_given_on_the_way_of_a_seek_beyond_the_end_comes_at_the_end() -> None:
    driver = Driver(walk(length=20))
    driver.settle()
    driver.playback.seek(2, 1000)
    driver.playback.give(Jump())
    driver.settle()

    assert driver.journal == ((20, Jump()),)
    expected = straight([20], ((20, Jump()),), length=20)[20]
    assert same(driver.deliveries[-1].frames[0], expected)


def test_the_steps_are_counted() -> None:
    meter = StepMeter()
    meter.restart(10.0)

    assert meter.reach(1_000, 10.1) is None  # where it begins
    assert meter.reach(1_030, 10.2) is None
    assert meter.reach(1_100, 10.5) == pytest.approx(200)
    assert meter.reach(1_150, 11.0) == pytest.approx(100)


def test_neither_a_seek_nor_a_new_start_counts_as_steps() -> None:
    meter = StepMeter()
    meter.restart(0.0)
    meter.reach(100, 0.1)
    meter.reach(110, 0.2)
    meter.jump()
    meter.reach(5_000, 0.3)
    meter.reach(5_010, 0.4)
    meter.reach(0, 0.45)  # it ended, and starts again

    assert meter.reach(5, 0.5) == pytest.approx(50)
