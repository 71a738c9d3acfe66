"""The loss of a network on a plane through the space of its weights."""
