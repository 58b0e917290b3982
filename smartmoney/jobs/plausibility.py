"""After each run: is what it left plausible? What is not is told with the run, on Health, in `status` and `/metrics`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from smartmoney import formats
from smartmoney.jobs.report import JobReport
from smartmoney.store.db import PostgresConnection, Store
from smartmoney.store.streams import implausible
from smartmoney.store.streams.implausible import Implausible, Kind

TIMES = 10
LEAST_PNL, LEAST_CHANGE = 1_000.0, 10_000.0
"""USD: a wallet's PnL is a jump at ten times what it was, from the first on, by at least the second."""
LEAST_POPULATION = 20
SHRUNK, GROWN = 0.5, 3.0


def look(store: Store, report: JobReport) -> None:
    """Look for what a run that just ended may have left, note it, and say it in the report."""
    kinds, find = CHECKS.get(report.job, ((), _nothing))
    if report.run_id is None or (report.job not in CHECKS and not report.implausible):
        return
    with store.raw() as connection:
        found = [*report.implausible, *find(connection, report)]
        implausible.note(connection, report.job, report.run_id, found, kinds)
    report.sentences += [each.sentence for each in found]


def pnl_jumps(before: Mapping[int, Decimal], scored: pd.DataFrame) -> list[Implausible]:
    """Wallets whose PnL became tenfold in one run.

    Args:
        before: total PnL in USD by wallet id, as `implausible.known_pnl` gives it.
        scored: the new scores: trader_id, address, total_pnl (USD), coverage.
    """
    known = scored["trader_id"].map(before).astype("Float64")
    now = scored["total_pnl"].astype("Float64")
    jumped = (
        (now.abs() >= TIMES * known.abs())
        & (known.abs() >= LEAST_PNL)
        & ((now - known).abs() >= LEAST_CHANGE)
        & (scored["coverage"] == "complete")
    ).fillna(False)
    rows = zip(scored["address"][jumped], known[jumped], now[jumped], strict=True)
    return [
        Implausible(
            "PnL jump",
            address,
            f"The total PnL of {address} went from {formats.signed_usd(old)} to {formats.signed_usd(new)} in one run.",
        )
        for address, old, new in rows
    ]


def _nothing(_: PostgresConnection[Any], __: JobReport) -> list[Implausible]:
    return []


def _trades(connection: PostgresConnection[Any], _: JobReport) -> list[Implausible]:
    days = implausible.empty_days(connection, datetime.now(UTC))
    return [
        Implausible(
            "no trades",
            day,
            f"Not one trade is stored of {day} (UTC), though the days before it have many.",
        )
        for day in days
    ]


def _boards(connection: PostgresConnection[Any], report: JobReport) -> list[Implausible]:
    assert report.run_id is not None
    earlier = implausible.boards(connection, report.run_id)
    if earlier is None:
        return []
    runs, usual = earlier
    return _population(
        "boards",
        report.read.get("traders", 0),
        usual,
        "places on the boards",
        f"{runs} runs before",
    )


def _scores(connection: PostgresConnection[Any], _: JobReport) -> list[Implausible]:
    found = implausible.populations(connection)
    if found is None:
        return []
    return _population("scores", found[0], found[1], "wallets that scores rank", "a day before")


def _population(key: str, now: int, usual: float, what: str, when: str) -> list[Implausible]:
    if max(now, usual) < LEAST_POPULATION or SHRUNK * usual < now < GROWN * usual:
        return []
    verb = "shrank" if now < usual else "grew"
    sentence = f"The population {verb}: {now:,} {what}, {usual:,.0f} {when}."
    return [Implausible("population", key, sentence)]


CHECKS: Mapping[
    str, tuple[tuple[Kind, ...], Callable[[PostgresConnection[Any], JobReport], list[Implausible]]]
] = {
    "sync_trader_trades": (("no trades",), _trades),
    "sync_leaderboard": (("population",), _boards),
    "calculate_rarity_scores": (("population",), _scores),
    "sync_markets": (("unsettled",), _nothing),
    "sync_trader_positions": (("unsettled",), _nothing),
}
"""What each job is looked at for, and how; what a trigger or the job itself noticed is added."""
