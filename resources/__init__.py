"""What ships with the program: typefaces, pictures, scenes. Beside this module lies only data.

Files are named as they lie here, with forward slashes: ``images/cat.jpg``.
"""

from functools import cache
from pathlib import Path

FONTS = (
    "fonts/Inter-Regular.ttf",
    "fonts/Inter-SemiBold.ttf",
    "fonts/JetBrainsMono-Regular.ttf",
    "fonts/JetBrainsMono-Bold.ttf",
    "fonts/NotoSansMath-Regular.ttf",  # the signs that the two others lack
)

_ROOT = Path(__file__).parent


def resource_names(folder: str = "") -> tuple[str, ...]:
    """The names of all data files in and below `folder`, sorted; of all there are without."""
    return tuple(name for name in _all_names() if name.startswith(folder and f"{folder}/"))


def resource_path(name: str) -> Path:
    """Where the file `name` lies on this machine.

    Raises `FileNotFoundError` if no such file ships with the program; nothing outside this folder
    can be named.
    """
    if name not in _all_names():
        folders = sorted({f"{known.partition('/')[0]}/" for known in _all_names()})
        known = ", ".join(resource_names(name.partition("/")[0]) or folders)
        raise FileNotFoundError(
            f"Nothing named '{name}' ships with Layerscope. Choose from {known}."
        )
    return _ROOT / name


def read_bytes(name: str) -> bytes:
    """What is in the file `name`. Raises `FileNotFoundError` as `resource_path` does."""
    return resource_path(name).read_bytes()


@cache
def _all_names() -> tuple[str, ...]:
    folders = (path for path in _ROOT.iterdir() if path.is_dir() and path.name != "__pycache__")
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return tuple(sorted(path.relative_to(_ROOT).as_posix() for path in files))
