"""One module a panel; `visualizer.registry` lists them."""
