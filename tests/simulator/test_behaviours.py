"""The table of behaviours is complete, and what it says was measured can be measured again."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from polymarket_sim import measured
from polymarket_sim.venue import Venue
from tests.kit.venue_rows import UNJOINED

pd = pytest.importorskip("pandas")
TABLE = Path(measured.__file__).with_name("BEHAVIOURS.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TABLE.splitlines()
    if line.startswith("| ") and not line.startswith("| Behaviour")
]


def test_each_row_says_how_it_is_known_when_and_by_whom() -> None:
    assert len(ROWS) > 40
    for behaviour, _, known, date, source in ROWS:
        assert behaviour and known in ("documented", "seen", "assumed"), behaviour
        assert known == "assumed" or (re.match(r"(to )?20\d\d", date) and source), behaviour


def test_each_option_of_the_venue_has_a_row() -> None:
    named = {name for row in ROWS for name in re.findall(r"`(\w+)`", row[1])}
    assert {field.name for field in fields(Venue)} <= named


@pytest.fixture(scope="module")
def activity(shared: Path) -> dict[str, Any]:
    columns = ["proxyWallet", "timestamp", "type", "usdcSize", "transactionHash", "price", "side"]
    columns += ["conditionId", "title", "slug", "eventSlug", "outcome", "outcomeIndex"]
    return {
        name: pd.read_parquet(
            shared / "data" / "real2026" / folder / "activity.parquet", columns=columns
        )
        for name, folder in (("NEAR", "airesmendes"), ("WON", "jadesullie"))
    }


def busy(rows: Any) -> Any:
    """Rows of wallets with 100 and more."""
    return rows[rows.groupby("proxyWallet").type.transform("size") >= 100]


@pytest.mark.parametrize(
    ("kind", "constant"),
    [("MERGE", measured.MERGING_WALLETS), ("CONVERSION", measured.CONVERTING_WALLETS)],
)
def test_the_share_of_wallets_that_do_it(
    activity: dict[str, Any], kind: str, constant: float
) -> None:
    does = busy(activity["NEAR"]).groupby("proxyWallet").type.agg(lambda kinds: kind in set(kinds))
    assert abs(does.mean() - constant) < 0.01


def test_the_shares_of_rows(activity: dict[str, Any]) -> None:
    near = activity["NEAR"]
    trades, redeemed, split = (near[near.type == kind] for kind in ("TRADE", "REDEEM", "SPLIT"))
    assert abs((trades.side == "BUY").mean() - measured.BUYS) < 0.01
    assert abs((redeemed.usdcSize == 0).mean() - measured.LOSING_REDEMPTIONS) < 0.01
    assert abs((split.price == 0.5).mean() - measured.SPLIT_PRICED) < 0.01
    several = trades.groupby(["proxyWallet", "transactionHash"]).size() > 1
    assert abs(several.mean() - measured.FILLS_IN_ONE_TRANSACTION) < 0.001
    for kind, (share, _) in measured.INCOME_WALLETS.items():
        has = near[near.type == kind].proxyWallet.nunique() / near.proxyWallet.nunique()
        assert abs(has - share) < 0.002


@pytest.mark.parametrize(
    ("hours", "constant"), [(True, measured.HOURS_A_DAY), (False, measured.FILLS_A_DAY)]
)
def test_the_days_of_busy_winners(
    activity: dict[str, Any], hours: bool, constant: tuple[tuple[float, float], ...]
) -> None:
    rows = activity["WON"]
    rows = rows[rows.type == "TRADE"]
    rows = rows[rows.groupby("proxyWallet").type.transform("size") >= 100]
    rows = rows.assign(day=rows.timestamp // 86_400, hour=rows.timestamp // 3_600)
    by_day = rows.groupby(["proxyWallet", "day"]).hour
    counts = (by_day.nunique() if hours else by_day.size()).groupby("proxyWallet").median()
    for place, value in constant:
        assert counts.quantile(place) == pytest.approx(value, rel=0.05)


def test_combos_are_rare(activity: dict[str, Any]) -> None:
    rows = activity["NEAR"]
    does = rows.groupby("proxyWallet").conditionId.agg(lambda ids: (ids.str.len() == 64).any())
    assert does.mean() == pytest.approx(measured.COMBO_WALLETS, rel=0.01)
    combos = activity["WON"].conditionId.str.len() == 64
    assert not combos.any()


def test_fills_of_a_moment_name_no_market(activity: dict[str, Any]) -> None:
    trades = activity["NEAR"][activity["NEAR"].type == "TRADE"]
    unjoined = trades[trades.conditionId == ""]
    assert len(unjoined) / len(trades) == measured.UNJOINED_TRADES
    assert unjoined.timestamp.max() - unjoined.timestamp.min() == 101
    names = ("conditionId", "title", "slug", "eventSlug", "outcome", "outcomeIndex")
    rows = unjoined[[*names]].drop_duplicates().to_dict("records")
    assert [list(row.values()) for row in rows] == [list(UNJOINED.values())]
    untitled = trades[(trades.title == "0") & (trades.conditionId != "")]
    assert len(untitled) / len(trades) == measured.UNTITLED_TRADES
    assert untitled.timestamp.max() < unjoined.timestamp.min()
    assert unjoined.timestamp.max() - untitled.timestamp.min() < 360
    assert {*untitled.slug, *untitled.eventSlug} == {"0"} and {*untitled.outcomeIndex} == {999}


def test_tokens_that_were_never_bought(shared: Path) -> None:
    rows = pd.read_parquet(
        shared / "data" / "real2026" / "airesmendes" / "positions.parquet",
        columns=["wallet", "first_avgPrice", "first_totalBought", "first_size"],
    )
    unbought = rows[(rows.first_avgPrice == 0) & (rows.first_totalBought == 0)]
    share = unbought.wallet.nunique() / rows.wallet.nunique()
    assert share == pytest.approx(measured.UNBOUGHT_WALLETS, rel=0.01)
    for place, shares in measured.UNBOUGHT_SHARES:
        assert unbought.first_size.quantile(place) == pytest.approx(shares, rel=0.01)


def test_odd_averages(shared: Path) -> None:
    rows = pd.read_parquet(
        shared / "data" / "real2026" / "airesmendes" / "positions.parquet",
        columns=["first_avgPrice", "first_redeemable", "first_curPrice", "first_totalBought"],
    )
    assert abs((rows.first_avgPrice < 0).mean() - measured.NEGATIVE_AVERAGES) < 0.0002
    held = rows[rows.first_redeemable.astype(bool)]
    assert abs((held.first_curPrice == 0).mean() - measured.LOST_AMONG_REDEEMABLE) < 0.001
    unbought = (rows.first_avgPrice == 0) & (rows.first_totalBought == 0)
    assert abs(unbought.mean() - measured.UNBOUGHT_POSITIONS) < 0.002
