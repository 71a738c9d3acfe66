"""The boards of one run."""
