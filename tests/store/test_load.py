"""Bulk load: exactly once, whatever is sent twice; near-identical rows stay apart."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from smartmoney.polymarket.types import ActivityRecord, FillRecord
from smartmoney.store.db import Store
from smartmoney.store.ids import outcome_ids, recall, trader_ids
from smartmoney.store.wallets.activity import save_activity
from smartmoney.store.wallets.fills import Saved, copy_fills, prepare, save_fills
from smartmoney.store.wallets.identity import Occurrences
from tests.kit.fills import FILL, MARKET, NEAR, TOKEN, save


def count(store: Store, what: str = "count(*)") -> object:
    with store.raw() as connection:
        return connection.execute(f"select {what} from trade").fetchone()[0]


def test_a_second_walk_changes_nothing(store: Store) -> None:
    assert save(store, [FILL, *NEAR]) == Saved(8, 0)
    assert save(store, [FILL, *NEAR]) == Saved(0, 8)
    assert count(store) == 8


@pytest.mark.parametrize("other", NEAR)
def test_rows_alike_in_all_but_one_field_are_both_kept(store: Store, other: FillRecord) -> None:
    assert save(store, [FILL, other]) == Saved(2, 0)


def test_two_equal_fills_of_one_transaction_are_two(store: Store) -> None:
    assert save(store, [FILL, FILL]) == Saved(2, 0)
    assert save(store, [FILL, FILL]) == Saved(0, 2)
    assert count(store, "max(occurrence)") == 2


def test_cash_reported_later_fills_the_gap_and_is_never_overwritten(store: Store) -> None:
    save(store, [replace(FILL, cash_micro=None)])
    assert (count(store, "cash_micro"), count(store, "flags")) == (2_000_000, 0)
    save(store, [replace(FILL, cash_micro=2_010_000)])
    assert (count(store, "cash_micro"), count(store, "flags")) == (2_010_000, 1)
    save(store, [replace(FILL, cash_micro=None)])
    assert count(store, "cash_micro") == 2_010_000


def test_fills_spread_over_years_find_their_partitions(store: Store) -> None:
    assert save(
        store, [replace(FILL, ts=1_600_000_000 + month * 2_600_000) for month in range(70)]
    ) == Saved(70, 0)


def test_a_redemption_of_two_rows_keeps_both_legs(store: Store) -> None:
    won = ActivityRecord(
        FILL.address, FILL.ts, FILL.tx_hash, "REDEEM", "REDEEM", 5_000_000, 5_000_000, MARKET
    )
    lost = replace(won, cash_micro=0, market=replace(MARKET, token_id="2" * 77, outcome_index=1))
    income = replace(won, kind="INCOME", raw_kind="REWARD", market=None, tx_hash="")
    with store.raw() as connection:
        assert save_activity(connection, [won, lost, income], Occurrences()) == Saved(3, 0)
    with store.raw() as connection:
        assert save_activity(connection, [won, lost, income], Occurrences()) == Saved(0, 3)


def test_half_a_page_is_never_stored(store: Store) -> None:
    with pytest.raises(RuntimeError), store.raw() as connection:
        save_fills(connection, [FILL], Occurrences())
        raise RuntimeError("the process died here")
    assert count(store) == 0


def test_last_active_moves_forward_only(store: Store) -> None:
    save(store, [FILL])
    save(store, [replace(FILL, ts=FILL.ts - 1000)])
    with store.raw() as connection:
        row = connection.execute(
            "select extract(epoch from last_active_at)::bigint from trader"
        ).fetchone()
    assert row == (FILL.ts,)


def test_two_tokens_that_claim_one_index_are_both_kept(store: Store) -> None:
    assert save(store, [FILL, replace(FILL, market=replace(MARKET, token_id="3" * 77))]) == Saved(
        2, 0
    )
    with store.raw() as connection:
        assert connection.execute("select outcome_index from outcome order by id").fetchall() == [
            (0,),
            (None,),
        ]


def test_only_what_is_new_is_news(store: Store) -> None:
    def news() -> list[tuple[object, ...]]:
        with store.raw() as connection:
            return connection.execute(
                "select extract(epoch from first_new)::bigint from trader_news"
            ).fetchall()

    save(store, [FILL])
    assert news() == [(FILL.ts,)]
    with store.raw() as connection:
        connection.execute("delete from trader_news")
    save(store, [FILL])
    assert news() == []
    save(store, [FILL, replace(FILL, ts=FILL.ts + 60)])
    assert news() == [(FILL.ts + 60,)]


def test_writers_that_need_the_same_new_partitions_wait_for_each_other(store: Store) -> None:
    def work(wallet: int) -> None:
        for month in range(12):
            save(
                store,
                [replace(FILL, address=f"0x{wallet:040x}", ts=1_600_000_000 + month * 2_700_000)],
            )

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert count(store) == 72


def batch(store: Store, rows: int) -> dict[str, np.ndarray]:
    """Fills of one wallet without reported cash."""
    rng = np.random.default_rng(rows)
    with store.raw() as connection:
        outcome = outcome_ids(connection, [MARKET])[1][TOKEN]
        trader = trader_ids(connection, [FILL.address])[FILL.address]
    return {
        "ts": FILL.ts + rng.integers(0, 10**6, rows),
        "key": rng.permutation(rows) - 1,
        "size_micro": np.full(rows, 2),
        "price_pico": np.full(rows, 3),
        "cash_micro": np.full(rows, 4),
        "trader_id": np.full(rows, trader),
        "outcome_id": np.full(rows, outcome),
        "market_id": np.full(rows, 5),
        "side": np.full(rows, -1),
        "occurrence": np.ones(rows),
        "flags": np.zeros(rows, int),
        "tx_hash": np.frombuffer(rng.bytes(32 * rows), "V32"),
    }


@pytest.mark.parametrize("wallets", [1, 2])
@pytest.mark.parametrize("rows", [1, 3, 6_000])
def test_batches_of_any_size_and_cash_that_comes_later(
    store: Store, rows: int, wallets: int
) -> None:
    columns = batch(store, rows)
    with store.raw() as connection:
        traders = list(
            trader_ids(connection, [f"0x{number:040x}" for number in range(wallets)]).values()
        )
    columns["trader_id"] = np.resize(traders, rows)
    with store.raw() as connection:
        assert copy_fills(connection, columns) == Saved(rows, 0)
        columns |= {"flags": np.ones(rows, int), "cash_micro": np.arange(rows)}
        assert copy_fills(connection, columns) == Saved(0, rows)
        found = connection.execute(
            "select key, cash_micro, side, tx_hash from trade order by key"
        ).fetchall()
    order = np.argsort(columns["key"])
    assert found == [
        (int(columns["key"][at]), int(at), -1, columns["tx_hash"][at].tobytes()) for at in order
    ]


@pytest.mark.parametrize("wallets", [1, 2])
def test_known_rows_are_found_among_many_of_their_time(store: Store, wallets: int) -> None:
    """More rows lie around them than are read at once: each is looked up by itself."""
    columns = batch(store, 16_000)
    with store.raw() as connection:
        traders = list(
            trader_ids(connection, [f"0x{number:040x}" for number in range(wallets)]).values()
        )
        columns["trader_id"] = np.resize(traders, 16_000)
        copy_fills(connection, {name: values[1_000:] for name, values in columns.items()})
        assert copy_fills(
            connection, {name: values[:7_000] for name, values in columns.items()}
        ) == Saved(1_000, 6_000)
    assert count(store) == 16_000


def test_equal_rows_of_one_batch_are_one_with_the_cash_that_one_of_them_has(store: Store) -> None:
    columns = {name: np.tile(values, 2) for name, values in batch(store, 50).items()}
    columns |= {"flags": np.repeat([0, 1], 50), "cash_micro": np.arange(100)}
    with store.raw() as connection:
        assert copy_fills(connection, columns) == Saved(50, 50)
        found = connection.execute(
            "select key, cash_micro, flags from trade order by key"
        ).fetchall()
    assert found == [
        (int(columns["key"][at]), at, 1) for at in 50 + np.argsort(columns["key"][:50])
    ]


def test_rows_that_another_writer_commits_meanwhile_are_known(store: Store) -> None:
    """The second looks while the first has not committed, waits for it at the rows, and looks again."""
    columns = batch(store, 500)
    first, second = (
        {name: values[begin:end] for name, values in columns.items()}
        for begin, end in ((0, 300), (200, 500))
    )
    with store.raw() as connection:
        copy_fills(
            connection, {name: values[:1] for name, values in columns.items()}
        )  # the partition is there

    def work() -> Saved:
        with store.raw() as connection:
            return copy_fills(connection, second)

    with ThreadPoolExecutor(1) as pool:
        with store.raw() as connection:
            assert copy_fills(connection, first) == Saved(299, 1)
            late = pool.submit(work)
            waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'copy %trade%'"
            with store.session() as watch:
                deadline = time.monotonic() + 20
                while watch.execute(waits).fetchone() != (1,):
                    assert time.monotonic() < deadline, "the second writer does not wait"
                    time.sleep(0.02)
        assert late.result(timeout=30) == Saved(200, 100)
    assert count(store) == 500


def test_what_was_rolled_back_is_not_remembered(store: Store) -> None:
    with store.session() as connection:
        with pytest.raises(ZeroDivisionError), connection.transaction():
            first = save_fills(connection, [FILL], Occurrences())
            raise ZeroDivisionError
        assert (
            first == Saved(1, 0)
            and not recall(connection, "wallets")
            and not recall(connection, "months")
        )
        for _ in range(2):
            prepare(connection, FILL.address, [MARKET], [FILL.ts])
            known = recall(connection, "tokens")[TOKEN]
        with connection.transaction():
            assert save_fills(connection, [FILL], Occurrences()) == Saved(1, 0)
        assert connection.execute(
            "select t.outcome_id = o.id and o.id = %s and t.trader_id = r.id from trade t, outcome o, trader r",
            [known],
        ).fetchall() == [(True,)]
    with store.session() as connection:
        assert not recall(connection, "tokens")
