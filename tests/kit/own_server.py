"""An installation with an embedded server of its own, for tests that rename databases or change the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smartmoney.settings import Settings, load
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.migrate import start_and_migrate


@contextmanager
def own_installation(home: Path) -> Iterator[Settings]:
    """Its settings, while its server runs; the folders above are opened to the user that the server runs as."""
    for folder in (home, *home.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    settings = load(smartmoney_home=home)
    try:
        start_and_migrate(settings)
        yield settings
    finally:
        EmbeddedPostgres(home).stop("immediate")
