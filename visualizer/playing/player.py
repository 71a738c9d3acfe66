"""The player: what the window knows of a run that is computed in a thread.

All that is asked here is queued for the worker and done there between two slices, in order. What
comes of it arrives as signals, in the thread of the window. Importing this module loads no torch.
"""

import gc
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal, Slot

from visualizer.playing import BUDGET
from visualizer.playing.apart.process import interrupt
from visualizer.playing.gate import FrameGate

if TYPE_CHECKING:
    from kernels.simulation import AnySimulation, Frame
    from visualizer.playing.ensemble import Position
    from visualizer.playing.playback import Delivery
    from visualizer.playing.timeline import Given, Journal
    from visualizer.playing.worker import Worker

STACK = 16 * 2**20  # bytes; the default of a thread on macOS is too small for linear algebra
COURTESY = 500  # milliseconds in which a step in the other process has to end by itself
PATIENCE = 2000  # milliseconds in which the thread has to end

_lingering: list[object] = []  # threads in a step that does not end: to destroy them would abort


def prepare_process() -> None:
    """Let threads take turns quickly: a worker in Python code does not hold up the window."""
    sys.setswitchinterval(0.0005)


def settle_process() -> None:
    """Once all is loaded, leave that out when garbage is looked for: it would take 0.2 s."""
    gc.freeze()


def is_lingering() -> bool:
    """Whether the thread of a closed player is still in a step that does not end."""
    return bool(_lingering)


@dataclass(frozen=True, slots=True)
class Statistics:
    """How fast it goes: steps computed and pictures painted a second, over the last half second."""

    steps_per_second: float
    frames_per_second: float


