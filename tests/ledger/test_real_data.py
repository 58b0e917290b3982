"""Real histories whose results were measured independently."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from smartmoney.ledger import Activity, Kind, Ledger, Markets, run
from tests.kit.single_metrics import calc_profit_factor

pytestmark = pytest.mark.shared
MICRO = 1_000_000
FIRST_OUTCOMES = ("Democrat", "Democratic", "Yes")


def micro(values: pd.Series) -> np.ndarray:
    return (values * MICRO).round().astype(np.int64).to_numpy()


@pytest.fixture(scope="module")
def shared_data() -> Path:
    from tests.kit.environment import SHARED

    if not (SHARED / "data").is_dir():
        pytest.skip(f"no real data at {SHARED}")
    return SHARED / "data"


@pytest.fixture(scope="module")
def midterms(shared_data: Path) -> pd.DataFrame:
    """Trades of the 25 resolved markets, with our numbers; `held` is a wallet's lowest final amount."""
    trades = pd.read_parquet(shared_data / "midterms2022/trades.parquet")
    listed = pd.read_csv(shared_data / "midterms2022/markets.csv")
    listed = listed[listed.resolution != "ongoing"].reset_index(drop=True)
    trades = trades[trades.market_short_name.isin(listed.market_short_name)].reset_index(drop=True)
    trades["market"] = pd.Series(listed.index, index=listed.market_short_name)[
        trades.market_short_name
    ].to_numpy()
    trades["outcome"] = 2 * trades.market + ~trades.Outcome.isin(FIRST_OUTCOMES)
    trades["won"] = trades.Outcome.isin(FIRST_OUTCOMES) == (
        trades.market.map(listed.resolution) == "1"
    )
    trades["ts"] = (
        pd.to_datetime(trades.Timestamp, utc=True).map(pd.Timestamp.timestamp).astype(np.int64)
    )
    trades["trader"], _ = pd.factorize(trades.Account, sort=True)
    signed = trades.Shares.where(trades.Type == "Buy", -trades.Shares)
    trades["held"] = trades.trader.map(
        signed.groupby([trades.trader, trades.outcome]).sum().groupby("trader").min()
    )
    trades.attrs["paid"] = [
        MICRO * flag for won in listed.resolution.astype(int) for flag in (won, 1 - won)
    ]
    return trades


