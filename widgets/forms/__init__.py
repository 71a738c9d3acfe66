"""The form: controls generated from plain descriptions of fields."""
