"""An installation that is filled, and the file that tells a process of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from polymarket_sim.world import World
from smartmoney.settings import Settings
from smartmoney.store.db import Store
from smartmoney.supervise import environment
from smartmoney.supervise.paths import Paths


@dataclass(frozen=True)
class Installed:
    """A filled database, the settings that lead to it, and the world behind it."""

    settings: Settings
    world: World
    reader: Store


def settings_file(settings: Settings) -> Path:
    """The file that tells a process of its own where the database is."""
    places = Paths(settings.smartmoney_home)
    places.make()
    environment.write_settings(settings, places)
    return places.settings_file
