"""C20: Postgres stops in the middle of a commit, stays away, and comes back. No process is started again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import psycopg
import pytest

from polymarket_sim.server import Simulator
from smartmoney.errors import StoreUnavailable
from smartmoney.store.db import Store
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.widgets.error_boundary import AWAY
from smartmoney.widgets.model import PageState
from smartmoney.widgets.screens.traders.model import TradersModel
from tests.kit.same import Picture, assert_same, part_of, picture
from tests.kit.servers import own_postgres
from tests.kit.syncing import here, sync

COMMITS = 9


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """A server that this module stops and starts."""
    with own_postgres() as found:
        yield found


@pytest.fixture
def own(server: EmbeddedPostgres) -> Iterator[Store]:
    """A store on it, with connections waiting in its pool."""
    store = Store(server.url("sm_ingest"), "sm_ingest")
    with store.raw():
        pass
    yield store
    store.dispose()


@contextmanager
def stopping(server: EmbeddedPostgres, when: str) -> Iterator[None]:
    """At the ninth commit the server is gone: before it is asked to commit, or right after it did."""
    real, numbers = psycopg.Transaction.__exit__, count(1)

    def commit(self: psycopg.Transaction, *error: object) -> bool:
        ninth = next(numbers) == COMMITS
        if ninth and when == "before":
            server.stop("immediate")
        done = real(self, *error)  # type: ignore[arg-type]
        if ninth and when == "after":
            server.stop("immediate")
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Transaction, "__exit__", commit)
        yield


@pytest.mark.parametrize("when", ["before", "after"])
def test_stopped_around_a_commit(
    server: EmbeddedPostgres,
    own: Store,
    api: Simulator,
    wallets: list[str],
    clean: Picture,
    when: str,
) -> None:
    try:
        with (
            stopping(server, when),
            pytest.raises(StoreUnavailable, match="does not answer|refuses the connection"),
        ):
            sync(own, api.url, wallets, ("trades",))
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            sync(own, api.url, wallets)
        assert time.monotonic() - began < 12, "while it is away a run ends soon"
    finally:
        server.start()
    part_of(picture(own), clean)
    sync(own, api.url, wallets)
    assert_same(picture(own), clean)
    with psycopg.connect(server.url("sm_owner")) as connection:
        connection.execute(
            "truncate trade, activity, position, position_snapshot, ingestion_state, trader_news, outcome, "
            "market, trader cascade"
        )


def test_pages_say_so_and_come_back_by_themselves(server: EmbeddedPostgres) -> None:
    store = Store(server.url("sm_read"), "sm_read")
    model = TradersModel(store=store, settings=here("http://127.0.0.1:9"))
    try:
        model.refresh()
        assert model.state is not PageState.AWAY
        server.stop("immediate")
        model.refresh()
        assert (model.state, model.sentence) == (PageState.AWAY, AWAY)
        server.start()
        model.refresh()
        assert model.state is not PageState.AWAY, "the same pool, no process started again"
    finally:
        server.start()
        store.dispose()
