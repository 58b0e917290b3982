"""The list of markets."""
