"""Getting it out: pictures, films, drawings and numbers of a run."""
