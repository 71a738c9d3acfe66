"""One step, worked through."""
