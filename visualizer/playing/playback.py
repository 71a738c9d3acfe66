"""Playing a run: what is to be done next, and when a frame is made. It has no thread and no timer.

A frame is made only where one was asked for since the last (`want`), so that no queue can grow.
With k steps per frame the run rests on the step that is shown until the next picture is due, and
then does exactly k; at the highest speed it goes on all the time, and a frame shows where it is.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from kernels.simulation import AnySimulation, Frame
from visualizer.playing import BUDGET
from visualizer.playing.apart.run import Apart
from visualizer.playing.ensemble import Ensemble, Position
from visualizer.playing.pace import Pace, StepMeter
from visualizer.playing.timeline import Given, Journal

SLICE = 0.008  # seconds that a slice takes at most, if no single step takes longer
ALONE = 0.04  # seconds between two slices of a run that goes on alone, while no frame is wanted
SHORTEST = 0.001  # the same where a frame is due
DEAR = 0.1  # seconds between two frames with their dear parts, while steps go as fast as they can
PATIENCE = 0.03  # seconds of a replay after which a picture of the way is shown


@dataclass(frozen=True, slots=True)
class Delivery:
    """A frame of each simulation, and where the run is.

    `generation` tells for which load or seek it was made; `arrived` is false on the way of a seek.
    """

    generation: int
    frames: tuple[Frame, ...]
    position: Position
    arrived: bool


class Playback(QObject):
    """Plays an `Ensemble` in slices.

    Its methods raise what the simulations raise; `recover` then goes back to the last good step.

    Signals
    -------
    delivered(delivery)
        A frame that was wanted.
    ended(generation, finishes)
        The run came to its end; the last frame was delivered before.
    playingChanged(playing), measured(steps_per_second), journalChanged(generation, journal),
    explained(generation, trace)
    documented(number, files, step)
        The document that was asked for with that number, of the run after `step` steps.
    """

    delivered = Signal(object)
    ended = Signal(int, object)
    playingChanged = Signal(bool)
    measured = Signal(float)
    journalChanged = Signal(int, object)
    explained = Signal(int, object)
    documented = Signal(int, object, int)

    def __init__(
        self,
        *,
        budget: int = BUDGET,
        stopped: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.perf_counter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.generation = 0
        self.run: Ensemble | Apart | None = None
        self._build: Callable[[Journal], Ensemble | Apart] | None = None  # the same run once more
        self._budget = budget
        self._stopped = stopped
        self._clock = clock
        self._pace = Pace()
        self._meter = StepMeter()
        self._watch: frozenset[str] = frozenset()
        self._watched = -math.inf  # when a frame with its dear parts was made
        self._loop = False
        self._playing = False
        self._played_out = False  # it rests since the run ended, and by no other's doing
        self._wanted = False  # a frame can be taken
        self._owed = False  # a frame is to be sent when the target is reached
        self._shown = -1  # the step of the last frame, where the run did not go on from it alone
        self._target: int | None = None
        self._replaying = False  # whether the target belongs to a seek, which a pause does not end
        self._patience = 0.0  # until when a replay may stay unseen
        self._announced = False  # that the run ended

    # ---- which run, and where --------------------------------------------------------------

    def load(
        self,
        generation: int,
        factories: Sequence[Callable[[], AnySimulation]],
        threads: int,
        seeds: Sequence[int],
        journal: Journal,
        apart: bool = False,
    ) -> None:
        """Begin another run, playing if one was, up to its end at least.

        If it cannot be built, the present one stays.
        """
        self._renew(generation)
        self._owed = True  # of this run, or of the present one again
        kind = Apart if apart else Ensemble

        def build(past: Journal) -> Ensemble | Apart:
            return kind(factories, threads=threads, seeds=seeds, journal=past, budget=self._budget)

        self.run = build(journal)
        self._build = build
        self._announced = False
        self._restart_clocks()
        self._set_playing(self._playing or self._played_out)
        self.tell_journal()

    def seek(self, generation: int, step: int) -> None:
        """Go to `step`: at once to a kept moment, then on to the exact step in slices."""
        self.rest()
        self._renew(generation)
        if self.run is not None:
            self.run.approach(step)
            self._replay_to(step)

    def give(self, given: Given) -> None:
        """Give the simulations new parameters or an action: now, or where a seek will end."""
        if self.run is not None:
            self.run.give(given, self._target if self._replaying else None)
            self._owed = self._owed or not self._playing
            self.tell_journal()

    def rewrite(self, generation: int, journal: Journal) -> None:
        """Have another past, up to the present step."""
        step = self._target if self._replaying else None
        self._renew(generation)
        if self.run is not None:
            step = self.run.step if step is None else step
            self.run.rewrite(journal)
            self._replay_to(step)
            self.tell_journal()

    def explain(self, index: int, simulation: int) -> None:
        if self.run is not None:
            self.explained.emit(self.generation, self.run.explain(index, simulation))

    def document(self, number: int, suffix: str) -> None:
        """Tell the files of a document, at the end of a seek if one is under way."""
        if self.run is not None:
            if self._replaying:
                self.run.advance(self._target, stopped=self._stopped)
            self.documented.emit(number, self.run.document(suffix), self.run.step)

    # ---- how it is played ------------------------------------------------------------------

    def play(self) -> None:
        """Go on; from the beginning if the run has ended."""
        if not self._playing:
            self._restart_clocks()
            self._set_playing(True)
        if self.run is not None and self.run.ended and self._target is None:
            self._start_over(self.run)

    def pause(self) -> None:
        self._stop_on_the_way()
        self._set_playing(False)

    def rest(self) -> None:
        """Let what has played to its end be paused there: another run will not play."""
        self._played_out = False

    def toggle(self) -> None:
        if self._playing:
            self.pause()
        else:
            self.play()

    def step(self, n: int) -> None:
        """Pause and do `n` steps."""
        if self.run is not None:
            self._set_playing(False)
            self._target = (self.run.step if self._target is None else self._target) + n
            self._owed = True

    def set_steps_per_frame(self, n: int) -> None:
        if n != self._pace.steps_per_frame:
            self._stop_on_the_way()
            self._pace.steps_per_frame = n
            self._pace.restart(self._clock())

    def set_frames_per_second(self, rate: float) -> None:
        self._pace.frames_per_second = rate
        self._pace.restart(self._clock())

    def set_loop(self, loop: bool) -> None:
        self._loop = loop

    def watch(self, names: frozenset[str]) -> None:
        self._watch, self._watched = names, -math.inf
        self._owed = self._owed or not self._playing

    def want(self, generation: int) -> None:
        """Another frame of this generation can be taken."""
        if generation == self.generation:
            self._wanted = True

    # ---- slices ----------------------------------------------------------------------------

    def work(self) -> None:
        """One slice: send the frame that is ready, go on for some milliseconds, send again."""
        if self.run is None:
            return
        self._begin_picture(self.run)
        if self._show(self.run) and self.run.goes_on_alone:
            return
        self._advance(self.run)
        self._show(self.run)

    def wait(self) -> float | None:
        """Seconds until the next slice; None if only a call can bring about something to do."""
        if self.run is None:
            return None
        if self._target is not None or (self._owed and self._wanted):
            return 0.0
        if not self._playing:
            return None
        rest = self._pace.wait(self._clock()) if self._wanted and not self._owed else None
        if self._pace.steps_per_frame or self.run.ended:
            return rest
        if not self.run.goes_on_alone:
            return 0.0
        return ALONE if rest is None else min(ALONE, rest)

    def _begin_picture(self, run: Ensemble | Apart) -> None:
        """Set out for the next picture, if it is time and nothing else is under way."""
        now = self._clock()
        busy = self._target is not None or self._owed
        if not self._playing or busy or not self._wanted or self._pace.wait(now):
            return
        if run.step == self._shown and not run.ended and not self._pace.steps_per_frame:
            return  # nothing has happened since
        self._pace.begun(now)
        self._owed = True
        if run.ended:
            self._start_over(run)
        elif self._pace.steps_per_frame:
            self._target = run.step + self._pace.steps_per_frame

    def _advance(self, run: Ensemble | Apart) -> None:
        seconds = SLICE
        if self._target is None:
            if not self._playing or self._pace.steps_per_frame or run.ended:
                return
            if self._wanted:  # the slice ends where the next frame is due
                seconds = min(SLICE, max(SHORTEST, self._pace.wait(self._clock())))
        run.advance(self._target, seconds=seconds, stopped=self._stopped)
        if self._playing and not self._replaying:
            speed = self._meter.reach(run.step, self._clock())
            if speed is not None:
                self.measured.emit(speed)
        if run.ended and self._replaying:
            run.give_rest()  # what was given for the target of a seek beyond the end
            self.tell_journal()
        if run.ended:
            self._owed = True
        if run.ended or (self._target is not None and run.step >= self._target):
            self._target, self._replaying = None, False

    def _show(self, run: Ensemble | Apart) -> bool:
        """Send the frame that is owed, if it is ready and wanted; at the end of the run say so."""
        arrived = self._target is None
        impatient = self._replaying and self._clock() >= self._patience
        if not self._owed or not self._wanted or not (arrived or impatient):
            return False
        self._patience = float("inf")  # one picture of the way is enough
        self._owed = not arrived
        at_max = self._playing and not self._pace.steps_per_frame and not run.ended
        goes_on = at_max and self._target is None
        self._shown = -1 if goes_on and run.goes_on_alone else run.step
        frames = run.frames(self._watch_now(at_max), goes_on=goes_on)
        self._wanted = False
        self.delivered.emit(Delivery(self.generation, frames, run.position, arrived))
        if arrived and run.ended:
            self._announce_end(run)
        else:
            self._announced = False
        return True

    def _watch_now(self, at_max: bool) -> frozenset[str]:
        """What is watched; nothing for most of the frames that come as fast as they can."""
        now = self._clock()
        if at_max and now < self._watched + DEAR:
            return frozenset()
        self._watched = now
        return self._watch

    def _announce_end(self, run: Ensemble | Apart) -> None:
        if not self._announced:
            self._announced = True
            self.ended.emit(self.generation, run.finishes)
        if not self._loop or run.step == 0:
            has_played = self._playing or self._played_out
            self._set_playing(False)
            self._played_out = has_played

    # ---- states ----------------------------------------------------------------------------

    def recover(self) -> None:
        """After an error: pause, at the last good step if the simulations were left in between.

        Where the way to that step is what failed, the last kept moment before it is good enough.
        A run that cannot go back, since its process is gone, is built once more.
        """
        run, replaying = self.run, self._replaying
        self._set_playing(False)
        self._target, self._replaying, self._owed = None, False, False
        if run is None or run.intact or self._build is None:
            return
        step = run.step
        self.tell_journal()
        try:
            run.approach(step)
        except Exception:
            self.run = None  # nothing of it can be trusted any more
            run = self.run = self._build(run.journal)
        self._replay_to(run.step if replaying else step)

    def _renew(self, generation: int) -> None:
        """What comes is another run, or another part of it: its first frame is wanted."""
        self.generation = generation
        self._wanted, self._watched, self._shown = True, -math.inf, -1
        self._target, self._replaying, self._owed = None, False, False
        self._meter.jump()

    def _replay_to(self, step: int) -> None:
        """Owe a frame of `step`, where the run is or which it has yet to reach."""
        self._owed = True
        if self.run is not None and self.run.step < step:
            self._target, self._replaying = step, True
            self._patience = self._clock() + PATIENCE

    def _start_over(self, run: Ensemble | Apart) -> None:
        run.approach(0)
        self._owed = True

    def _stop_on_the_way(self) -> None:
        """Leave off on the way to a picture, and show where that is."""
        at_max = self._playing and not self._pace.steps_per_frame
        if not self._replaying and (at_max or self._target is not None):
            self._target, self._owed = None, True

    def _set_playing(self, playing: bool) -> None:
        self.rest()
        if playing != self._playing:
            self._playing = playing
            self.playingChanged.emit(playing)
            if not playing:
                self.measured.emit(0.0)

    def _restart_clocks(self) -> None:
        self._pace.restart(self._clock())
        self._meter.restart(self._clock())

    def tell_journal(self) -> None:
        """Tell what was done to the run."""
        if self.run is not None:
            self.journalChanged.emit(self.generation, self.run.journal)
