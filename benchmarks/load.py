"""Loading 1M trades: our upsert against plain binary COPY into the same indexed table, and against SQLAlchemy."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from benchmarks.servers import fresh_store
from smartmoney.polymarket.types import BadRow, FillRecord, MarketStub
from smartmoney.store import streams
from smartmoney.store.bulk import Bulk
from smartmoney.store.db import Store, async_commit
from smartmoney.store.streams import quarantine
from smartmoney.store.wallets import fills as stored
from smartmoney.store.wallets.identity import Occurrences

ROWS, BATCH, PAGE = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, 50_000, 500
START, SPAN = 1_767_225_600, 300 * 86_400  # from 2026-01-01, 300 days
Columns = dict[str, np.ndarray]


def trades(rows: int, seed: int = 1) -> Columns:
    """Plausible trades in time order: 10,000 traders, 20,000 markets, power-law activity."""
    rng = np.random.default_rng(seed)
    market = (rng.pareto(1.2, rows) * 50).astype("i4") % 20_000
    size = rng.integers(1, 5_000, rows) * 1_000_000
    price = rng.integers(1, 100, rows)
    return {
        "ts": np.sort(rng.integers(START, START + SPAN, rows)),
        "key": rng.integers(-(2**63), 2**63 - 1, rows),
        "size_micro": size,
        "price_pico": price * 10**10,
        "cash_micro": size * price // 100,
        "trader_id": ((rng.pareto(1.2, rows) * 30).astype("i4") % 10_000),
        "outcome_id": market * 2 + rng.integers(0, 2, rows),
        "market_id": market,
        "side": rng.choice([1, -1], rows),
        "occurrence": np.ones(rows, "i2"),
        "flags": np.ones(rows, "i2"),
        "tx_hash": np.frombuffer(rng.bytes(32 * rows), "V32"),
    }


def part(columns: Columns, start: int, stop: int) -> Columns:
    return {name: values[start:stop] for name, values in columns.items()}


def timed(words: str, rows: int, work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    rate = rows / (time.perf_counter() - begin)
    print(f"{words:58} {rate:10,.0f} rows/s", flush=True)
    return rate


def empty(store: Store) -> None:
    with store.session() as connection:
        connection.execute("truncate trade")


def plain_copy(store: Store, columns: Columns) -> None:
    for start in range(0, len(columns["ts"]), BATCH):
        with store.raw() as connection:
            Bulk(connection).append(
                "trade", stored.arrow_fills(part(columns, start, start + BATCH))
            )


def upsert(store: Store, columns: Columns, batch: int = BATCH) -> None:
    for start in range(0, len(columns["ts"]), batch):
        with store.raw() as connection:
            stored.copy_fills(connection, part(columns, start, start + batch))


def by_sqlalchemy(store: Store, columns: Columns) -> None:
    table = sa.Table(
        "trade",
        sa.MetaData(),
        *(
            sa.Column(
                name,
                sa.BigInteger
                if name not in {"ts", "tx_hash"}
                else sa.DateTime(timezone=True)
                if name == "ts"
                else sa.LargeBinary,
            )
            for name in stored.COLUMNS
        ),
    )
    engine = sa.create_engine(sa.make_url(store.url).set(drivername="postgresql+psycopg"))
    for start in range(0, len(columns["ts"]), BATCH):
        rows = [
            dict(zip(stored.COLUMNS, values, strict=True))
            for values in zip(
                *(columns[name][start : start + BATCH].tolist() for name in stored.COLUMNS),
                strict=True,
            )
        ]
        for row in rows:
            row["ts"] = datetime.fromtimestamp(row["ts"], UTC)
        with engine.begin() as connection:
            connection.execute(insert(table).on_conflict_do_nothing(), rows)


def fills(columns: Columns) -> list[FillRecord]:
    """The same trades as records, as a page of the API gives them."""
    stub = MarketStub("", None, 0, "Yes", "Will it?", "will-it", "it")
    return [
        FillRecord(
            f"0x{trader:040x}",
            ts,
            f"0x{bytes(tx).hex()}",
            "BUY" if side > 0 else "SELL",
            size,
            price,
            cash,
            replace(
                stub,
                condition_id=f"0x{market:064x}",
                token_id=str(outcome + 1),
                outcome_index=outcome % 2,
            ),
        )
        for ts, trader, tx, side, size, price, cash, market, outcome in zip(
            *(
                columns[name].tolist()
                for name in (
                    "ts",
                    "trader_id",
                    "tx_hash",
                    "side",
                    "size_micro",
                    "price_pico",
                    "cash_micro",
                    "market_id",
                    "outcome_id",
                )
            ),
            strict=True,
        )
    ]


def one_wallet_a_page(columns: Columns) -> Columns:
    """A page is a piece of one wallet's history, oldest first: months apart, in many markets."""
    order = np.argsort(columns["trader_id"], kind="stable")
    columns = {name: values[order] for name, values in columns.items()}
    number = np.arange(len(order)) // PAGE
    columns["trader_id"] = columns["trader_id"][number * PAGE]
    order = np.lexsort((columns["ts"], number))
    return {name: values[order] for name, values in columns.items()}


