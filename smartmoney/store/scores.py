"""Writing what scoring found: the current score of every wallet, and a history that only grows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.types.json import Jsonb

from smartmoney.ledger.columns import IntArray
from smartmoney.store.arrow import column
from smartmoney.store.bulk import NO_WAIT, Bulk
from smartmoney.store.db import Store

CURRENT = (
    "tier",
    "rarity_score",
    "rarity_classic",
    "realized_pnl",
    "unrealized_pnl",
    "total_pnl",
    "win_rate",
    "decided_events",
    "excess_hit",
    "profit_factor",
    "max_drawdown",
    "max_drawdown_usd",
    "trade_count",
    "event_count",
    "roi",
    "volume",
    "maker_share",
    "hhi",
    "top_share",
    "stability",
    "skill_prob",
    "skill_edge",
    "skill_lo",
    "skill_hi",
    "q_value",
    "needs_events",
    "flags",
    "reasons",
    "best_category",
    "coverage",
    "coverage_reason",
)
"""Columns of table `trader` that a score fills, and so of the frame `save_scores` takes."""
HISTORY = (
    "tier",
    "rarity_score",
    "rarity_classic",
    "realized_pnl",
    "unrealized_pnl",
    "total_pnl",
    "win_rate",
    "decided_events",
    "profit_factor",
    "max_drawdown",
    "trade_count",
    "event_count",
    "skill_prob",
    "skill_edge",
    "skill_lo",
    "skill_hi",
    "q_value",
    "flags",
    "reasons",
    "coverage",
)
TYPES = {
    "tier": "text",
    "rarity_score": "integer",
    "rarity_classic": "integer",
    "decided_events": "integer",
    "trade_count": "integer",
    "event_count": "integer",
    "needs_events": "integer",
    "flags": "text[]",
    "reasons": "text[]",
    "best_category": "text",
    "coverage": "text",
    "coverage_reason": "text",
    "realized_pnl": "numeric",
    "unrealized_pnl": "numeric",
    "total_pnl": "numeric",
    "max_drawdown_usd": "numeric",
    "volume": "numeric",
}
BOOKS = {
    "ledger_position": ("trader_id", "outcome_id"),
    "trader_event": ("trader_id", "event_id"),
    "trader_days": ("trader_id",),
}
"""What pages and analysts read of a wallet's book, and the key of each table."""


@dataclass(frozen=True)
class ScoreRun:
    """What all rows of one scoring run share: validity time, version, population and prior."""

    as_of: datetime
    score_version: str
    population: int
    scored: int
    mu: float
    tau: float
    parameters: dict[str, Any]


def _stage(
    connection: Connection[Any], name: str, columns: dict[str, str], frame: pd.DataFrame
) -> None:
    listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    connection.execute(f"create temporary table {name} ({listed}) on commit drop")
    rows = pa.table({column: _plain(frame[column], kind) for column, kind in columns.items()})
    text = pa.BufferOutputStream()
    pyarrow.csv.write_csv(rows, text, pyarrow.csv.WriteOptions(include_header=False))
    with connection.cursor() as cursor, cursor.copy(f"copy {name} from stdin (format csv)") as copy:
        copy.write(text.getvalue().to_pybytes())


def _plain(values: pd.Series, kind: str) -> pa.Array:
    """A column as Arrow writes it into CSV: arrays of text as Postgres spells them, whatever is missing as null."""
    if kind == "text[]":
        return pa.array([None if words is None else _array(words) for words in values], pa.string())
    array = pa.array(values, from_pandas=True)
    return (
        array.cast(pa.int64()) if kind == "integer" and not pa.types.is_null(array.type) else array
    )


def _array(words: Iterable[str]) -> str:
    escaped = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in escaped) + "}"


