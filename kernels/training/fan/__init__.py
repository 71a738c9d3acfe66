"""The same network from many seeds at once."""
