"""Same as clean: what a store holds, free of surrogate ids and of moments, to compare two runs over one world."""

from __future__ import annotations

from collections import Counter
from typing import Any

from smartmoney.store.db import Store

QUERIES = {
    "trade": """select extract(epoch from t.ts)::bigint, t.key, w.address, o.token_id, m.condition_id, t.side, t.size_micro,
        t.price_pico, t.cash_micro, t.occurrence, t.flags, encode(t.tx_hash, 'hex') from trade t
        join trader w on w.id = t.trader_id join outcome o on o.id = t.outcome_id join market m on m.id = t.market_id""",
    "activity": """select extract(epoch from a.ts)::bigint, a.key, w.address, a.kind, a.raw_kind, a.size_micro, a.cash_micro,
        m.condition_id, o.token_id, a.occurrence, encode(a.tx_hash, 'hex') from activity a join trader w on w.id = a.trader_id
        left join market m on m.id = a.market_id left join outcome o on o.id = a.outcome_id""",
    "position": """select w.address, o.token_id, m.condition_id, p.status, p.shares_micro, p.avg_price, p.total_bought_micro,
        p.realized_micro, p.last_event_at, p.absent_since is null from position p join trader w on w.id = p.trader_id
        join outcome o on o.id = p.outcome_id join market m on m.id = p.market_id""",
    "trader": "select address, last_active_at from trader",
    "outcome": """select m.condition_id, m.slug, m.question, o.token_id, o.outcome_index, o.name
        from outcome o join market m on m.id = o.market_id""",
    "stream": """select source, key, cursor, last_timestamp, watermark is not null, last_error, leased_by
        from ingestion_state where source in ('trades', 'positions')""",
    "quarantine": "select source, key, reason, raw from quarantine",
}
Picture = dict[str, Counter[tuple[Any, ...]]]


def picture(store: Store) -> Picture:
    """Every row that ingestion writes, as multisets by table; of streams also cursor, watermark and lease."""
    with store.raw() as connection:
        return {
            table: Counter(map(tuple, connection.execute(query).fetchall()))
            for table, query in QUERIES.items()
        }


def assert_same(found: Picture, clean: Picture) -> None:
    """Fail with the first rows that are missing or too many."""
    for table, rows in clean.items():
        lost, extra = rows - found[table], found[table] - rows
        assert not lost and not extra, (
            f"{table}: {lost.total()} rows lost, such as {next(iter(lost), None)}; "
            f"{extra.total()} too many, such as {next(iter(extra), None)}"
        )


def part_of(found: Picture, clean: Picture) -> None:
    """Fail if a row is there that a clean run would not have written."""
    for table in ("trade", "activity", "position", "quarantine"):
        extra = found[table] - clean[table]
        assert not extra, (
            f"{table}: {extra.total()} rows that are none, such as {next(iter(extra))}"
        )
