"""The bars of a window: transport, scrubber, speed, status, messages."""
