"""Flat drawings: plots with axes, curves, maps and tables."""
