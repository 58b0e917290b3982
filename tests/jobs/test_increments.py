"""An increment equals a full recompute, bit for bit: late rows, filled-in cash, changed resolutions, in any interleaving."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartmoney.books import batches
from smartmoney.ledger import Kind
from smartmoney.store.db import Store
from tests.kit.increments import (
    TABLES,
    Row,
    a_row,
    empty,
    insert,
    known,
    owner,
    resolve,
    score,
    stored,
)
from tests.kit.ledgers import HALF, NO, OPEN, YES, rows

__all__ = ["known", "owner"]

Step = tuple[list[Row], dict[int, tuple[int, int]]]


def same_as_full(store: Store) -> None:
    carried = stored(store)
    score(store, full=True)
    again = stored(store)
    for name in TABLES:
        assert carried[name] == again[name], name


@st.composite
def steps(draw: Any) -> list[Step]:
    """Rows in any order, cut into arrivals, with resolutions that come, change and go between them."""
    of = [
        row | {"seq": n}
        for n, row in enumerate(draw(rows(most=40)))
        if row["kind"] != Kind.TRANSFER
    ]
    of = draw(st.permutations(of))
    cuts = sorted(draw(st.lists(st.integers(0, len(of)), min_size=2, max_size=2)))
    payouts = st.dictionaries(st.integers(0, 5), st.sampled_from([YES, NO, HALF, OPEN]), max_size=3)
    return [(of[a:b], draw(payouts)) for a, b in zip([0, *cuts], [*cuts, len(of)], strict=True)]


@given(steps())
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_interleaving_gives_the_numbers_of_a_full_recompute(
    owner: Store, of: list[Step]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "KEEP_ROWS", 2)
        empty(owner)
        for arrived, payouts in of:
            insert(owner, arrived)
            resolve(owner, payouts)
            score(owner)
        same_as_full(owner)


def test_an_increment_reads_the_new_rows_and_no_others(known: Store) -> None:
    assert score(known).read == {"wallets": 4, "wallets read": 0, "rows read": 0}
    insert(known, [a_row(Kind.SELL, 50, size_micro=7_000_000)])
    assert score(known).read == {"wallets": 4, "wallets read": 1, "rows read": 1}
    same_as_full(known)


def test_a_late_row_and_a_row_of_a_known_second_are_read_with_all_others(known: Store) -> None:
    insert(known, [a_row(Kind.SELL, 15, size_micro=7_000_000)])
    assert score(known).read["rows read"] == 4
    insert(known, [a_row(Kind.SELL, 30, size_micro=1_000_000, market=4, outcome=8, seq=31)])
    assert score(known).read["rows read"] == 5
    same_as_full(known)


def test_a_resolution_is_settled_without_reading_a_row(known: Store) -> None:
    resolve(known, {3: YES})
    assert score(known).read == {"wallets": 4, "wallets read": 2, "rows read": 0}
    resolve(known, {3: NO})
    assert score(known).read == {"wallets": 4, "wallets read": 2, "rows read": 0}
    same_as_full(known)
    with known.raw() as connection:
        [(realized,)] = connection.execute("select realized_pnl::text from trader where id = 1")
    assert realized == "-9.000000"


def test_redemptions_of_the_old_shape_are_read_again_when_payouts_change(known: Store) -> None:
    insert(
        known, [a_row(Kind.REDEEM, 60, outcome=-1, size_micro=20_000_000, cash_micro=20_000_000)]
    )
    score(known)
    resolve(known, {3: NO})
    assert score(known).read["rows read"] == 4
    same_as_full(known)


def test_cash_that_became_known_is_news(known: Store) -> None:
    fill = a_row(Kind.BUY, 10, seq=10, cash_micro=4_100_000)
    with known.raw() as connection:
        connection.execute(
            "update trade set cash_micro = 4100000, flags = 1 where ts = to_timestamp(%s)",
            [fill["ts"]],
        )
    assert score(known).read["rows read"] == 3
    same_as_full(known)


def test_a_market_that_joins_an_event_has_its_holders_read_anew(known: Store) -> None:
    with known.raw() as connection:
        connection.execute("update market set event_id = 2 where id = 5")
    assert score(known).read == {"wallets": 4, "wallets read": 2, "rows read": 4}
    same_as_full(known)


def test_a_failed_run_is_made_up_for(known: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    insert(known, [a_row(Kind.SELL, 50, size_micro=7_000_000)])
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr("smartmoney.jobs.scores.combine", lambda *_: 1 / 0)
        score(known)
    score(known)
    same_as_full(known)