def save_scores(
    connection: Connection[Any], frame: pd.DataFrame, run: ScoreRun, current: bool = True
) -> dict[str, int]:
    """Store one scoring run in the transaction of `connection`.

    Args:
        frame: column trader_id and every name in CURRENT; money in USD, missing values None.
        run: what the rows share.
        current: also make them the wallets' current scores; False when a past date is filled in.

    Returns:
        `scores`: rows of history added (only wallets whose numbers changed); `tiers`: wallets whose tier changed.
    """
    connection.execute(NO_WAIT)
    columns = {
        "trader_id": "integer",
        **{name: TYPES.get(name, "double precision") for name in CURRENT},
    }
    _stage(connection, "stage_score", columns, frame)
    connection.execute("analyze stage_score (trader_id)")
    added = _add_history(connection, run)
    moved = _make_current(connection, run) if current else 0
    connection.execute("drop table stage_score, stage_changed")
    return {"scores": added, "tiers": moved}


def _add_history(connection: Connection[Any], run: ScoreRun) -> int:
    """Add the run, and the staged scores that are not what the wallet's last ones were; returns their number."""
    made = connection.execute(
        "insert into score_run (as_of, score_version, population, scored, mu, tau, parameters) "
        "values (%s, %s, %s, %s, %s, %s, %s) returning id",
        [
            run.as_of,
            run.score_version,
            run.population,
            run.scored,
            run.mu,
            run.tau,
            Jsonb(run.parameters),
        ],
    ).fetchone()
    given = {"as_of": run.as_of, "run": made[0] if made else None, "version": run.score_version}
    staged, known = (", ".join(f"{table}.{name}" for name in HISTORY) for table in ("s", "h"))
    # Apart from the insert, which would otherwise look for each wallet's last score among what it has just added.
    connection.execute(
        "create temporary table stage_changed on commit drop as select s.trader_id from stage_score s "
        "left join lateral (select * from trader_score h where h.trader_id = s.trader_id and h.as_of <= %(as_of)s "
        "order by h.as_of desc limit 1) h on true "
        f"where h.trader_id is null or h.score_version <> %(version)s or ({staged}) is distinct from ({known})",
        given,
    )
    return connection.execute(
        f"insert into trader_score (trader_id, as_of, run_id, score_version, {', '.join(HISTORY)}) "
        f"select s.trader_id, %(as_of)s, %(run)s, %(version)s, {staged} "
        "from stage_changed join stage_score s using (trader_id) order by 1 on conflict (trader_id, as_of) do nothing",
        given,
    ).rowcount


def _make_current(connection: Connection[Any], run: ScoreRun) -> int:
    """Copy the staged scores to their wallets; returns how many changed their tier."""
    moved = connection.execute(
        "select count(*) from stage_score s join trader t on t.id = s.trader_id where t.tier is distinct from s.tier"
    ).fetchone()
    changes = ", ".join(f"{name} = s.{name}" for name in CURRENT)
    known, staged = (", ".join(f"{table}.{name}" for name in CURRENT) for table in ("t", "s"))
    connection.execute(
        f"update trader t set as_of = %s, score_version = %s, {changes} from stage_score s "
        f"where t.id = s.trader_id and (t.score_version is distinct from %s or ({known}) is distinct from ({staged}))",
        [run.as_of, run.score_version, run.score_version],
    )
    connection.execute(
        "update trader set as_of = %s where tier is not null and as_of is distinct from %s",
        [run.as_of, run.as_of],
    )
    return int(moved[0]) if moved else 0


def save_books(bulk: Bulk, tables: dict[str, pa.Table], anew: IntArray) -> None:
    """Store rows of BOOKS.

    Args:
        bulk: the transaction.
        tables: by name; the rows that changed, or all rows of a wallet that is written anew.
        anew: wallets of which nothing older stays.
    """
    for name, key in BOOKS.items():
        rows = tables[name]
        if len(anew):
            bulk.clear(name, anew.tolist())
        fresh = np.isin(column(rows, "trader_id"), anew)
        bulk.append(name, rows.filter(pa.array(fresh)))
        bulk.upsert(name, key, rows.filter(pa.array(~fresh)))


def known_markets(connection: Connection[Any]) -> NDArray[np.int64]:
    """What the last run knew of the markets: (id, structure, facts) by id."""
    rows = connection.execute(
        "select market_id, structure, facts from ledger_market order by 1"
    ).fetchall()
    return np.array(rows, np.int64).reshape(-1, 3)


