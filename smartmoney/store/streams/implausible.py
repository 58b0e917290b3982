"""What runs left that is hardly true: noted with the run that did it, until a later run finds it no longer so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from psycopg import Connection

from smartmoney.store.db import Store
from smartmoney.store.sql import Row, Statements

SQL = Statements(__file__)
Kind = Literal["no trades", "PnL jump", "unsettled", "population"]
LASTING: tuple[Kind, ...] = ("no trades", "population")
"""What is so until it is not any more; the others happened once and are told for a week."""


@dataclass(frozen=True)
class Implausible:
    """One thing that is hardly true.

    Attributes:
        kind: of it.
        key: what it is about: a day, a wallet, a market, a job.
        sentence: for people.
    """

    kind: Kind
    key: str
    sentence: str


def note(
    connection: Connection[Any],
    job: str,
    run_id: int,
    found: Iterable[Implausible],
    looked_for: Iterable[Kind],
) -> int:
    """Note what a run left, and that what it looked for and did not find is so no more; returns how many are new.

    Args:
        connection: as `sm_ingest`.
        job, run_id: the run that ends; what a trigger noted meanwhile becomes its.
        found: what is implausible now.
        looked_for: kinds that the job looks for.
    """
    found = list(found)
    SQL.run(connection, "take", job=job, run_id=run_id)
    rows = [(each.kind, each.key, each.sentence) for each in found]
    kinds, keys, sentences = ([row[part] for row in rows] for part in range(3))
    given = {"kinds": kinds, "keys": keys, "sentences": sentences}
    new = SQL.run(
        connection, "note", **given, job=job, run_id=run_id, lasting=list(LASTING)
    ).fetchall()
    SQL.run(
        connection,
        "clear",
        job=job,
        keys=keys,
        kinds=[each for each in looked_for if each in LASTING],
    )
    return sum(fresh for (fresh,) in new)


def open_ones(store: Store) -> list[Row]:
    """What is implausible now, the newest first: kind, key, job, run_id, sentence, seen_at, last_seen_at."""
    return SQL.fetch(store, "open_ones")


def empty_days(connection: Connection[Any], now: datetime) -> list[str]:
    """Of the last seven whole days (UTC) those without a trade, where most days of the week before have some: 2026-11-24."""
    return [row[0] for row in SQL.run(connection, "empty_days", now=now)]


def boards(connection: Connection[Any], run_id: int) -> tuple[int, float] | None:
    """Wallets on the boards in the run before this one ended and asked alike (the median of ten), None without three.

    Returns:
        How many runs, and their median.
    """
    row = SQL.run(connection, "boards", run_id=run_id).fetchone()
    return None if row is None or row[0] < 3 else (int(row[0]), float(row[1]))


def populations(connection: Connection[Any]) -> tuple[int, int] | None:
    """(wallets among which the newest scores are ranked, the same a day before); None before there is such a day."""
    row = SQL.run(connection, "populations").fetchone()
    return None if row is None else (int(row[0]), int(row[1]))


def known_pnl(connection: Connection[Any], least: float) -> dict[int, Decimal]:
    """Total PnL in USD by wallet id, of wallets read completely with at least so much, gained or lost."""
    return dict(SQL.run(connection, "known_pnl", least=least).fetchall())
