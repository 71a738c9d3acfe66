"""Simulations on one step axis: any way of moving about gives what a plain loop gives."""

import threading
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.simulation import State
from tests.visualizer.toys import Jump, Walk, WalkFrame, WalkParameters, same, straight, walk
from visualizer.playing import ensemble as ensembles
from visualizer.playing.apart.run import Apart
from visualizer.playing.computing import FairLock
from visualizer.playing.ensemble import GROWTH, KEEP_SHARE, Ensemble
from visualizer.playing.timeline import Journal

JOURNAL = (
    (0, WalkParameters(rate=0.2)),
    (12, Jump(by=3.0)),
    (12, WalkParameters(rate=0.4)),
    (30, Jump()),
)
STRAIGHT = straight(range(61), JOURNAL)
Kind = type[Ensemble] | type[Apart]
both = pytest.mark.parametrize("kind", [Ensemble, Apart])


def go_to(ensemble: Ensemble | Apart, step: int) -> WalkFrame:
    ensemble.approach(step)
    ensemble.advance(step)
    (frame,) = ensemble.frames()
    assert isinstance(frame, WalkFrame)
    return frame


@both
@settings(max_examples=25)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_any_way_of_going_about_gives_the_frames_of_a_plain_loop(
    kind: Kind, steps: list[int]
) -> None:
    ensemble = kind([walk()], threads=1, journal=JOURNAL)

    for step in steps:
        assert same(go_to(ensemble, step), STRAIGHT[step])


@both
def test_what_is_given_live_is_replayed_alike(kind: Kind) -> None:
    ensemble = kind([walk()], threads=1)
    for step, what in JOURNAL:
        go_to(ensemble, step)
        ensemble.give(what)
    go_to(ensemble, 60)

    assert ensemble.journal == JOURNAL
    for step in (60, 0, 12, 31, 11, 45):
        assert same(go_to(ensemble, step), STRAIGHT[step])


@both
def test_a_new_input_in_the_past_makes_another_future(kind: Kind) -> None:
    ensemble = kind([walk()], threads=1, journal=JOURNAL)
    go_to(ensemble, 60)

    go_to(ensemble, 20)
    ensemble.give(Jump(by=7.0))

    branch = (*JOURNAL[:3], (20, Jump(by=7.0)))
    assert ensemble.journal == branch
    assert ensemble.position.furthest == 20
    assert same(go_to(ensemble, 50), straight([50], branch)[50])


class Worn(Walk):
    """A walk that a change of its parameters wears out, even one that is taken back."""

    def adjust(self, parameters: WalkParameters) -> None:
        super().adjust(parameters)
        self.position *= 0.5


@both
@pytest.mark.parametrize(
    ("given", "journal"),
    [
        ((0.2, 0.1), ()),
        ((0.2, 0.3), ((8, WalkParameters(rate=0.3)),)),
        ((0.1,), ()),
        ((0.2, 0.3, 0.2, 0.1, 0.4), ((8, WalkParameters(rate=0.4)),)),
    ],
)
def test_parameters_that_are_taken_back_at_their_step_leave_no_trace(
    kind: Kind, given: tuple[float, ...], journal: Journal
) -> None:
    build = partial(Worn, WalkParameters())
    ensemble = kind([build], threads=1)
    go_to(ensemble, 8)
    for rate in given:
        ensemble.give(WalkParameters(rate=rate))
    assert ensemble.journal == journal
    assert ensemble.step == 8
    live = go_to(ensemble, 20)
    assert same(live, go_to(kind([build], threads=1, journal=journal), 20))


@both
def test_what_was_done_between_two_changes_of_a_step_keeps_them_apart(kind: Kind) -> None:
    ensemble = kind([walk()], threads=1)
    go_to(ensemble, 8)
    given = (WalkParameters(rate=0.2), Jump(), WalkParameters())
    for what in given:
        ensemble.give(what)
    assert ensemble.journal == tuple((8, what) for what in given)
    assert same(go_to(ensemble, 20), straight([20], ensemble.journal)[20])


def test_a_change_before_which_nothing_was_kept_is_followed_by_the_next() -> None:
    journal = ((8, WalkParameters(rate=0.2)),)
    ensemble = Ensemble([walk()], threads=1, journal=journal, budget=0)
    go_to(ensemble, 8)
    ensemble.give(WalkParameters())
    assert ensemble.journal == (*journal, (8, WalkParameters()))
    assert same(go_to(ensemble, 20), straight([20], ensemble.journal)[20])


