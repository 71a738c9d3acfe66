"""Runs side by side, and branches of a run."""
