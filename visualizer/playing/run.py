"""A scene made to run without window or clock: step, apply what was done at that step, look.

Exports, the scripting interface and the gallery go this way, so that what they give depends on the
scene alone. The player moves the same `Ensemble` on with a clock.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import torch

from kernels.device import choose_device, default_threads
from kernels.editing import load
from kernels.parameters import Parameters
from kernels.simulation import AnySimulation, Frame, Scalar
from visualizer.playing.ensemble import Ensemble
from visualizer.playing.recording import journal_of, last_parameters
from visualizer.registry import PanelInfo, find_panel
from visualizer.scenes.scene import Play, Scene


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
    scene, info, simulation
        The scene, its panel, and its simulation.

    Raises
    ------
    SceneError, ParameterError, DeviceError
        If the scene names a panel or a parameter that does not exist, or asks for a device that is
        not here.
    """

    simulation: AnySimulation

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.info = find_panel(scene.panel)
        self._base: Parameters = load(self.info.load_parameters(), scene.parameters)
        journal = journal_of(self.info, self._base, scene.inputs)
        threads = thread_count(scene.play)
        self._ensemble = Ensemble((self._build,), threads=threads, journal=journal, budget=0)

    @property
    def step(self) -> int:
        """How many steps have been done."""
        return self._ensemble.step

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return self._ensemble.ended

    @property
    def parameters(self) -> Parameters:
        """The parameters as they are now, with the inputs that have come."""
        return last_parameters(self._base, self._ensemble.journal, self.step)

    def advance(self, steps: int, stopped: Callable[[], bool] = lambda: False) -> int:
        """Do at most `steps` further steps; gives how many were done.

        It ends sooner where the run ends, or when `stopped`, asked now and then, says so.
        """
        return self._ensemble.advance(self.step + steps, stopped=stopped)

    def frame(self, watch: frozenset[str] = frozenset()) -> Frame:
        """What there is to see now; parts that cost are made only if `watch` names them."""
        return self._ensemble.frames(watch)[0]

    def frames(self, steps: Iterable[int], watch: frozenset[str] = frozenset()) -> Iterator[Frame]:
        """A frame at each of the rising step numbers `steps`; the last one where the run ends."""
        for step in steps:
            self.advance(step - self.step)
            yield self.frame(watch)
            if self.finished:
                return

    def document(self, suffix: str) -> Mapping[str, bytes]:
        """The files of a document of the run as it is now, by what follows their name."""
        return self._ensemble.document(suffix)

    def summary(self) -> dict[str, Scalar]:
        """What a person would write down at the end of the run."""
        return self.simulation.summary()

    def _build(self) -> AnySimulation:
        self.simulation = build_simulation(self.info, self._base, self.scene.play)
        return self.simulation
