"""When pictures are due, and how fast the steps go."""

from dataclasses import dataclass

AT_MAX = 120.0  # pictures a second at most, when steps go as fast as they can
REPORT = 0.5  # seconds between two reports of the speed


@dataclass(slots=True)
class Pace:
    """The beat of the pictures: `steps_per_frame` steps between two (0: as many as can be done).

    The beat is kept on average: a picture that is a little late does not delay the next one, and
    one that is later than a whole beat is not made up for.
    """

    steps_per_frame: int = 1
    frames_per_second: float = 30.0
    due: float = 0.0  # when the next picture may be begun, on the clock of the caller

    @property
    def beat(self) -> float:
        """Seconds between two pictures."""
        return 1 / (self.frames_per_second if self.steps_per_frame else AT_MAX)

    def wait(self, now: float) -> float:
        """Seconds until the next picture may be begun."""
        return max(0.0, self.due - now)

    def begun(self, now: float) -> None:
        """A picture was begun."""
        self.due = max(self.due + self.beat, now)

    def restart(self, now: float) -> None:
        """The next picture is due now."""
        self.due = now


@dataclass(slots=True)
class StepMeter:
    """Steps a second, over the last half second."""

    steps: int = 0
    since: float = 0.0
    last: int | None = None  # the step that was reached; None after a jump, which does not count

    def restart(self, now: float) -> None:
        self.steps, self.since = 0, now

    def jump(self) -> None:
        """What is reached next was not stepped to from what was reached last."""
        self.last = None

    def reach(self, step: int, now: float) -> float | None:
        """The run is at `step`; gives the speed when it is time to report it."""
        self.steps += 0 if self.last is None else max(0, step - self.last)
        self.last = step
        if now - self.since < REPORT:
            return None
        speed = self.steps / (now - self.since)
        self.restart(now)
        return speed
