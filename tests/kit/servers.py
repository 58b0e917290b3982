"""A Postgres server of a test's own, to be stopped, filled and cut off."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smartmoney.settings import load
from smartmoney.store.db import Store, open_store
from smartmoney.store.server.embedded import PORT, EmbeddedPostgres
from smartmoney.store.server.migrate import migrate, prepare


@contextmanager
def own_postgres() -> Iterator[EmbeddedPostgres]:
    """A migrated server that syncs its commits to disk, as a real one does."""
    folder = Path(tempfile.mkdtemp(prefix="smartmoney-fault-"))
    folder.chmod(0o755)
    server, settings = EmbeddedPostgres(folder), load(smartmoney_home=folder)
    try:
        server.start()
        prepare(settings)
        owner = open_store("sm_owner", settings, 1)
        migrate(owner)
        owner.dispose()
        yield server
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


def through(store: Store, port: int) -> Store:
    """The same store by way of a proxy."""
    head, _, _ = store.url.partition("?")
    return Store(head.replace("@/", f"@127.0.0.1:{port}/"), store.role)


def socket_of(server: EmbeddedPostgres) -> str:
    """Path of the server's Unix socket."""
    return str(server.socket_folder / f".s.PGSQL.{PORT}")
