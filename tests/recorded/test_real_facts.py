"""Facts that were measured on real rows of 2024 to 2026, and what the ledger makes of them: fees, volume, cash."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from smartmoney.books.catalog import load_catalog
from smartmoney.books.history import load_activity
from smartmoney.ledger import Kind
from smartmoney.store.db import Store
from tests.kit.lab import Lab, lab
from tests.kit.real_rows import real_venue

pytestmark = pytest.mark.shared

M = 1_000_000
NEW_FEES = 1_777_420_800
"""2026-04-29: from here a purchase costs its fee in dollars; before, it was taken in shares."""
RATES = (0.03, 0.04, 0.05, 0.07, 0.072)
ROWS = 400


@pytest.fixture(scope="module")
def fills(shared: Path) -> pd.DataFrame:
    """Trades of wallets nobody picked, at a price that leaves room for a fee."""
    path = shared / "data" / "real2026" / "airesmendes" / "activity.parquet"
    rows = pd.read_parquet(path).query("type == 'TRADE' and size > 0 and 0 < price < 1")
    rows = rows[rows["conditionId"].str.len() == 66]
    traded = rows["size"] * rows["price"]
    fee = (rows["usdcSize"] - traded) * np.where(rows["side"] == "BUY", 1, -1)
    return rows.assign(traded=traded, fee=fee, rate=fee / (traded * (1 - rows["price"])))


def bearing(fills: pd.DataFrame, side: str, later: bool) -> pd.DataFrame:
    """Those with a fee that stands clear of rounding."""
    era = (fills["timestamp"] >= NEW_FEES) == later
    return fills[era & (fills["side"] == side) & (fills["fee"] > 0.01) & (fills["usdcSize"] > 5)]


def near_a_rate(rates: pd.Series) -> float:
    """The share of rows within 1 % of one of the venue's rates."""
    off = np.min([np.abs(rates / rate - 1) for rate in RATES], axis=0)
    return float((off < 0.01).mean())


@pytest.mark.parametrize(
    ("side", "later", "least"),
    [("BUY", True, 0.92), ("SELL", True, 0.88), ("SELL", False, 0.95)],
)
def test_a_fee_is_a_rate_of_price_times_rest(
    fills: pd.DataFrame, side: str, later: bool, least: float
) -> None:
    """BUY = size x price + fee, SELL = size x price - fee, fee = rate x size x price x (1 - price)."""
    rows = bearing(fills, side, later)
    assert len(rows) > 1_000 and near_a_rate(rows["rate"]) > least


def test_before_a_purchase_paid_its_fee_in_shares(fills: pd.DataFrame) -> None:
    """What it cost over size x price is then rate / (1 - rate x (1 - price)), and not the rate."""
    rows = bearing(fills, "BUY", later=False)
    in_shares = rows["rate"] / (1 + rows["rate"] * (1 - rows["price"]))
    assert len(rows) > 5_000
    assert near_a_rate(in_shares) > 0.95 and near_a_rate(rows["rate"]) < 0.5


def test_much_of_what_is_traded_bears_a_fee(fills: pd.DataFrame) -> None:
    assert (fills["fee"].abs() > 0.01).mean() == pytest.approx(0.6, abs=0.1)


@pytest.mark.parametrize("later", [False, True])
def test_what_a_fill_costs_is_its_cash_and_the_fee_is_no_price(
    store: Store, tmp_path: Path, fills: pd.DataFrame, later: bool
) -> None:
    """Fills of both eras from the wire to the ledger: cash to the millionth, the fee beside it, the price without it."""
    rows = pd.concat([bearing(fills, side, later).head(ROWS) for side in ("BUY", "SELL")])
    venue = real_venue(rows, dict.fromkeys(rows["conditionId"], 1.0))
    with lab(store, tmp_path, venue) as bench:
        bench.run(steps=("trades", "markets", "markets", "score"))
        found = load_activity(store, load_catalog(store), range(1, 1 << 30))
        costs = bought(bench)
    assert len(found) == len(rows)
    for kind, side in ((Kind.BUY, "BUY"), (Kind.SELL, "SELL")):
        own, given = found.take(found.kind == int(kind)), rows[rows["side"] == side]
        assert own.cash_micro.sum() == np.rint(given["usdcSize"] * M).sum()
        assert own.fee_micro.sum() / M == pytest.approx(
            given["fee"].sum(), abs=0.01 * len(given) / 50
        )
        assert (own.fee_micro > 0).all()
    assert costs == pytest.approx(rows.loc[rows["side"] == "BUY", "usdcSize"].sum(), abs=1e-4)


def bought(bench: Lab) -> float:
    with bench.store.raw() as connection:
        row = connection.execute("select sum(bought_cost_micro) from ledger_position").fetchone()
    assert row is not None
    return float(row[0]) / M


def golden(shared: Path) -> pd.DataFrame:
    path = shared / "data" / "real2026" / "jadesullie" / "golden_reconciliation.csv"
    return pd.read_csv(path).set_index("proxyWallet")


def winners(shared: Path) -> pd.DataFrame:
    return pd.read_parquet(shared / "data" / "real2026" / "jadesullie" / "activity.parquet")


def test_volume_of_the_board_is_shares(shared: Path) -> None:
    """The official volume of that time counts shares, not dollars."""
    told = golden(shared).query("volume_equals_shares_1pct")
    trades = winners(shared).query("type == 'TRADE'")
    own = trades[trades["proxyWallet"].isin(told.index)].groupby("proxyWallet")
    shares, dollars = own["size"].sum(), own["usdcSize"].sum()
    assert len(told) >= 10
    for wallet, volume in told["volume"].items():
        assert shares[wallet] == pytest.approx(volume, rel=0.01)
        assert abs(dollars[wallet] / volume - 1) > 0.05, "dollars are another number"


def test_cash_flow_is_the_platforms_pnl(shared: Path) -> None:
    """-BUY -SPLIT +SELL +REDEEM +MERGE +REWARD +YIELD +MAKER_REBATE in dollars, of wallets whose history is whole."""
    exact = golden(shared).query("exact_1pct")
    rows = winners(shared)
    rows = rows[rows["proxyWallet"].isin(exact.index)]
    out = rows["type"].eq("SPLIT") | rows["side"].eq("BUY")
    none = rows["type"].eq("CONVERSION")
    flow = rows["usdcSize"].where(~out, -rows["usdcSize"]).where(~none, 0.0)
    found = flow.groupby(rows["proxyWallet"]).sum()
    assert len(exact) == 11
    for wallet, pnl in exact["pnl"].items():
        assert found[wallet] == pytest.approx(pnl, rel=0.01), wallet
