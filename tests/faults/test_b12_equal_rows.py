"""B12: rows read twice are one, equal rows of one walk are two, rows alike in all but one field are two."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartmoney.errors import ApiUnavailable
from smartmoney.store.db import Store
from tests.kit.feed import FIRST, POSITION, WALLET, Feed, feed
from tests.kit.syncing import PAGE_ROWS, sync

ONLY_TRADES = ("trades",)
NUMBERS = itertools.count(1)


@pytest.fixture
def served() -> Iterator[Feed]:
    with feed() as found:
        yield found


def stored(store: Store, wallet: str = WALLET) -> list[tuple[Any, ...]]:
    """Second, side, size and occurrence of a wallet's fills."""
    with store.raw() as connection:
        return connection.execute(
            "select extract(epoch from ts)::bigint, side, size_micro, occurrence from trade join trader on id = trader_id "
            "where address = %s order by 1, 2, 3, 4",
            [wallet],
        ).fetchall()


def test_a_page_read_in_two_walks_is_stored_once(store: Store, served: Feed) -> None:
    for second in range(30):
        served.fill(timestamp=FIRST + second)
    for _ in range(2):
        sync(store, served.url, [WALLET], ONLY_TRADES)
    assert len(stored(store)) == 30


def test_equal_fills_of_one_transaction_are_numbered_over_the_pages_border(
    store: Store, served: Feed
) -> None:
    for _ in range(PAGE_ROWS + 5):
        served.fill()
    for _ in range(2):
        sync(store, served.url, [WALLET], ONLY_TRADES)
        assert [row[3] for row in stored(store)] == list(range(1, PAGE_ROWS + 6))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timestamp", FIRST + 1),
        ("transaction_hash", "0x" + "e" * 64),
        ("side", "SELL"),
        ("size", 10.000001),
        ("price", 0.400000000001),
        ("token_id", "8" * 77),
    ],
)
def test_alike_in_all_but_one_field(store: Store, served: Feed, field: str, value: object) -> None:
    served.fill()
    served.fill(**{field: value, **({"outcome_index": 1} if field == "token_id" else {})})
    sync(store, served.url, [WALLET], ONLY_TRADES)
    assert [row[3] for row in stored(store)] == [1, 1]


def test_alike_but_for_the_wallet(store: Store, served: Feed) -> None:
    other = "0x" + "b2" * 20
    served.fill()
    served.fill(proxy_wallet=other)
    sync(store, served.url, [WALLET, other], ONLY_TRADES)
    assert len(stored(store)) == len(stored(store, other)) == 1


def test_both_legs_of_a_redemption_and_the_one_row_it_had_before(
    store: Store, served: Feed
) -> None:
    redeem = {"type": "REDEEM", "side": "", "price": 0}
    served.fill(**redeem, usdc_size=10)
    served.fill(**redeem, usdc_size=0, token_id="8" * 77, outcome_index=1)
    served.fill(
        **redeem, usdc_size=10, token_id="", outcome="", outcome_index=999, timestamp=FIRST + 1
    )
    for _ in range(2):
        sync(store, served.url, [WALLET], ONLY_TRADES)
    with store.raw() as connection:
        found = connection.execute(
            "select cash_micro, outcome_id is null from activity order by ts, cash_micro"
        ).fetchall()
    assert found == [(0, False), (10_000_000, False), (10_000_000, True)]


def test_a_token_twice_on_one_page_of_positions(store: Store, served: Feed) -> None:
    for size in (10, 12):
        served.raw("current_size", str(size), POSITION)
    sync(store, served.url, [WALLET], ("positions",))
    with store.raw() as connection:
        assert connection.execute("select count(*) from position").fetchone() == (1,)


ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["BUY", "SELL"]), st.integers(1, 2)),
    min_size=1,
    max_size=70,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS, cut_at=st.integers(0, 4))
def test_whatever_is_equal_and_wherever_a_walk_is_cut(
    store: Store, served: Feed, rows: list[tuple[int, str, int]], cut_at: int
) -> None:
    """A cut walk and the one that follows it store the same multiset as the rows served."""
    wallet = f"0x{next(NUMBERS):040x}"
    served.activity.clear()
    served.asked.clear()
    for second, side, size in rows:
        served.fill(proxy_wallet=wallet, timestamp=FIRST + second, side=side, size=size)
    served.refuse_after = cut_at
    try:
        sync(store, served.url, [wallet], ONLY_TRADES)
    except ApiUnavailable:
        pass
    served.refuse_after = None
    sync(store, served.url, [wallet], ONLY_TRADES)
    wanted = Counter(
        (FIRST + second, 1 if side == "BUY" else -1, size * 1_000_000)
        for second, side, size in rows
    )
    found = stored(store, wallet)
    assert Counter(row[:3] for row in found) == wanted
    assert all(
        sorted(row[3] for row in found if row[:3] == key) == list(range(1, count + 1))
        for key, count in wanted.items()
    )
