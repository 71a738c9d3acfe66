"""A whole panel in small: balls roll down a bowl. The fixture `toy` puts it into the registry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import torch
from pydantic import Field
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kernels.errors import ParameterError
from kernels.parameters import Action, Parameters, View, setting
from kernels.simulation import Array, Document, Finish, Frame, Scalar, Simulation, to_host
from visualizer.panel import Panel
from visualizer.registry import PanelInfo
from widgets.plots.curve_plot import CurvePlot
from widgets.plots.shapes import Curve
from widgets.style import Style

LENGTH = 2000


class Bowl(Parameters):
    kind: Literal["bowl"] = "bowl"
    curvature: float = setting(2.0, help="How steep it is.", gt=0, le=100, scale="log")


class Table(Parameters):
    kind: Literal["table"] = "table"
    file: str = setting("", help="Where the heights come from.", source="CSV (*.csv)")


Ground = Annotated[Bowl | Table, Field(discriminator="kind")]


class Ball(Parameters):
    name: str = setting("ball", help="What it is called.", max_length=20)
    learning_rate: float = setting(
        0.1, help="How far it goes.", gt=0, le=10, scale="log", live=True
    )
    start: tuple[float, float] = setting((3.0, -1.0), help="Where it begins.")


class Noise(Parameters):
    low: float = setting(0.0, help="The least of it.", live=True)
    high: float = setting(0.0, help="The most of it.", live=True)

    def model_post_init(self, _: Any) -> None:
        if self.low > self.high:
            raise ValueError("low is above high")


class Roll(Parameters):
    ground: Ground = setting(Bowl(), help="What they roll on.")
    balls: tuple[Ball, ...] = setting((Ball(),), help="What rolls.", min_length=1, max_length=8)
    noise: Noise = setting(Noise(), help="What shakes them.")
    tolerance: float | None = setting(1e-3, help="When they have arrived.", ge=0)
    seed: int = setting(0, help="Where random numbers begin.", ge=0, le=2**32 - 1)


class Kick(Action):
    kind: Literal["kick"] = "kick"
    by: float = Field(1.0, ge=-10, le=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollFrame(Frame):
    """`places`: where each ball was after each step, (balls, step + 1)."""

    height: float
    first: str
    places: Array
    dear: Array | None = None  # (step + 1,), if it is watched

    def row(self) -> dict[str, Scalar]:
        rest = None if self.step == 0 else 1 / self.step
        return {"step": self.step, "height": self.height, "first": self.first, "rest": rest}


class Rolling(Simulation[Roll, RollFrame]):
    """Gradient descent of each ball's two coordinates, with noise from both kinds of generator."""

    dtype: ClassVar[torch.dtype] = torch.float64
    prefers: ClassVar[Literal["cpu", "accelerator"]] = "cpu"
    actions: ClassVar[tuple[type[Action], ...]] = (Kick,)
    documents: ClassVar[tuple[Document, ...]] = (
        Document(".safetensors", "Places"),
        Document(".py", "Model & code"),
    )

    def __init__(self, parameters: Roll, device: torch.device) -> None:
        super().__init__(parameters, device)
        starts = [ball.start for ball in parameters.balls]
        self.places = torch.tensor(starts, dtype=torch.float64, device=device)  # (balls, 2)
        self.past = [self.places.norm(dim=1)]
        self.generator = torch.Generator(device).manual_seed(parameters.seed)

    @property
    def length(self) -> int:
        return LENGTH

    def step(self, n: int = 1) -> None:
        given = self.parameters
        curvature = given.ground.curvature if isinstance(given.ground, Bowl) else 1.0
        rates = torch.tensor([[ball.learning_rate] for ball in given.balls], dtype=torch.float64)
        width = given.noise.high - given.noise.low
        for _ in range(min(n, LENGTH - self.step_count)):
            own = torch.rand(self.places.shape, generator=self.generator, dtype=torch.float64)
            shared = torch.rand(self.places.shape, dtype=torch.float64)  # torch's global generator
            shake = given.noise.low + width * (own + shared) / 2
            self.places = self.places - rates * curvature * (self.places + shake)
            self.past.append(self.places.norm(dim=1))
            self.step_count += 1

    def observe(self) -> None:
        tolerance = self.parameters.tolerance
        if tolerance is not None and float(self.past[-1].max()) < tolerance:
            self.finished = Finish(reason="converged", sentence="All balls are at rest.")

    def adjust(self, parameters: Roll) -> None:
        self.parameters = parameters
        self.finished = None

    def act(self, action: Action) -> None:
        assert isinstance(action, Kick)
        self.places = self.places + action.by * torch.rand(1, dtype=torch.float64)
        self.finished = None

    def document(self, suffix: str) -> Mapping[str, bytes]:
        torch.rand(3)  # saving leaves no trace
        if any(ball.name == "unsaved" for ball in self.parameters.balls):
            raise ParameterError("A ball of that name cannot be saved. Call it otherwise.")
        data = repr(self.places.tolist()).encode().ljust(101)
        return {suffix: data} if suffix == ".safetensors" else {suffix: data, "-data.npz": data}

    def frame(self, watch: frozenset[str] = frozenset()) -> RollFrame:
        torch.rand(3)  # looking leaves no trace
        places = to_host(torch.stack(self.past, dim=1))
        return RollFrame(
            step=self.step_count,
            height=float(places[:, -1].max()),
            first=self.parameters.balls[0].name,
            places=places,
            dear=places[0] if "dear" in watch else None,
        )

    def summary(self) -> dict[str, Scalar]:
        ended = self.finished.reason if self.finished else None
        return {"steps": self.step_count, "ended": ended, "worst": float("inf")}


def simulation_class(parameters: Roll) -> type[Rolling]:
    return Rolling


class RollView(View):
    log: bool = setting(False, help="Whether the axis is logarithmic.")


class RollPanel(Panel):
    """Distance against step."""

    View: ClassVar[type[RollView]] = RollView

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._plot = CurvePlot(style)
        self._plot.setAxes("step", "distance")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._names: tuple[str, ...] = ()
        self._dear: Array | None = None

    def setParameters(self, parameters: Roll) -> None:
        self._names = tuple(ball.name for ball in parameters.balls)

    def setView(self, view: RollView) -> None:
        self._plot.setLogY(view.log)

    def watch(self) -> frozenset[str]:
        return frozenset({"dear"})

    def draw(self, frame: RollFrame) -> None:
        self._dear = self._dear if frame.dear is None else frame.dear
        assert self._dear is not None  # at full speed not every frame has it, but the first does
        self._plot.setTitle(f"Step {frame.step}")
        curves = []
        for i, (name, places) in enumerate(zip(self._names, frame.places, strict=True)):
            mark = self._style.mark(i)
            curves.append(Curve(name, np.arange(len(places)), places, mark.color, mark.dash))
        self._plot.setCurves(curves)


INFO = PanelInfo(
    key="roll",
    title="Rolling balls",
    group="Tests",
    summary="Balls roll down a bowl.",
    parameters=f"{__name__}:Roll",
    simulation=f"{__name__}:simulation_class",
    panel=f"{__name__}:RollPanel",
    scene='panel = "roll"\n\n[play]\nframes = 40\n',
)
