"""Was the lean right, on this database? What smart money leaned to a day before each market resolved, from what was known then."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from smartmoney import market_stats as sm
from smartmoney.books.catalog import Catalog, load_catalog
from smartmoney.books.history import load_activity
from smartmoney.jobs.runner import JobRun, job
from smartmoney.ledger import Activity, replay
from smartmoney.store.db import Store
from smartmoney.store.markets import lean
from smartmoney.store.scores import runs


@job(has_notebook=False)
def prove_lean(run: JobRun, *, smart_tiers: list[str] | None = None) -> None:
    """Compare the lean of 24 hours before each resolution with what the market paid, and with the price then.

    Args:
        run: store, settings and report.
        smart_tiers: tiers that count as smart; the setting SMART_TIERS when not given.
    """
    store, report = run.store, run.report
    tiers = tuple(smart_tiers or run.settings.smart_tiers)
    looks = looks_then(store, tiers)
    found = sm.prove(looks)
    report.read = {
        "resolved markets with a price": len(looks),
        "with a lean": found.markets,
        "events": found.events,
    }
    with store.raw() as connection:
        runs.save_proof(connection, datetime.now(UTC), found.verdict, found.to_dict())
    report.written = {"lean_proof": 1}
    report.sentences = [found.verdict]
    if found.brier_price is not None:
        report.sentences.append(
            f"Brier of the price {found.brier_price:.4f}; of the price moved by the lean {found.brier_cross:.4f} with the slope "
            f"of the other events, {found.brier_smart:.4f} with that of at least {sm.LEAST_RESOLVED} earlier markets "
            f"({found.fitted} markets had so many)."
        )
    report.tables["What markets paid beyond their price, by lean"] = pd.DataFrame(found.calibration)


def looks_then(store: Store, tiers: tuple[str, ...]) -> pd.DataFrame:
    """What each resolved market showed 24 hours before, as `smartmoney.market_stats.prove` takes it.

    Holdings come from activity up to that moment, tiers from the score history up to it; what came later is not looked at.
    """
    resolved, history = lean.load_resolved(store), lean.load_history(store)
    catalog = load_catalog(store)
    held = _held_then(load_activity(store, catalog), catalog, resolved)
    if held.empty or history.empty:
        return resolved.assign(smart_lean=np.nan)
    exposure = sm.exposures(sm.Inputs(held, pd.DataFrame(), resolved))
    exposure["at"] = exposure["market_id"].map(resolved.set_index("market_id")["at"])
    return resolved.merge(sm.leans_then(exposure, history, tiers), on="market_id", how="left")


def _held_then(activity: Activity, catalog: Catalog, resolved: pd.DataFrame) -> pd.DataFrame:
    """Shares held of each resolved market at its own moment: trader_id, market_id, outcome_index, shares, avg_price."""
    at = np.full(len(catalog.market_ids) + 1, -1, np.int64)
    at[catalog.market_rows(resolved["market_id"].to_numpy(np.int32))] = resolved["at"].to_numpy()
    at[-1] = -1  # rows without a market
    book = replay(activity.take(activity.ts <= at[activity.market]), catalog.markets).positions
    shares = book["shares_micro"]
    with np.errstate(divide="ignore", invalid="ignore"):
        average = book["cost_micro"] / shares
    market = catalog.markets.outcome_market[book.outcome]
    frame = pd.DataFrame(
        {
            "trader_id": book.trader,
            "market_id": catalog.market_ids[market],
            "shares": shares / 1e6,
            "outcome_index": catalog.markets.outcome_position[book.outcome],
            "avg_price": average,
        }
    )
    return frame[shares > 0].reset_index(drop=True)
