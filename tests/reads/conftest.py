"""The small world."""

from tests.kit.seeded import seeded, seen, world

__all__ = ["seeded", "seen", "world"]