@both
def test_a_change_for_a_step_to_come_can_be_taken_back(kind: Kind) -> None:
    ensemble = kind([walk()], threads=1)
    ensemble.give(WalkParameters(rate=0.2), 30)
    ensemble.give(WalkParameters(), 30)
    assert ensemble.journal == ()


@both
def test_an_input_may_be_given_for_a_step_to_come(kind: Kind) -> None:
    ensemble = kind([walk()], threads=1)

    ensemble.give(Jump(), 30)

    assert same(go_to(ensemble, 40), straight([40], ((30, Jump()),))[40])


@both
def test_a_rewritten_past_is_lived_anew(kind: Kind) -> None:
    ensemble = kind([walk()], threads=1, journal=JOURNAL)
    go_to(ensemble, 60)

    ensemble.rewrite(JOURNAL[:1])
    assert ensemble.step <= 12
    ensemble.advance(60)

    assert same(ensemble.frames()[0], straight([60], JOURNAL[:1])[60])


def test_moments_are_kept_within_the_budget_and_change_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ensembles, "KEEP_SHARE", 1e6)  # as often as it can, on any machine
    monkeypatch.setattr(ensembles, "GROWTH", 1e15)
    size = 1000  # 8 kB
    budget = 10 * (8 * size + 40_000)
    ensemble = Ensemble([walk(size=size)], threads=1, budget=budget)
    frame = go_to(ensemble, 1500)

    assert len(ensemble.timeline.moments) > 3
    assert ensemble.timeline.size <= budget
    assert same(frame, straight([1500], size=size)[1500])
    assert same(go_to(ensemble, 1499), straight([1499], size=size)[1499])


class Timed(Walk):
    """A walk on a clock of its own: a step takes a millisecond, a State what is in `copying`."""

    now: ClassVar[float] = 0.0
    copying: ClassVar[list[float]] = []

    @classmethod
    def perf_counter(cls) -> float:
        return cls.now

    def step(self, n: int = 1) -> None:
        super().step(n)
        Timed.now += 0.001 * n

    def state(self) -> State:
        Timed.now += self.copying.pop(0) if self.copying else 0.0
        return super().state()


@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> type[Timed]:
    monkeypatch.setattr("visualizer.playing.ensemble.time", Timed)
    monkeypatch.setattr(Timed, "now", 0.0)
    return Timed


def test_moments_take_no_more_memory_than_the_time_that_they_save(timed: type[Timed]) -> None:
    ensemble = Ensemble([partial(timed, WalkParameters(size=20_000))], threads=1)
    ensemble.advance(200)
    size = ensemble.timeline.moments[-1].size
    assert ensemble.timeline.size <= size + 0.2 * GROWTH
    assert ensemble.timeline.size >= 0.2 * GROWTH / 2


def test_a_disturbed_copy_leaves_no_gap_in_the_past(
    timed: type[Timed], monkeypatch: pytest.MonkeyPatch
) -> None:
    often = 5  # steps between two moments where a copy takes its share of that time
    copying = [often * 0.001 * KEEP_SHARE] * 100
    copying[10] = 1.0
    monkeypatch.setattr(timed, "copying", copying)
    ensemble = Ensemble([partial(timed, WalkParameters())], threads=1)
    ensemble.advance(300)
    steps = [moment.step for moment in ensemble.timeline.moments]
    gaps = [after - before for before, after in pairwise(steps)]
    assert max(gaps) <= often + 1
    assert len(gaps) > 300 / (often + 2)


@both
def test_a_document_is_of_the_run_as_it_is_and_leaves_no_trace(kind: Kind) -> None:
    ensemble = kind([walk(), walk(rate=0.3)], threads=1)
    for step in (7, 9):
        ensemble.advance(step)
        for member, rate in enumerate((0.1, 0.3)):
            wanted = straight([step], rate=rate)[step].position.tobytes()
            assert ensemble.document(".safetensors", member) == {".safetensors": wanted}


@both
def test_the_global_generator_of_others_is_left_alone(kind: Kind) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)

    torch.manual_seed(5)
    ensemble = kind([walk()], threads=1)
    go_to(ensemble, 20)
    ensemble.give(Jump())
    go_to(ensemble, 3)
    ensemble.explain()

    assert torch.equal(torch.rand(3), expected)


