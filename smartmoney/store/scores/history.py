"""Writing what scoring found: the current score of every wallet, and a history that only grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from psycopg import Connection
from psycopg.types.json import Jsonb

from smartmoney.schema import TRADER, On
from smartmoney.store.bulk import Bulk
from smartmoney.store.db import async_commit
from smartmoney.store.sql import Statements

SQL = Statements(__file__)
CURRENT = tuple(column.name for column in TRADER.on(On.STORED))
"""Columns of table `trader` that a score fills, and so of the frame `save_scores` takes."""
HISTORY = tuple(column.name for column in TRADER.on(On.HISTORY))
VERDICT = ("tier", "flags", "coverage")
NUMBERS_AFTER = timedelta(days=1)
"""A verdict that changed is a row of history at once; prices move the numbers of every wallet in every run, so they are
one a day."""


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


def _listed(columns: tuple[str, ...], table: str) -> str:
    return ", ".join(f"{table}.{name}" for name in columns)


def save_scores(
    connection: Connection[Any], frame: pd.DataFrame, run: ScoreRun, current: bool = True
) -> dict[str, int]:
    """Store one scoring run in the transaction of `connection`.

    Args:
        connection: as `sm_ingest`.
        frame: column trader_id and every name in CURRENT; money in USD, missing values None.
        run: what the rows share.
        current: also make them the wallets' current scores; False when a past date is filled in.

    Returns:
        `scores`: rows of history added (verdicts that changed, and numbers a day later);
        `tiers`: wallets whose tier changed.
    """
    async_commit(connection)
    bulk = Bulk(connection)
    staged = frame[["trader_id", *CURRENT]].rename(columns={"trader_id": "id"})
    bulk.stage("stage_score", "trader", bulk.typed("trader", staged))
    SQL.run(connection, "analyze")
    added = _add_history(connection, run)
    moved = _make_current(connection, run) if current else 0
    SQL.run(connection, "drop_stages")
    return {"scores": added, "tiers": moved}


def forget_tiers(connection: Connection[Any], wallets: list[int]) -> None:
    """Take the tier from wallets that turned out to be nobody's; what was told of them stays in the history."""
    SQL.run(connection, "forget_tiers", wallets=wallets)


def _add_history(connection: Connection[Any], run: ScoreRun) -> int:
    """Add the run, and the staged scores that are not what the wallet's last ones were; returns their number."""
    run_id = SQL.value(
        connection, "add_run", **{**run.__dict__, "parameters": Jsonb(run.parameters)}
    )
    given = {"as_of": run.as_of, "version": run.score_version}
    names = {
        "staged": _listed(HISTORY, "s"),
        "known": _listed(HISTORY, "h"),
        "verdict": _listed(VERDICT, "s"),
        "verdict_known": _listed(VERDICT, "h"),
    }
    SQL.run(connection, "stage_changed", names, before=run.as_of - NUMBERS_AFTER, **given)
    names |= {"columns": ", ".join(HISTORY)}
    return SQL.run(connection, "add_changed", names, run=run_id, **given).rowcount


def _make_current(connection: Connection[Any], run: ScoreRun) -> int:
    """Copy the staged scores to their wallets; returns how many changed their tier."""
    moved = int(SQL.value(connection, "count_moved"))
    names = {
        "changes": ", ".join(f"{name} = s.{name}" for name in CURRENT),
        "known": _listed(CURRENT, "t"),
        "staged": _listed(CURRENT, "s"),
    }
    SQL.run(connection, "make_current", names, as_of=run.as_of, version=run.score_version)
    SQL.run(connection, "date_current", as_of=run.as_of)
    return moved
