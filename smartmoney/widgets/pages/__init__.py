"""The pages: each builds its parts once, and redraws them whenever its model has read."""
