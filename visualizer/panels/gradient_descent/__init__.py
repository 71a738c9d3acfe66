"""The gradient-descent panel: one board for each kind of experiment."""

from visualizer.panels.gradient_descent.panel import GradientDescentPanel

__all__ = ["GradientDescentPanel"]
