"""Runs in a process of their own: those of simulations whose steps are mostly Python.

Beside a window such a step waits for the interpreter at each of its hundred operations, and the
window waits for the step. `run` is what a player sees of such a run, `process` the process as this
one sees it, `serving` and `server` are what happens over there, and `packing` is what goes between.
"""
