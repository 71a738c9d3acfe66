"""The process in which runs are computed apart from the window: calls come in, answers go out.

`process` starts it. It listens before it loads torch, which takes seconds, since it is to end with
the process that started it at any moment.
"""

import gc
import os
import queue
import signal
import sys
import threading
from typing import IO

from visualizer.playing.apart.process import read, write

SWITCH = 0.0005  # seconds after which the thread that listens is let in
NICE = 5  # the window goes first where processors are scarce


def serve() -> None:
    """Answer calls from standard input on standard output until that ends."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is meant for the window, whose end ends this
    sys.setswitchinterval(SWITCH)
    calls, answers = _pipes()
    messages: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(calls, messages), daemon=True).start()

    from visualizer.playing.apart.server import Server
    from visualizer.playing.computing import warm_up

    warm_up()
    gc.freeze()
    server = Server()
    while True:
        server.go_on(lambda: not messages.empty())
        write(answers, server.answer(messages.get()))


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Where calls come in and answers go out; whatever is printed goes to standard error."""
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing if sys.stderr is None else 2, 1)
    return calls, answers


def _listen(calls: IO[bytes], messages: "queue.SimpleQueue[bytes]") -> None:
    """Take in messages; when no more can come, end the process, even within a step."""
    try:
        while True:
            messages.put(read(calls))
    finally:
        os._exit(0)
