"""Statistics per market: where the smart money stands now, appended to their history; and what it bought per hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd

from smartmoney import market_stats as sm
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.runner import JobRun, job
from smartmoney.scoring.constants import SCORE_VERSION
from smartmoney.store.db import Store
from smartmoney.store.markets import smart

FLOW_TIERS = ("S", "A", "B")
LATE_ROWS = timedelta(hours=26)
LATER_ROWS = timedelta(days=31)
"""How far back the flow is counted again: for rows that come late, and once a day for those of wallets found later."""
FIRST_FLOW = timedelta(days=180)
MOVES_OF = timedelta(hours=24)


@job(
    every=3_600,
    shift=170,
    feeds_alerts=True,
    first_pass=(7,),
    late="smart-market statistics are stale",
)
def calculate_smart_markets(run: JobRun, *, smart_tiers: list[str] | None = None) -> None:
    """Statistics per market: where the smart money stands.

    Args:
        run: store, settings and report.
        smart_tiers: tiers that count as smart; the setting SMART_TIERS when not given.
    """
    store, report = run.store, run.report
    tiers = tuple(smart_tiers or run.settings.smart_tiers)
    computed_at = datetime.now(UTC)
    inputs, slope = _inputs(store), _slope(store)
    exposure = sm.exposures(inputs)
    rows, events = (
        sm.smart_markets(inputs, tiers, slope, exposure=exposure),
        sm.smart_events(inputs, tiers, exposure),
    )
    moved = _movers(store, inputs, exposure, tiers, computed_at)
    with store.raw() as connection:
        last = smart.last_computed(connection)
        report.written = {
            "market_smart_stats": smart.save_stats(connection, rows, computed_at, SCORE_VERSION),
            "event_smart_stats": smart.save_events(connection, events, computed_at),
            "market_smart_mover": smart.save_movers(connection, moved, computed_at),
            "market_smart_flow": smart.save_flow(
                connection, _flow_since(last, computed_at), sorted({*FLOW_TIERS, *tiers})
            ),
        }
    report.read = {
        "holdings": len(inputs.holdings),
        "traders": len(inputs.traders),
        "markets": len(inputs.markets),
    }
    _describe(report, rows, inputs, tiers, slope)
    report.tables["Largest moves of the last 24 hours"] = moved.head(20)


def _flow_since(last: datetime | None, now: datetime) -> datetime:
    if last is None:
        return now - FIRST_FLOW
    return last - (LATE_ROWS if last.date() == now.date() else LATER_ROWS)


def _movers(
    store: Store, inputs: sm.Inputs, exposure: pd.DataFrame, tiers: tuple[str, ...], until: datetime
) -> pd.DataFrame:
    """What the smart wallets did to their net positions in the last 24 hours, with their tiers."""
    net = exposure[["trader_id", "market_id"]].assign(
        net=exposure["yes_shares"] - exposure["no_shares"]
    )
    trades = smart.load_moves(store, tiers, until - MOVES_OF, until)
    return sm.movers(net, trades, inputs.markets).merge(
        inputs.traders[["trader_id", "tier"]], on="trader_id"
    )


def _inputs(store: Store) -> sm.Inputs:
    traders = smart.load_traders(store)
    traders["flags"] = traders.pop("flag_count").map(lambda count: ["flagged"] * int(count))
    return sm.Inputs(smart.load_holdings(store), traders, smart.load_markets(store))


def _slope(store: Store) -> float:
    seen = smart.load_resolved_leans(store)
    return sm.fit_lean_slope(
        *(seen[name].to_numpy(float) for name in ("price", "smart_lean", "won"))
    )


def _describe(
    report: JobReport, rows: pd.DataFrame, inputs: sm.Inputs, tiers: tuple[str, ...], slope: float
) -> None:
    smart_wallets = int(
        (inputs.traders["tier"].isin(tiers) & (inputs.traders["flags"].map(len) == 0)).sum()
    )
    report.sentences = [
        f"{len(rows)} markets have smart holders; {smart_wallets} wallets count as smart (tiers {', '.join(tiers)}).",
        f"Divergence moves the price by {slope:.2f} log-odds per unit of lean."
        if slope
        else f"Divergence stays 0 until {sm.LEAST_RESOLVED} markets with a lean have resolved.",
    ]
    if rows.empty:
        report.sentences[0] = (
            f"No market has smart holders: {smart_wallets} wallets are in tiers {', '.join(tiers)}."
        )
        return
    top = rows.astype({"smart_score": float}).nlargest(10, "smart_score")
    report.tables["Top smart markets"] = top[
        [
            "market_id",
            "lean_label",
            "smart_lean",
            "smart_count",
            "smart_score",
            "smart_share",
            "price",
        ]
    ]
