"""The run as a script of PyTorch, and the files that go with it."""
