"""The board of one step."""
