"""The small world."""

from tests.seeded import seeded, seen, world

__all__ = ["seeded", "seen", "world"]
