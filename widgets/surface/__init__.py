"""A surface in space, drawn off screen by OpenGL."""