@both
def test_the_global_generator_starts_from_the_seed(kind: Kind) -> None:
    one, two, again = (kind([walk()], threads=1, seeds=[seed]) for seed in (1, 2, 1))

    assert not same(go_to(one, 5), go_to(two, 5))
    assert same(go_to(one, 5), go_to(again, 5))


@both
def test_compared_runs_do_not_disturb_each_other_and_end_each_for_itself(kind: Kind) -> None:
    ensemble = kind([walk(finish_at=10), walk(rate=0.3)], threads=1)
    ensemble.advance(40)

    first, second = ensemble.frames()
    assert ensemble.step == 40
    assert first.step == 10
    assert same(second, straight([40], rate=0.3)[40])
    assert not ensemble.ended
    assert [finish is not None for finish in ensemble.finishes] == [True, False]


@both
def test_each_of_compared_runs_can_be_given_its_own(kind: Kind) -> None:
    ensemble = kind([walk(), walk()], threads=1)
    ensemble.advance(4)
    ensemble.give((None, WalkParameters(rate=0.5)))
    ensemble.advance(20)

    first, second = ensemble.frames()
    assert same(first, straight([20])[20])
    assert same(second, straight([20], ((4, WalkParameters(rate=0.5)),))[20])


@both
def test_a_run_ends_where_its_simulations_do(kind: Kind) -> None:
    finished, exhausted = kind([walk(finish_at=7)]), kind([walk(length=7)])

    assert finished.advance(None) == 10  # observed every 5 steps
    assert exhausted.advance(None) == 7
    assert finished.ended
    assert exhausted.ended
    assert exhausted.position.length == 7
    assert finished.position.length is None
    exhausted.approach(0)
    assert not exhausted.ended


def test_time_and_the_stop_flag_end_an_advance() -> None:
    ensemble = Ensemble([walk()])

    assert 0 < ensemble.advance(None, seconds=0.002) < 10_000
    assert ensemble.advance(None, stopped=lambda: True) == 0


@both
def test_a_failed_step_can_be_gone_back_from(kind: Kind) -> None:
    ensemble = kind([walk(fail_in="step", fail_at=9)], threads=1)

    with pytest.raises(ZeroDivisionError):
        ensemble.advance(20)

    good = ensemble.step
    assert not ensemble.intact
    assert good <= 9
    assert same(go_to(ensemble, good), straight([good])[good])
    assert ensemble.intact


@both
def test_a_refused_input_is_not_journalled(kind: Kind) -> None:
    ensemble = kind([walk()], threads=1)
    go_to(ensemble, 8)

    with pytest.raises(ValueError, match="cannot be made"):
        ensemble.give(WalkParameters(fail_in="adjust"))

    assert ensemble.journal == ()
    assert same(go_to(ensemble, 8), straight([8])[8])


@both
def test_a_recorded_input_that_is_refused_is_struck_out(kind: Kind) -> None:
    bad = (6, WalkParameters(fail_in="adjust"))
    ensemble = kind([walk()], threads=1, journal=((3, Jump()), bad, (9, Jump())))

    with pytest.raises(ValueError, match="cannot be made"):
        ensemble.advance(20)

    assert ensemble.journal == ((3, Jump()),)
    assert same(go_to(ensemble, 20), straight([20], ((3, Jump()),))[20])


def test_the_thread_count_is_that_of_the_run() -> None:
    seen = []

    class Counting(Walk):
        def step(self, n: int = 1) -> None:
            seen.append(torch.get_num_threads())
            super().step(n)

    for threads in (2, 1):
        Ensemble([lambda: Counting(WalkParameters())], threads=threads).advance(1)

    assert seen == [2, 1]


def test_the_lock_is_given_in_the_order_of_asking() -> None:
    lock, order, asked = FairLock(), [], threading.Semaphore(0)

    def take(name: int) -> None:
        asked.release()
        with lock:
            order.append(name)

    threads: list[Any] = []
    with lock:
        for name in range(3):
            threads.append(threading.Thread(target=take, args=(name,)))
            threads[-1].start()
            asked.acquire()
            while len(lock._waiting) <= name:
                pass
    with lock:
        order.append("last")
    for thread in threads:
        thread.join()

    assert order == [0, 1, 2, "last"]