def by_pages(store: Store, rows: list[FillRecord]) -> None:
    """What the ingest does with a page: what it refers to is made first, then all of it commits at once."""
    with store.session() as connection:
        async_commit(connection)
        for number, start in enumerate(range(0, len(rows), PAGE)):
            page = rows[start : start + PAGE]
            stored.prepare(
                connection,
                page[0].address,
                [fill.market for fill in page],
                [fill.ts for fill in page],
            )
            with connection.transaction():
                stored.save_fills(connection, page, Occurrences())
                quarantine.keep(connection, "trades", "bench", [BadRow("bench", b"%d" % number)])
                streams.advance(connection, "trades", "bench", cursor=str(number))


def main() -> None:
    columns = trades(ROWS)
    with fresh_store() as store:
        upsert(store, part(columns, 0, 10))
        with store.raw() as connection:
            connection.execute(
                "select ensure_trade_partitions(to_timestamp(%s), to_timestamp(%s))",
                [START, START + SPAN],
            )
        empty(store)
        copy = timed(
            "binary COPY into the indexed table (yardstick)",
            ROWS,
            lambda: plain_copy(store, columns),
        )
        empty(store)
        new = timed("upsert in batches of 50,000, new rows", ROWS, lambda: upsert(store, columns))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        known = timed(
            "upsert in batches of 50,000, all known", ROWS, lambda: upsert(store, columns)
        )
        with store.session() as connection:
            connection.execute("vacuum (analyze) trade")
            size = connection.execute(
                "select sum(pg_total_relation_size(c.oid)) from pg_class c where c.relname ~ '^trade_20' and c.relkind = 'r'"
            ).fetchone()
        empty(store)
        some = min(ROWS, 200_000)
        alchemy = timed(
            "SQLAlchemy executemany on_conflict",
            some,
            lambda: by_sqlalchemy(store, part(columns, 0, some)),
        )
        empty(store)
        few = (
            columns["trader_id"] % 5 == 2
        )  # the other wallets are there already: the indexes have their size
        records = fills(one_wallet_a_page({name: values[few] for name, values in columns.items()}))
        by_pages(store, records)  # makes every wallet, market and token
        empty(store)
        again = timed(
            "binary COPY once more, the yardstick of pages",
            ROWS,
            lambda: plain_copy(store, columns),
        )
        empty(store)
        others = {name: values[~few] for name, values in columns.items()}
        upsert(
            store, others | {"trader_id": others["trader_id"] + 100_000}
        )  # no number of a wallet of the pages
        pages = timed(
            "pages of 500, with cursor and quarantine",
            len(records),
            lambda: by_pages(store, records),
        )
    assert size is not None
    print(
        f"upsert / COPY {new / copy:.2f} (bar 0.70) · upsert / SQLAlchemy {new / alchemy:.1f} (bar 2.0) · "
        f"known / new {known / new:.1f} (bar 3.0) · pages / COPY {pages / again:.2f} (bar 0.25) · "
        f"{int(size[0]) / ROWS:.0f} bytes a trade (bar 260) · peak {memory // 1024} MB"
    )


if __name__ == "__main__":
    main()
