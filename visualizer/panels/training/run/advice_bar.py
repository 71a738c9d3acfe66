"""What may be wrong with a run, and what to do about it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from kernels.diagnosis import Advice
from widgets.bars.banner import Banner
from widgets.style import Style


class AdviceBar(Banner):
    """The gravest advice: its number, the reason under "Details", and a button that applies it.

    What a person has sent away does not come back until `forget`.

    Signals
    -------
    applied(advice)
        The `Advice` that is shown is to be followed.
    """

    applied = Signal(object)

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._advice: Advice | None = None
        self._sentAway: set[str] = set()
        self.details_button.setText("Why")
        self.actionTriggered.connect(self._apply)
        self.dismissed.connect(self._send_away)

    def advise(self, found: tuple[Advice, ...]) -> None:
        """Show the first of `found` that was not sent away; none hides it."""
        wanted = next((a for a in found if a.key not in self._sentAway), None)
        before, self._advice = self._advice, wanted
        if wanted is None:
            self.hide()
            return
        told = f"{wanted.title}. {wanted.sentence}"
        if before is not None and before.key == wanted.key and not self.isHidden():
            self.sentence.setText(told)  # with its present number
            return
        details = f"{wanted.why}\n\nIt is said where: {wanted.rule}\n\nSource: {wanted.source}"
        action = "Apply" if wanted.apply else ""
        self.showMessage("info", told, details=details, action=action)

    def forget(self) -> None:
        """Another run begins: all may be advised again."""
        self._sentAway.clear()

    def _restyle(self) -> None:
        super()._restyle()
        self.details.setFont(self._style.font("body"))  # it is prose

    def _send_away(self) -> None:
        if self._advice is not None:
            self._sentAway.add(self._advice.key)

    def _apply(self) -> None:
        if self._advice is not None:
            self.applied.emit(self._advice)
