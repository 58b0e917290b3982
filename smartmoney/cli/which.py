"""Which installation a command is about."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from smartmoney.settings import SETTINGS_FILE, Settings, load
from smartmoney.supervise.lock import holder
from smartmoney.supervise.paths import KINDS, Kind, Paths, home_of


def which(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options that name an installation: --demo, --recorded, or --live; by default the one that runs, else the
    only one there is, else the live one."""
    for kind, words in (
        ("recorded", "of recordings"),
        ("demo", "on simulated data"),
        ("live", "on the live API"),
    ):
        function = click.option(
            f"--{kind}", "kind", flag_value=kind, default=None, help=f"The installation {words}."
        )(function)
    return function


def kind_of(kind: Kind | None) -> Kind:
    """The kind asked for; else the one that runs; else the only one there is; else live."""
    if kind:
        return kind
    running = [each for each in KINDS if holder(Paths(home_of(each)))]
    stored = [each for each in KINDS if Paths(home_of(each)).settings_file.is_file()]
    return running[0] if running else stored[0] if len(stored) == 1 else "live"


def home(kind: Kind | None) -> Path:
    """The installation's folder."""
    return home_of(kind_of(kind))


def settings_of(kind: Kind | None) -> Settings:
    """The settings of an installation: as its last `smartmoney up` resolved them, then as they are now.

    Raises:
        SettingError: a setting is wrong.
    """
    paths = Paths(home(kind))
    if paths.settings_file.is_file():
        os.environ[SETTINGS_FILE] = str(paths.settings_file)
    source = {"smartmoney_source": KINDS[kind]} if kind else {}
    return load(smartmoney_home=paths.home, **source)
