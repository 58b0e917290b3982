"""The verdict on the scores."""
