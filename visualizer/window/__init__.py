"""The window: its session, what can be done in it, and how what is computed is shown."""
