"""The training panel: a network learns, and everything about it is seen."""

from visualizer.panels.training.panel import TrainingPanel

__all__ = ["TrainingPanel"]
