"""Reusable Qt widgets: they draw arrays and report gestures, and know no torch, no kernel and no panel."""
