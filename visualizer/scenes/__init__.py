"""Scenes: which panel with which parameters, in files, with the data that they name."""