class Player(QObject):
    """Plays simulations side by side on one step axis, in a thread of its own.

    A frame comes only after the last one was reported `painted`, by whoever draws it. While steps
    go as fast as they can, the next one is made meanwhile, and comes when it is due.

    Signals
    -------
    frameReady(frames)
        One frame for each simulation, of the run as it is now: stale ones are dropped.
    positionChanged(position)
        A `Position`, before the frame that shows it.
    playingChanged(playing)
        The run goes on or rests, by whomever.
    finished(finishes)
        The run came to its end, after its last frame: a `Finish` or None for each simulation.
    failed(sentence, details)
        Something went wrong; the run rests at its last good step.
    loading()
        A run is about to be built; `built`, or `rejected` and `failed`, follow.
    built(number)
        The run of the load with this number was built, whether another was loaded since or not.
    rejected(error)
        The last run that was loaded cannot be built, and the one before goes on; `failed` follows.
    documented(number, files, step)
        The document that was asked for with that number, of the run after `step` steps; it comes
        even if another run has begun since.
    journalChanged(journal), measured(statistics), explained(trace)
    """

    frameReady = Signal(object)
    positionChanged = Signal(object)
    playingChanged = Signal(bool)
    finished = Signal(object)
    failed = Signal(str, str)
    loading = Signal()
    built = Signal(int)
    rejected = Signal(object)
    journalChanged = Signal(object)
    measured = Signal(object)
    explained = Signal(object)
    documented = Signal(int, object, int)

    _asked = Signal(str, object)
    _closing = Signal()

    def __init__(self, parent: QObject | None = None, *, budget: int = BUDGET) -> None:
        super().__init__(parent)
        self._budget = budget
        self._thread: QThread | None = None
        self._worker: Worker | None = None
        self._before_start: list[tuple[str, tuple[Any, ...]]] = []
        self._generation = 0
        self._loaded = 0  # the generation at which the run was loaded
        self._gate = FrameGate(self)
        self._gate.passed.connect(self._show)
        self._gate.emptied.connect(self._want)
        self._at_max = False
        self._seeking = False  # a seek was sent and nothing of it has come yet
        self._next_seek: int | None = None
        self._heading = 0  # the step that is shown, or asked for
        self._playing = False
        self._position: Position | None = None
        self._frames: tuple[Frame, ...] = ()
        self._journal: Journal = ()

    # ---- what is known -----------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether the run goes on; follows `play` and `pause` when the worker has come to them."""
        return self._playing

    @property
    def position(self) -> "Position | None":
        """Where the run was at the last frame."""
        return self._position

    @property
    def heading(self) -> int:
        """The step that is shown, or was asked for and is on its way."""
        return self._heading

    @property
    def frames(self) -> "tuple[Frame, ...]":
        """The last frames; empty before the first."""
        return self._frames

    def journal(self) -> "Journal":
        """What was given to the run, as (step, what), as far as `journalChanged` has told."""
        return self._journal

    def gaps(self) -> tuple[float, ...]:
        """The last 1,000 times between two pictures while playing, in seconds."""
        return self._gate.gaps()

    # ---- the run -----------------------------------------------------------------------------

    def load(
        self,
        factories: "Sequence[Callable[[], AnySimulation]]",
        threads: int = 0,
        journal: "Journal" = (),
        seeds: Sequence[int] = (),
        *,
        apart: bool = False,
    ) -> int:
        """Begin another run: built in the worker's thread, shown at step 0.

        It plays if one was playing, or had played to its end and was left there. Gives the number
        of this load.

        `threads` 0 takes the default; `journal` is given to the run again, step by step; `seeds`
        are what torch's global generators start from, one for each simulation, by default 0.
        With `apart` the run is computed in a process of its own, to which the factories are sent.
        """
        self._next_seek, self._heading, self._journal = None, 0, tuple(journal)
        self._loaded = self._renewed()
        self._start()
        run = (tuple(factories), threads, tuple(seeds), tuple(journal), apart)
        self._ask("load", self._loaded, *run)
        self.loading.emit()
        return self._loaded

    @Slot()
    def play(self) -> None:
        """Go on; from the beginning if the run has ended."""
        self._ask("play")

    @Slot()
    def pause(self) -> None:
        self._ask("pause")

    def rest(self) -> None:
        """Let what has played to its end be paused there: another run will not play."""
        self._ask("rest")

    @Slot()
    def toggle(self) -> None:
        self._ask("toggle")

    @Slot()
    @Slot(int)
    def step(self, n: int = 1) -> None:
        """Pause and do `n` steps."""
        self._heading += n
        self._ask("step", n)

    @Slot()
    @Slot(int)
    def step_back(self, n: int = 1) -> None:
        """Pause, `n` steps before the one that is shown."""
        self._post("pause")  # past a seek that waits: of many steps back, the last is sought
        self.seek(self._heading - n)

    @Slot(int)
    def seek(self, step: int) -> None:
        """Go to `step`, exactly; on the way there a picture of a kept moment may be shown."""
        self._heading = max(0, step)
        self._next_seek = self._heading
        if not self._seeking:
            self._send_seek()

    def adjust(self, parameters: "Given") -> None:
        """Go on with other live parameters: for all, or a tuple with one (or None) for each."""
        self._ask("give", parameters)

    def act(self, action: "Given") -> None:
        """Do something to the simulations: to all, or a tuple with one (or None) for each."""
        self._ask("give", action)

    def rewrite(self, journal: "Journal") -> None:
        """Have another past, and replay to the present step: what undoes an action."""
        self._send_seek()
        self._journal = tuple(journal)
        self._ask("rewrite", self._renewed(), tuple(journal))

    def explain(self, index: int = 0, simulation: int = 0) -> None:
        """Ask for the next step of part `index`, worked through; `explained` answers."""
        self._ask("explain", index, simulation)

    def document(self, number: int, suffix: str) -> None:
        """Ask for a document of the first simulation, as it is now.

        `documented` answers with the same `number`, or `failed`.
        """
        self._ask("document", number, suffix)

    # ---- how it is shown ---------------------------------------------------------------------

    @Slot(int)
    def set_steps_per_frame(self, n: int) -> None:
        """Exactly `n` steps between two frames; 0 for as many as can be done."""
        self._at_max = n == 0
        self._set_eager()
        self._ask("set_steps_per_frame", n)

    @Slot(float)
    def set_frames_per_second(self, rate: float) -> None:
        """How often a frame comes, if steps per frame are not 0."""
        self._ask("set_frames_per_second", rate)

    @Slot(bool)
    def set_loop(self, loop: bool) -> None:
        """Whether the run starts again when it has ended."""
        self._ask("set_loop", loop)

    def _set_eager(self) -> None:
        self._gate.is_eager = self._at_max and self._playing

    def watch(self, names: frozenset[str]) -> None:
        """Which dear parts of a frame are wanted."""
        self._ask("watch", names)

    @Slot()
    def painted(self) -> None:
        """The last frame is on the screen: the next may come."""
        self._gate.painted(playing=self._playing)

    # ---- the thread --------------------------------------------------------------------------

    @Slot()
    def close(self) -> None:
        """End the thread, within some seconds; nothing is emitted from then on."""
        if self._thread is None or self._worker is None:
            return
        thread, worker = self._thread, self._worker
        self._thread = self._worker = None
        worker.cancel()
        self._gate.clear()
        self._closing.emit()
        has_ended = thread.wait(COURTESY) or (interrupt() and thread.wait(COURTESY))
        if not has_ended and not thread.wait(PATIENCE):
            _lingering.append((thread, worker))

    def _start(self) -> None:
        if self._thread is not None:
            return
        from visualizer.playing.worker import Worker  # here, so that the first paint needs no torch

        self._thread, self._worker = QThread(), Worker(budget=self._budget)
        self._thread.setObjectName("player")
        self._thread.setStackSize(STACK)
        self._worker.moveToThread(self._thread)
        self._asked.connect(self._worker.execute)
        self._closing.connect(self._worker.shut_down)
        self._worker.failed.connect(self._on_failed)
        self._worker.built.connect(self._on_built)
        self._worker.rejected.connect(self._on_rejected)
        playback = self._worker.playback
        playback.delivered.connect(self._on_delivered)
        playback.ended.connect(self._on_ended)
        playback.playingChanged.connect(self._on_playing)
        playback.journalChanged.connect(self._on_journal)
        playback.measured.connect(self._on_measured)
        playback.explained.connect(self._on_explained)
        playback.documented.connect(self._on_documented)
        if application := QCoreApplication.instance():
            application.aboutToQuit.connect(self.close)
        self._thread.start()
        for method, arguments in self._before_start:
            self._post(method, *arguments)
        self._before_start.clear()

    def _ask(self, method: str, *arguments: Any) -> None:
        """Queue a call of the worker, behind a seek that still waits."""
        self._send_seek()
        self._post(method, *arguments)

    def _post(self, method: str, *arguments: Any) -> None:
        if self._loaded == 0:
            self._before_start.append((method, arguments))
        elif self._worker is not None:
            self._asked.emit(method, arguments)

    def _send_seek(self) -> None:
        if self._next_seek is not None:
            step, self._next_seek = self._next_seek, None
            self._post("seek", self._renewed(), step)
            self._seeking = True

    def _renewed(self) -> int:
        """Another generation: frames that are on their way are stale, and the next is wanted."""
        self._generation += 1
        self._gate.clear()
        self._seeking = False
        return self._generation

    # ---- what comes from the worker ----------------------------------------------------------

    def _is_stale(self, generation: int, oldest: int) -> bool:
        return self._worker is None or generation < oldest

    @Slot(object)
    def _on_delivered(self, delivery: "Delivery") -> None:
        if self._is_stale(delivery.generation, self._generation):
            return
        self._seeking = False
        self._gate.offer(delivery)

    @Slot()
    def _want(self) -> None:
        self._post("want", self._generation)

    @Slot(object)
    def _show(self, delivery: "Delivery") -> None:
        self._position, self._frames = delivery.position, delivery.frames
        if delivery.arrived and self._next_seek is None:
            self._heading = delivery.position.step
        self.positionChanged.emit(delivery.position)
        self.frameReady.emit(delivery.frames)
        if not self._seeking:
            self._send_seek()

    @Slot(int, object)
    def _on_ended(self, generation: int, finishes: object) -> None:
        if not self._is_stale(generation, self._generation):
            self._gate.flush()
            self.finished.emit(finishes)

    @Slot(int)
    def _on_built(self, generation: int) -> None:
        if self._worker is not None:
            self.built.emit(generation)

    @Slot(int, object)
    def _on_rejected(self, generation: int, error: object) -> None:
        if not self._is_stale(generation, self._loaded):
            self.rejected.emit(error)

    @Slot(int, str, str)
    def _on_failed(self, generation: int, sentence: str, details: str) -> None:
        if not self._is_stale(generation, self._loaded):
            self._seeking = False
            self.failed.emit(sentence, details)
            if not self._seeking:
                self._send_seek()

    @Slot(bool)
    def _on_playing(self, playing: bool) -> None:
        self._playing = playing
        self._set_eager()
        self._gate.rest()
        if self._worker is not None:
            self.playingChanged.emit(playing)

    @Slot(int, object)
    def _on_journal(self, generation: int, journal: "Journal") -> None:
        if not self._is_stale(generation, self._loaded):
            self._journal = journal
            self.journalChanged.emit(journal)

    @Slot(float)
    def _on_measured(self, steps_per_second: float) -> None:
        rate = self._gate.rate()
        if self._worker is not None:
            self.measured.emit(Statistics(steps_per_second, rate if self._playing else 0.0))

    @Slot(int, object)
    def _on_explained(self, generation: int, trace: object) -> None:
        if not self._is_stale(generation, self._loaded) and trace is not None:
            self.explained.emit(trace)

    @Slot(int, object, int)
    def _on_documented(self, number: int, files: object, step: int) -> None:
        if self._worker is not None:
            self.documented.emit(number, files, step)