def save_markets(bulk: Bulk, rows: pa.Table) -> None:
    """Note what this run knew of some markets: market_id, structure, facts."""
    bulk.upsert("ledger_market", ["market_id"], rows)


def holders(connection: Connection[Any], markets: IntArray, in_rows: bool = False) -> list[int]:
    """Wallets with a position in some markets (ids); with `in_rows` also those whose rows only name one."""
    if not len(markets):
        return []
    tables = ("ledger_position", "trade", "activity") if in_rows else ("ledger_position",)
    query = " union ".join(
        f"select trader_id from {table} where market_id = any(%(ids)s)" for table in tables
    )
    return [row[0] for row in connection.execute(query, {"ids": markets.tolist()})]


@dataclass(frozen=True)
class News:
    """Unread rows of one wallet: the first second of them (Unix), and how often they were written to."""

    first_new: int
    marks: int


def news(connection: Connection[Any]) -> dict[int, News]:
    """Per wallet with unread rows, what is known of them."""
    rows = connection.execute(
        "select trader_id, floor(extract(epoch from first_new))::bigint, marks from trader_news order by 1"
    )
    return {row[0]: News(row[1], row[2]) for row in rows}


def clear_news(connection: Connection[Any], read: dict[int, News]) -> None:
    """Forget the news a run has read, unless more arrived meanwhile."""
    connection.execute(
        "delete from trader_news n using unnest(%s::int[], %s::bigint[]) as x(id, marks) "
        "where n.trader_id = x.id and n.marks = x.marks",
        [list(read), [item.marks for item in read.values()]],
    )


def server_time(connection: Connection[Any]) -> datetime:
    """The database's clock, to the second: what a run may claim to have read up to."""
    row = connection.execute("select date_trunc('second', clock_timestamp())").fetchone()
    assert row is not None
    return cast(datetime, row[0])


def last_run(connection: Connection[Any]) -> tuple[datetime, str] | None:
    """When the newest scoring run was stored, and its version."""
    row = connection.execute(
        "select created_at, score_version from score_run order by id desc limit 1"
    ).fetchone()
    return (row[0], row[1]) if row else None


def all_traders(store: Store) -> list[int]:
    """Ids of every known wallet, ascending."""
    with store.raw() as connection:
        return [row[0] for row in connection.execute("select id from trader order by id")]


def row_counts(connection: Connection[Any]) -> tuple[IntArray, NDArray[np.float64]]:
    """(ids of every known wallet, rows it is likely to have): its fills when it was scored last, else the average."""
    rows = connection.execute("select id, trade_count from trader order by id").fetchall()
    table = np.array(rows, np.float64).reshape(-1, 2)
    guess = connection.execute(
        "select sum(greatest(reltuples, 0)) from pg_class where relkind = 'r' and (relname = 'activity' or oid in "
        "(select inhrelid from pg_inherits where inhparent = 'trade'::regclass))"
    ).fetchone()
    average = float(guess[0] or 0) / max(len(table), 1) if guess else 0.0
    return table[:, 0].astype(np.int32), np.where(np.isnan(table[:, 1]), average, table[:, 1])


def wallets(connection: Connection[Any]) -> pd.DataFrame:
    """Every wallet: columns trader, address, coverage and coverage_reason (`unchecked` until compared), by id."""
    rows = connection.execute(
        "select id, address, coalesce(coverage, 'unchecked'), coverage_reason from trader order by id"
    )
    return pd.DataFrame(
        rows.fetchall(), columns=["trader", "address", "coverage", "coverage_reason"]
    ).astype({"coverage": object, "coverage_reason": object})


def save_validation(
    connection: Connection[Any], as_of: datetime, version: str, verdict: str, result: dict[str, Any]
) -> None:
    """Keep a validation with its verdict."""
    connection.execute(
        "insert into validation_run (as_of, score_version, verdict, result) values (%s, %s, %s, %s)",
        [as_of, version, verdict, Jsonb(result)],
    )
