"""Things side by side in rows and columns: pictures, and the counts of a confusion matrix."""
