"""What may be done to the files of others, asked before they are replaced."""

import os
from pathlib import Path

WRITABLE = 0o222  # what a mode has where somebody may write


def is_read_only(path: Path) -> bool:
    """Whether `path` is there and not to be written to, though its folder may let it be replaced.

    So is a file that nobody may write, even to root, who could.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # it is not there, or cannot be
        return False
    return not (mode & WRITABLE and os.access(path, os.W_OK))
