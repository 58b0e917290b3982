"""Rows of real wallets through the product's own door against the platform's figures, and whom the flags take."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from smartmoney.ledger import Activity, Kind, Ledger, Markets, run
from smartmoney.metrics import FLAGS, Measures, measure
from smartmoney.store.db import Store
from tests.kit.lab import lab
from tests.kit.real_rows import ENDED, M, real_venue
from tests.kit.sources import ROOT

pytestmark = pytest.mark.shared

KINDS = {
    "SPLIT": Kind.SPLIT,
    "MERGE": Kind.MERGE,
    "REDEEM": Kind.REDEEM,
    "CONVERSION": Kind.CONVERSION,
    "REWARD": Kind.REWARD,
    "REFERRAL_REWARD": Kind.REWARD,
    "MAKER_REBATE": Kind.REBATE,
    "TAKER_REBATE": Kind.REBATE,
    "YIELD": Kind.YIELD,
}


def rows_of(shared: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(shared / "data" / "real2026" / name / "activity.parquet")


def payouts(shared: Path) -> pd.Series:
    """Payout of the first outcome by condition."""
    path = shared / "data" / "real2026" / "resolutions" / "resolutions.parquet"
    found: pd.Series = pd.read_parquet(path).set_index("conditionId")["payout0"]
    return found


def first_pays(rows: pd.DataFrame, known: pd.Series) -> dict[str, float]:
    """Payout of the first outcome of every market traded: as it is known, or, these being wallets whose history is
    complete and long ended, won where somebody redeemed and lost where nobody did."""
    fills = rows[rows["type"] == "TRADE"]
    redeemed = set(rows.loc[(rows["type"] == "REDEEM") & (rows["usdcSize"] > 0), "conditionId"])
    signed = fills["size"].where(fills["side"] == "BUY", -fills["size"])
    held = signed.groupby([fills["conditionId"], fills["outcomeIndex"]]).sum()
    found = {}
    for condition in fills["conditionId"].unique():
        outcome = int(held[condition].idxmax())
        told = 1.0 if (condition in redeemed) == (outcome == 0) else 0.0
        found[condition] = float(known.get(condition, told))
    return found


def test_wallets_come_out_as_the_platform_has_them(
    store: Store, shared: Path, tmp_path: Path
) -> None:
    """Eleven wallets with a complete history: trading and income equal the official all-time PnL within 1 %."""
    path = shared / "data" / "real2026" / "jadesullie" / "golden_reconciliation.csv"
    golden = pd.read_csv(path).query("exact_1pct").set_index("proxyWallet")
    rows = rows_of(shared, "jadesullie")
    rows = rows[rows["proxyWallet"].isin(golden.index)]
    venue = real_venue(rows, first_pays(rows, payouts(shared)))
    income = rows[rows["type"].isin(["REWARD", "YIELD", "MAKER_REBATE"])]
    earned = income.groupby("proxyWallet")["usdcSize"].sum()
    with lab(store, tmp_path, venue) as bench:
        bench.run(steps=("trades", "markets", "markets", "score"))
        found = {wallet: bench.wallet(wallet)["total_pnl"] for wallet in golden.index}
    assert len(found) == 11
    for wallet, total in found.items():
        assert total is not None, wallet
        official = golden.loc[wallet, "pnl"]
        assert total + earned.get(wallet, 0.0) == pytest.approx(official, rel=0.01), wallet


def ledger_of(rows: pd.DataFrame, known: pd.Series) -> tuple[Ledger, Markets]:
    """The book of recorded rows, every market of an event somebody converted in being of one group."""
    rows = rows[rows["conditionId"] != ""]
    apart = rows["type"].isin(["CONVERSION", "REWARD", "REFERRAL_REWARD", "YIELD"])
    apart |= rows["type"].str.endswith("REBATE")
    conditions = pd.Index(rows.loc[~apart, "conditionId"].unique())
    slugs = rows.drop_duplicates("conditionId").set_index("conditionId")["eventSlug"]
    slug = slugs.reindex(conditions).to_numpy(str)
    events = pd.factorize(np.where(slug == "", conditions.to_numpy(str), slug))[0]
    converted = pd.Index(rows.loc[rows["type"] == "CONVERSION", "eventSlug"].unique())
    group = converted.get_indexer(slug)
    first = np.rint(known.reindex(conditions).to_numpy(float) * M)
    pays = np.where(np.isnan(first), -1, np.nan_to_num(first)).astype(int)
    markets = Markets.of(
        event=events,
        group=group,
        neg_risk=group >= 0,
        combo=conditions.str.len().to_numpy() == 64,
        payout_micro=np.column_stack([pays, np.where(pays < 0, -1, M - pays)]).ravel(),
        resolved_at=np.where(pays < 0, -1, ENDED),
    )
    any_market = dict(zip(group.tolist(), range(len(group)), strict=True))
    whole = converted.get_indexer(rows["eventSlug"])
    kind = rows["type"].map({name: int(kind) for name, kind in KINDS.items()}).to_numpy(float)
    traded = np.where(rows["side"] == "BUY", int(Kind.BUY), int(Kind.SELL))
    kind = np.where(rows["type"] == "TRADE", traded, kind).astype(int)
    market = conditions.get_indexer(rows["conditionId"])
    of_group = np.array([any_market.get(g, -1) if g >= 0 else -1 for g in whole.tolist()])
    market = np.where(kind == int(Kind.CONVERSION), of_group, market)
    named = (rows["outcomeIndex"].to_numpy() < 2) & rows["type"].isin(
        ["TRADE", "REDEEM"]
    ).to_numpy()
    activity = Activity.of(
        trader=pd.factorize(rows["proxyWallet"])[0],
        ts=rows["timestamp"].to_numpy(),
        kind=kind,
        market=np.where(kind >= int(Kind.REWARD), -1, market),
        outcome=np.where(named, 2 * market + rows["outcomeIndex"].to_numpy(), -1),
        size_micro=np.rint(rows["size"].to_numpy() * M).astype(np.int64),
        cash_micro=np.rint(rows["usdcSize"].to_numpy() * M).astype(np.int64),
    )
    return run(activity, markets), markets


def shares(found: Measures, among: Any) -> dict[str, float]:
    """Share of some wallets with each flag, and with none."""
    bits = found.flags[among]
    flagged = {name: float((bits >> k & 1).mean()) for k, name in enumerate(FLAGS)}
    return flagged | {"none": float((bits == 0).mean())}


SEEN = re.compile(
    r"^\| (?P<flag>[A-Z_]+) \|.*\| (?P<picked>[\d.]+) % · (?P<others>[\d.]+) % \|$", re.MULTILINE
)


def written(column: str) -> dict[str, float]:
    """The share of wallets each flag is said to flag, where it is defined."""
    page = (ROOT / "docs" / "scoring.md").read_text(encoding="utf-8")
    return {match["flag"]: float(match[column]) / 100 for match in SEEN.finditer(page)}


def test_flags_of_hand_picked_winners(shared: Path) -> None:
    """92 wallets of jadesullie, most of them cut at the front by the cap of their time (which is what PARTIAL is for)."""
    book, markets = ledger_of(rows_of(shared, "jadesullie"), payouts(shared))
    found = measure(book, markets)
    every = shares(found, slice(None))
    assert every["none"] >= 0.4 and every["PARTIAL"] <= 0.45 and every["HEDGER"] <= 0.05
    assert every["MM"] <= 0.10 and every["FARM"] <= 0.10 and every["WASH"] <= 0.05
    assert 0.05 <= shares(found, found.trade_count >= 1_000)["BOT"] <= 0.25
    assert shares(found, found.decided_events >= 10)["ONE_EVENT"] <= 0.15
    assert every == pytest.approx(written("picked") | {"none": every["none"]}, abs=0.015)
    open_ones = book.state.accounts["n_open_conversions"]
    assert open_ones.sum() <= 20, "most of 147 conversions are told by what was held"


def test_flags_of_wallets_that_nobody_picked(shared: Path) -> None:
    """5,814 wallets of airesmendes with the newest rows of each: history begins in the middle."""
    book, markets = ledger_of(rows_of(shared, "airesmendes"), payouts(shared))
    found = measure(book, markets)
    every = shares(found, slice(None))
    assert every["none"] >= 0.6 and every["PARTIAL"] <= 0.40
    assert max(every[name] for name in ("MM", "BOT", "WASH", "FARM", "ONE_EVENT", "HEDGER")) <= 0.02
    assert every == pytest.approx(written("others") | {"none": every["none"]}, abs=0.005)


def test_a_fill_costs_its_price_and_the_fee_of_its_time(shared: Path) -> None:
    """Since 2026-04-29 a taker's purchase costs size x price + fee and a sale brings size x price - fee."""
    rows = rows_of(shared, "airesmendes").query("type == 'TRADE' and size > 0")
    paid = (rows["usdcSize"] - rows["size"] * rows["price"]) * np.where(
        rows["side"] == "BUY", 1, -1
    )
    rate = paid / (rows["size"] * rows["price"] * (1 - rows["price"]))
    later = rows["timestamp"] >= 1_777_420_800
    large = later & (rows["usdcSize"] > 20) & (paid.abs() > 0.01)
    assert (paid[large] > 0).mean() > 0.95
    assert 0.025 < rate[large].median() < 0.075
