"""A throw-away Postgres for a benchmark, with the settings an installation gets."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smartmoney.settings import load
from smartmoney.store.db import Store, open_store
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.migrate import start_and_migrate


@contextmanager
def fresh_store() -> Iterator[Store]:
    """A store (as sm_owner) on an empty, migrated database; server and files are gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="smartmoney-bench-"))
    home.chmod(0o755)
    settings = load(smartmoney_home=home, database_url=None)
    try:
        start_and_migrate(settings)
        store = open_store("sm_owner", settings)
        yield store
        store.dispose()
    finally:
        EmbeddedPostgres(home).stop("immediate")
        shutil.rmtree(home, ignore_errors=True)
