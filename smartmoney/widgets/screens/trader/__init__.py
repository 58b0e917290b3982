"""One trader."""
