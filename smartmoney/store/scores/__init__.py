"""Scores: their history, what a run keeps for the next one, and the runs."""
