"""Where the frames of an export go."""

from abc import ABC, abstractmethod

from kernels.simulation import Frame


class Sink(ABC):
    """Takes the frames of a run one after another and leaves files in the folder it was given.

    A sink is made of (folder, target, suffix, run, settings): where to leave its files, the name
    that was asked for, what to make, the `Run`, and the `ExportSettings`.
    """

    def watch(self) -> frozenset[str]:
        """Which of the dear parts of a frame it shows."""
        return frozenset()

    @abstractmethod
    def add(self, frame: Frame) -> None:
        """Take the next frame."""

    @abstractmethod
    def finish(self) -> None:
        """Write what is still to be written."""

    @abstractmethod
    def abandon(self) -> None:
        """Let go of what is open; the folder is removed afterwards."""
