"""One market."""
