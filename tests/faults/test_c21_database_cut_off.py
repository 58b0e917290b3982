"""C21: the connection to Postgres breaks in the middle of a transaction, of a COPY, of a commit. No half page stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from polymarket_sim.server import Simulator
from smartmoney.errors import StoreUnavailable
from smartmoney.store.db import Store
from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.proxy import Fate, Proxy, proxy
from tests.kit.same import Picture, assert_same, part_of, picture
from tests.kit.servers import socket_of, through
from tests.kit.syncing import Run, sync

POINTS = {
    "in the rows of a COPY": (b"PGCOPY", True),
    "after the rows": (b"insert into ingestion_state", True),
    "before the commit": (b"COMMIT", True),
    "after the commit": (b"COMMIT\0", False),
    "before the first row": (b'copy "trade"', True),
    "while known rows are looked up": (b"array_agg(key)", True),
}


@pytest.fixture
def way(postgres: EmbeddedPostgres) -> Iterator[Proxy]:
    """A proxy before the database's socket."""
    with proxy(socket_of(postgres)) as found:
        yield found


def third(word: bytes) -> Callable[[bytes], bool]:
    """True for the third chunk that holds the word."""
    left = [3]

    def seen(data: bytes) -> bool:
        left[0] -= word in data
        return word in data and left[0] == 0

    return seen


@pytest.mark.parametrize("how", ["reset", "close"])
@pytest.mark.parametrize("point", POINTS)
def test_cut_and_run_again(
    way: Proxy,
    store: Store,
    api: Simulator,
    wallets: list[str],
    clean: Picture,
    run: Run,
    point: str,
    how: str,
) -> None:
    word, upstream = POINTS[point]
    way.fates += [None, Fate(seen=third(word), how=how, upstream=upstream)]
    far = through(store, way.port)
    with pytest.raises(StoreUnavailable, match="does not answer"):
        sync(far, api.url, wallets, ("trades",), worker_concurrency=1)
    assert way.struck == 1
    left = picture(store)
    part_of(left, clean)
    stored = {row[1] for row in left["stream"] if row[3] is not None}
    assert stored == {row[2] for row in left["trade"]} | {row[2] for row in left["activity"]}, (
        "no half page"
    )
    sync(far, api.url, wallets)
    far.dispose()
    assert_same(picture(store), clean)


def test_the_pool_drops_what_was_cut(way: Proxy, store: Store) -> None:
    far = through(store, way.port)
    for _ in range(3):
        with far.raw() as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        way.cut_all()
    far.dispose()


def test_a_server_that_vanished_from_the_network_is_noticed(way: Proxy, store: Store) -> None:
    """What the system itself is told to do; a cable cannot be pulled here."""
    far = through(store, way.port)
    with far.raw() as pooled, far.session() as own:
        for connection in (pooled, own):
            told = connection.info.get_parameters()
            assert int(told["tcp_user_timeout"]) <= 60_000 and int(told["connect_timeout"]) <= 10
            assert int(told["keepalives_idle"]) + 3 * int(told["keepalives_interval"]) <= 60
    far.dispose()
