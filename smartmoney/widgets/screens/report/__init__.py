"""The executed notebook of one run."""
