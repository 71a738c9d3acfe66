"""Formulas that a person types: read from text, as functions of tensors, as TeX."""
