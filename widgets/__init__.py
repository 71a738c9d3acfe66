"""Reusable Qt widgets: they draw arrays and report gestures; they know no torch and no kernel."""
