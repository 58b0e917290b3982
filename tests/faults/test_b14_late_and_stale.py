"""B14: rows that come late are picked up by the overlap; a first page from a cache moves no watermark."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from smartmoney.store.db import Store
from tests.kit.feed import WALLET, Feed, feed
from tests.kit.syncing import sync

OTHER = "0x" + "b2" * 20
MINUTE = 60


@pytest.fixture
def served() -> Iterator[Feed]:
    """Two wallets active until a few minutes ago."""
    with feed() as found:
        now = int(time.time())
        for wallet in (WALLET, OTHER):
            for minutes in (300, 120, 80, 10, 3):
                found.fill(proxy_wallet=wallet, timestamp=now - minutes * MINUTE)
        yield found


def one(store: Store, query: str, *values: object) -> object:
    with store.raw() as connection:
        row = connection.execute(query, values).fetchone()
    return row[0] if row else None


def watermark(store: Store) -> datetime | None:
    found = one(
        store, "select watermark from ingestion_state where source = 'trades' and key = %s", WALLET
    )
    assert found is None or isinstance(found, datetime)
    return found


def test_rows_45_minutes_behind_the_watermark_are_picked_up(store: Store, served: Feed) -> None:
    late = int(time.time()) - 45 * MINUTE
    served.fill(timestamp=late)
    served.fill(timestamp=late, size=11)
    served.hidden = lambda second: second == late
    sync(store, served.url, [WALLET, OTHER], ("trades",))
    assert one(store, "select count(*) from trade") == 10
    with store.raw() as connection:
        connection.execute("delete from trader_news")
    served.hidden = lambda second: False
    sync(store, served.url, [WALLET, OTHER], ("trades",))
    assert one(store, "select count(*) from trade") == 12
    with store.raw() as connection:
        touched = connection.execute(
            "select address, extract(epoch from first_new)::bigint from trader_news "
            "join trader on id = trader_id"
        ).fetchall()
    assert touched == [(WALLET, late)], (
        "only the wallet with late rows is computed again, and from there on"
    )


def test_rows_that_appear_between_two_walks_are_found_though_the_newest_row_is_old(
    store: Store, served: Feed
) -> None:
    """A wallet rests, a walk completes, and a row appears that is older than the walk."""
    new = int(time.time()) - 2 * MINUTE
    sync(store, served.url, [WALLET], ("trades",))
    served.fill(timestamp=new)
    sync(store, served.url, [WALLET], ("trades",))
    assert one(store, "select count(*) from trade") == 6


def test_the_same_trace_id_twice_moves_no_watermark(store: Store, served: Feed) -> None:
    served.headers = {"x-trace-id": "the-cached-answer"}
    sync(store, served.url, [WALLET], ("trades",))
    before = watermark(store)
    assert before is not None
    time.sleep(1.1)
    sync(store, served.url, [WALLET], ("trades",))
    assert watermark(store) == before, "the same answer again tells nothing new"
    served.headers = {}
    sync(store, served.url, [WALLET], ("trades",))
    later = watermark(store)
    assert later is not None and later > before


def test_a_page_300_seconds_old_vouches_for_300_seconds_less(store: Store, served: Feed) -> None:
    served.headers = {"age": "300"}
    sync(store, served.url, [WALLET], ("trades",))
    reached = watermark(store)
    assert reached is not None and reached.timestamp() <= time.time() - 300


def test_the_watermark_never_goes_back(store: Store, served: Feed) -> None:
    sync(store, served.url, [WALLET], ("trades",))
    before = watermark(store)
    served.headers = {"age": "3000"}
    sync(store, served.url, [WALLET], ("trades",))
    assert watermark(store) == before
