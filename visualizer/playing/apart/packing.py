"""Values on their way between two processes: pickled, and what lasts for a run only once."""

import io
import pickle
from typing import IO, Any

from kernels.simulation import Lasting

PROTOCOL = 5  # arrays that are read-only stay so

Sent = dict[int, Lasting]  # what lasts, by the number under which it was sent


def pack(value: object, sent: Sent) -> bytes:
    """`value` as bytes; what lasts in it goes along the first time only, and is noted in `sent`."""
    body, fresh = io.BytesIO(), Sent()
    _Pickler(body, sent, fresh).dump(value)
    packed = pickle.dumps(fresh, PROTOCOL) + body.getbuffer()
    sent |= fresh
    return packed


def unpack(packed: bytes, received: Sent) -> Any:
    """The value of `packed`; what lasts in it is the same object each time, from `received`."""
    stream = io.BytesIO(packed)
    received |= pickle.load(stream)
    return _Unpickler(stream, received).load()


class _Pickler(pickle.Pickler):
    def __init__(self, file: IO[bytes], sent: Sent, fresh: Sent) -> None:
        super().__init__(file, PROTOCOL)
        self._sent, self._fresh = sent, fresh

    def persistent_id(self, value: object) -> int | None:
        if not isinstance(value, Lasting):
            return None
        number = id(value)  # `sent` keeps it, so that nothing else gets this number
        if number not in self._sent:
            self._fresh[number] = value
        return number


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes], received: Sent) -> None:
        super().__init__(file)
        self._received = received

    def persistent_load(self, number: int) -> Lasting:
        return self._received[number]
