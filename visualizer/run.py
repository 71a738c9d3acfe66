"""A scene made to run without window or clock: step, apply what was done at that step, look.

Exports, the scripting interface and the gallery go this way, so that what they give depends on the
scene alone. The player does the same with a clock.
"""

from collections import deque
from collections.abc import Iterator

import torch

from kernels.device import choose_device, default_threads
from kernels.editing import load
from kernels.parameters import Parameters
from kernels.simulation import AnySimulation, Frame, advance
from visualizer.recording import apply_input, journal_of
from visualizer.registry import PanelInfo, find_panel
from visualizer.scene import Play, Scene


def device_of(info: PanelInfo, parameters: Parameters, play: Play) -> torch.device:
    """Where a panel's parameters are computed: where `play` wants it, or where they prefer it.

    Raises `DeviceError` if that device is not here or cannot do it.
    """
    kind = info.load_simulation()(parameters)
    return choose_device(play.device, prefers=kind.prefers, dtype=kind.dtype)


def build_simulation(info: PanelInfo, parameters: Parameters, play: Play) -> AnySimulation:
    """A fresh simulation of a panel's parameters. Raises `DeviceError` as `device_of` does."""
    return info.load_simulation()(parameters)(parameters, device_of(info, parameters, play))


def thread_count(play: Play) -> int:
    """How many threads a run computes with: its bits depend on it."""
    return play.threads or default_threads()


class Run:
    """A scene with its simulation, moved on by hand.

    Parameters
    ----------
    scene
        What to run. Its recorded inputs are applied at their steps.

    Attributes
    ----------
    info, parameters, simulation
        The panel, the present parameters, and the simulation.

    Raises
    ------
    SceneError, ParameterError, DeviceError
        If the scene names a panel or a parameter that does not exist, or asks for a device that is
        not here.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.info = find_panel(scene.panel)
        self.parameters: Parameters = load(self.info.load_parameters(), scene.parameters)
        self._waiting = deque(journal_of(self.info, self.parameters, scene.inputs))
        torch.set_num_threads(thread_count(scene.play))
        torch.manual_seed(0)
        self.simulation = build_simulation(self.info, self.parameters, scene.play)
        self._apply_inputs()

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return self.simulation.finished is not None

    def advance(self, steps: int) -> int:
        """Do at most `steps` further steps; returns how many were done."""
        start = self.simulation.step_count
        while (left := start + steps - self.simulation.step_count) > 0 and not self.finished:
            until_input = self._steps_to_next_input()
            if not advance(
                self.simulation, left if until_input is None else min(left, until_input)
            ):
                break
            self._apply_inputs()
        return self.simulation.step_count - start

    def frame(self, watch: frozenset[str] = frozenset()) -> Frame:
        return self.simulation.frame(watch)

    def frames(self, steps: Iterator[int], watch: frozenset[str] = frozenset()) -> Iterator[Frame]:
        """A frame at each of the rising step numbers `steps`; the last one where the run ends."""
        for target in steps:
            self.advance(target - self.simulation.step_count)
            yield self.frame(watch)
            if self.simulation.step_count < target or self.finished:
                return

    def _steps_to_next_input(self) -> int | None:
        return self._waiting[0][0] - self.simulation.step_count if self._waiting else None

    def _apply_inputs(self) -> None:
        while self._waiting and self._waiting[0][0] <= self.simulation.step_count:
            _, given = self._waiting.popleft()
            apply_input(self.simulation, given)
            if isinstance(given, Parameters):
                self.parameters = given
