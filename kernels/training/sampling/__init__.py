"""Ways to choose what a step learns from, side by side."""
