"""One module or package a panel; `visualizer.registry` lists them. `board` is what they share."""
