"""The list of traders."""
