"""The small world, and pages on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from smartmoney.settings import Settings, load
from smartmoney.store.db import Store
from smartmoney.widgets import error_boundary
from tests.kit.seed import Seed
from tests.kit.seeded import seeded, seen, world

__all__ = ["seeded", "seen", "world"]

NOWHERE = "postgresql://sm_read:s3cret-word@127.0.0.1:9/smartmoney"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """The folder of an installation; the pages' log goes there."""
    for logger in (error_boundary.LOG,):
        logger.handlers.clear()
    yield tmp_path / "home"
    error_boundary.LOG.handlers.clear()


@pytest.fixture
def plain_settings(home: Path) -> Settings:
    """Settings of an installation, with secrets to look for."""
    return load(
        smartmoney_home=home, database_read_url=NOWHERE, alert_urls="json://canary-target.example"
    )


@pytest.fixture
def made(plain_settings: Settings, world: Seed) -> Callable[..., Any]:
    """Makes a page model or view: `made(Model, store, query="", now=world's now)`."""

    def make(kind: Any, store: Store, query: str = "", now: datetime | None = None) -> Any:
        model_class = getattr(kind, "model_class", kind)
        clock = (lambda: now) if now else (lambda: world.now)
        model = model_class(query, store=store, settings=plain_settings, clock=clock)
        return model if kind is model_class else kind(model=model)

    return make


@pytest.fixture
def away() -> Store:
    """A store that does not answer."""
    return Store(NOWHERE, "sm_read")
