"""The board of runs side by side."""
