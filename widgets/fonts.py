"""Gives Qt the typefaces that ship with the program: text looks the same on every machine."""

import logging
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

from resources import FONTS, resource_path
from widgets.style import MONO_FAMILY, TEXT_FAMILY

SYMBOL_FAMILY = "Noto Sans Math"

logger = logging.getLogger(__name__)


def load_fonts(files: Iterable[Path] | None = None) -> tuple[str, ...]:
    """The families of typefaces loaded into Qt from `files`; from those that ship, without.

    Call it once, after the QApplication is made. Signs that a family lacks, such as the nabla, are
    taken from `SYMBOL_FAMILY`, whatever other typefaces the machine has. A file that cannot be
    loaded is told of in the log and left out: the program runs on with what there is.
    """
    families: dict[str, None] = {}  # in order, each once
    for file in map(resource_path, FONTS) if files is None else files:
        number = QFontDatabase.addApplicationFont(str(file))
        if number < 0:
            logger.warning(
                "The typeface %s cannot be loaded, so text may look different. "
                "Install Layerscope again to get the file back.",
                file,
            )
        families |= dict.fromkeys(QFontDatabase.applicationFontFamilies(number))
    for family in (TEXT_FAMILY, MONO_FAMILY):
        QFont.insertSubstitution(family, SYMBOL_FAMILY)
    return tuple(families)
