"""The compute core of Layerscope: PyTorch, no Qt. Everything that is mathematics lives here."""
