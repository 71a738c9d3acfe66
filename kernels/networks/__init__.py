"""Networks: their layers, presets, shapes and counts, how they are built, begun and written."""
