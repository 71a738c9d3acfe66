"""How functions become machine code, and where that is kept; importing this loads numba."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., object])

# A product and a sum may be rounded once; nothing is put in another order.
OPTIONS: dict[str, Any] = {"fastmath": {"contract"}, "nogil": True, "error_model": "numpy"}


def inner(function: F) -> F:
    """`function` as part of the machine code that calls it."""
    made: F = numba.njit(forceinline=True, **OPTIONS)(function)
    return made


def apart(function: F) -> F:
    """`function` as machine code by itself: LLVM makes vectors of loops in a short function."""
    made: F = numba.njit(**OPTIONS)(function)
    return made


def outer(function: F) -> F:
    """`function` as machine code that is kept between runs, where there is room for it.

    It is kept in `cache_folder`, or where NUMBA_CACHE_DIR says, and never beside the source; there
    in a folder for this very package, since numba by itself looks only at the file of `function`
    for changes, and not at what is called from it. It leaves the interpreter to other threads.
    """
    chosen = numba.config.CACHE_DIR
    folder = (Path(chosen) if chosen else cache_folder()) / _fingerprint()
    if not is_writable(folder):
        return apart(function)
    numba.config.CACHE_DIR = str(folder)
    try:
        made: F = numba.njit(cache=True, **OPTIONS)(function)
    finally:
        numba.config.CACHE_DIR = chosen
    return made


def cache_folder() -> Path:
    """Where programs of this person keep what can be made again, with a folder for ours."""
    if sys.platform == "win32":
        place = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        place = Path.home() / "Library" / "Caches"
    else:
        place = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(place) / "layerscope" / "machine-code"


def _fingerprint() -> str:
    """What changes with any file of this package."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def is_writable(folder: Path) -> bool:
    """Whether files can be made in `folder`, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True
