"""The process beside the window in which runs are computed that would hold up the interpreter here.

It is started with `computing_process` and kept for all runs to come. It ends with this process,
however that ends: its standard input is closed then. Importing this module loads no torch.
"""

import atexit
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from typing import IO

from kernels.errors import LayerscopeError

# What it runs; it finds the same modules as this process, whatever made it find them.
PROGRAM = """
import sys
sys.path[:] = sys.argv[1:]
from visualizer.playing.apart.serving import serve
serve()
"""
PATIENCE = 2.0  # seconds in which it has to end
PIPE = 2**19  # bytes
_LENGTH = struct.Struct("<Q")


class ProcessError(LayerscopeError):
    """The process that computes is not there any more."""


def write(stream: IO[bytes], message: bytes) -> None:
    """Send one message."""
    stream.write(_LENGTH.pack(len(message)))
    stream.write(message)
    stream.flush()


def read(stream: IO[bytes]) -> bytes:
    """Wait for one message. Raises `EOFError` where no more will come."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError("the other side has ended")
    return data


class ComputingProcess:
    """A process that answers messages, one after the other, whatever thread they come from."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            (sys.executable, "-c", PROGRAM, *sys.path),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pipesize=PIPE,  # a whole frame, where a pipe can be made so large
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._calls, self._answers = self._process.stdin, self._process.stdout
        self._turn = threading.Lock()

    @property
    def is_there(self) -> bool:
        return self._process.poll() is None

    @property
    def is_asked(self) -> bool:
        """Whether somebody waits for an answer."""
        return self._turn.locked()

    def ask(self, message: bytes) -> bytes:
        """The answer to `message`. Raises `ProcessError` if the process ends before it comes."""
        with self._turn:
            try:
                write(self._calls, message)
                return read(self._answers)
            except (EOFError, OSError, ValueError):
                self.end()
                raise ProcessError(
                    "The process that computes this run ended with exit code "
                    f"{self._process.returncode}, perhaps for want of memory. Try again, since "
                    "another process computes it then; if that ends, too, choose something smaller."
                ) from None

    def end(self) -> None:
        """End it, in the middle of a step if need be."""
        with suppress(OSError):  # what was still to be written can go nowhere
            self._calls.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._answers.close()


_current: ComputingProcess | None = None
_starting = threading.Lock()


def computing_process() -> ComputingProcess:
    """The process that is there, or else a new one: it loads torch before its first answer."""
    global _current
    with _starting:
        if _current is None or not _current.is_there:
            _current = ComputingProcess()
        return _current


def interrupt() -> bool:
    """End the process if somebody waits for its answer; gives whether somebody does."""
    if _current is None or not _current.is_asked:
        return False
    _current.end()
    return True


def end_process() -> None:
    """End the process, if there is one."""
    if _current is not None:
        _current.end()


atexit.register(end_process)