def book_of(trades: pd.DataFrame, ts: pd.Series | int) -> Ledger:
    paid = trades.attrs["paid"]
    markets = Markets.of(
        event=np.arange(len(paid) // 2), payout_micro=paid, resolved_at=1_669_000_000
    )
    kind = np.where(trades.Type == "Buy", Kind.BUY, Kind.SELL)
    events = Activity.of(
        trader=trades.trader,
        ts=ts,
        kind=kind,
        market=trades.market,
        outcome=trades.outcome,
        size_micro=micro(trades.Shares),
        cash_micro=micro(trades.Amount),
        seq=-trades.csv_row,
    )
    return run(events, markets)


def test_midterms(midterms: pd.DataFrame) -> None:
    """The goldens are sums of cash and final shares. Twenty-four wallets sell what they minted before they
    buy it back, and some end up to one share short, so: one second for all rows (purchases come first), and
    short shares at their payout taken off."""
    clean = midterms[midterms.held >= -1]
    book = book_of(clean, 1_668_000_000)
    account = book.state.accounts
    short = (
        (clean.Shares.where(clean.Type == "Buy", -clean.Shares) * clean.won)
        .groupby([clean.trader, clean.outcome])
        .sum()
    )
    owed = micro(-short.clip(upper=0).groupby("trader").sum())
    pnl = book.traders.realized_micro + account["unexplained_cash_micro"] - owed
    assert len(pnl) == 1_292
    assert round(pnl.sum() / MICRO, 2) == -45_991.60
    assert round(pnl.max() / MICRO, 2) == 169_101.19
    assert round(pnl.min() / MICRO, 2) == -109_969.42
    assert (pnl > 0).sum() == 376 and (
        pnl == 0
    ).sum() >= 1  # 377 in floating point, where one zero is 4e-16
    assert owed.sum() < 50 * MICRO


def test_midterms_in_time_order(midterms: pd.DataFrame) -> None:
    """In time order the wallets that sold before they bought are counted, and nobody else's result changes.

    Those whose unseen shares are more than dust lack history: 9 of the 24.
    """
    clean = midterms[midterms.held >= -1]
    one, timed = book_of(clean, 1_668_000_000), book_of(clean, clean.ts)
    marked = timed.state.accounts["n_missing"] > 0
    assert marked.sum() == 24 and timed.state.accounts.partial.sum() == 9
    assert (one.traders.realized_micro[~marked] == timed.traders.realized_micro[~marked]).all()


@pytest.fixture(scope="module")
def insider(shared_data: Path) -> tuple[Activity, Markets]:
    """The last 3,500 trades of wallet 0xee50 (the API's offset cap cuts earlier ones off), and who won."""
    trades = pd.read_parquet(shared_data / "wallet_0xee50/trades.parquet")
    won = json.loads((shared_data / "wallet_0xee50/market_resolution.json").read_text())
    market = trades.conditionId.map({condition: i for i, condition in enumerate(won)})
    outcome = trades.asset.map(
        {token: i for i, token in enumerate(t for tokens in won.values() for t in tokens)}
    )
    paid = [MICRO * flag for tokens in won.values() for flag in tokens.values()]
    events = Activity.of(
        trader=0,
        ts=trades.timestamp,
        kind=np.where(trades.side == "BUY", Kind.BUY, Kind.SELL),
        market=market,
        outcome=outcome,
        size_micro=micro(trades["size"]),
        cash_micro=micro(trades["size"] * trades.price),
        seq=-trades.index.to_numpy(),
    )
    return events, Markets.of(
        event=np.arange(len(won)), payout_micro=paid, resolved_at=1_770_000_000
    )


def test_0xee50(insider: tuple[Activity, Markets]) -> None:
    events, markets = insider
    book = run(replace(events, ts=np.full_like(events.ts, 1_764_000_000)), markets)
    pnl = book.settlement.realized_micro / MICRO
    assert round(pnl.sum(), 2) == 1_169_077.69
    assert ((pnl > 0).sum(), (pnl <= 0).sum()) == (48, 12)
    assert (round(pnl[pnl > 0].sum(), 2), round(pnl[pnl < 0].sum(), 2)) == (
        1_325_609.03,
        -156_531.34,
    )
    assert round(calc_profit_factor(book.settlement.realized_micro), 4) == 8.4686
    assert (book.events.pnl_micro > 0).sum() == 47 and len(book.events) == 59


def test_0xee50_in_time_order_lacks_its_earlier_purchases(
    insider: tuple[Activity, Markets],
) -> None:
    book = run(*insider)
    account = book.state.accounts
    assert account.partial[0] and account["n_missing"][0] == 9
    assert account["missing_shares_micro"][0] == pytest.approx(63_592_887_350, abs=5_000)


def test_0x4f34(shared_data: Path) -> None:
    """Nothing but the wallet's own rows: a redemption tells who won, by the shares it paid for."""
    rows = pd.DataFrame(
        json.loads((shared_data / "wallet_0x4f34/onchain_activity.json").read_text())
    ).iloc[::-1]
    kinds = rows[rows.conditionId != ""].groupby("conditionId").type.agg(set)
    both = kinds.index[kinds == {"TRADE", "REDEEM"}]
    rows = rows[rows.conditionId.isin(both)]
    market = rows.conditionId.map({condition: i for i, condition in enumerate(both)}).to_numpy()
    trade = (rows.type == "TRADE").to_numpy()
    events = Activity.of(
        trader=0,
        ts=rows.timestamp,
        kind=np.where(trade, Kind.BUY, Kind.REDEEM),
        market=market,
        outcome=np.where(trade, 2 * market + rows.outcomeIndex.to_numpy(), -1),
        size_micro=micro(rows["size"]),
        cash_micro=micro(rows.usdcSize),
    )
    book = run(events, Markets.of(event=np.arange(len(both))))
    assert len(both) == 170
    assert book.traders.realized_micro[0] == -1_344_957
    assert (book.state.positions["shares_micro"] == 0).all()
    assert (
        book.state.accounts["n_conflicts"][0],
        book.state.accounts["unexplained_cash_micro"][0],
    ) == (0, 0)
    assert (book.state.positions["redeemed_cash_micro"] > 0).sum() == 92
