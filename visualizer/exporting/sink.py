"""Where the frames of an export go."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from kernels.simulation import Frame
from visualizer.exporting.settings import ExportSettings
from visualizer.playing.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a sink is to make of which run: one file `name` in `folder`, or many of that pattern."""

    run: Run
    settings: ExportSettings
    folder: Path
    name: str
    suffix: str


class Sink(ABC):
    """Takes the frames of a run one after another and leaves files in a folder.

    It is made of a `Job`. `close` is called in the end, whether all went well or not.

    Attributes
    ----------
    last_only
        Whether only the last frame matters to it.
    """

    last_only: ClassVar[bool] = False

    def watch(self) -> frozenset[str]:
        """Which of the dear parts of a frame it shows."""
        return frozenset()

    @abstractmethod
    def add(self, frame: Frame) -> None:
        """Take the next frame."""

    @abstractmethod
    def finish(self, cancelled: Callable[[], bool]) -> None:
        """Write what is still to be written, unless `cancelled` comes true meanwhile."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what is open; without `finish`, as soon as possible."""
