"""What a run can be saved as beside pictures and numbers, such as the weights of a network."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from kernels.errors import ExportError
from kernels.simulation import Frame
from visualizer.exporting.sink import Job, Sink


class DocumentSink(Sink):
    """Writes a document of the run as it is in the end.

    Raises `ExportError` if the run has no document with that suffix.
    """

    last_only: ClassVar[bool] = True

    def __init__(self, job: Job) -> None:
        self._job = job
        known = [document.suffix for document in job.run.simulation.documents]
        if job.suffix not in known:
            has = ", ".join(known) or "pictures and numbers"
            raise ExportError(
                f"'{job.run.info.title}' with these parameters has nothing to write as "
                f"{job.suffix}; it has {has}. Choose another suffix."
            )

    def add(self, frame: Frame) -> None:
        """The run itself is asked, not its frames."""

    def finish(self, cancelled: Callable[[], bool]) -> None:
        stem = Path(self._job.name).stem
        for ending, data in self._job.run.document(self._job.suffix).items():
            (self._job.folder / f"{stem}{ending}").write_bytes(data)

    def close(self) -> None:
        """Nothing is open."""
