"""The folder in which a person opened or saved something last: there the next dialog begins."""

from pathlib import Path

from PySide6.QtCore import QSettings

_KEY = "folder"


def last_folder() -> Path:
    """That folder; the home of the person before the first file."""
    return Path(str(QSettings().value(_KEY) or Path.home()))


def keep_folder_of(path: Path) -> None:
    """Remember that the file `path` was opened or saved."""
    QSettings().setValue(_KEY, str(path.parent))
