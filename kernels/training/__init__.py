"""The training lab: a network that learns, step by step, with all that can be seen of it."""
