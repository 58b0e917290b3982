"""The measures of the worked analyses on small cases whose answers can be told by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from smartmoney.research import (
    Costs,
    bands,
    copies,
    copy_return,
    cut_between,
    daily_prices,
    fees,
    flow_table,
    follow,
    gap,
    hill,
    in_profit,
    leaders,
    lorenz,
    luck_test,
    roles,
    settled,
    shuffled_gain,
    snapshot_before,
    surprise_by,
    tier_counts,
    tiers_at,
    top_share,
)
from smartmoney.research.text import bold, decimal, estimate, quoted, say, signed_cents

START = pd.Timestamp("2026-01-01", tz="UTC")
END = START + pd.Timedelta(days=10)
MARKETS = pd.DataFrame(
    {
        "condition_id": ["m1", "m2", "m3"],
        "event_id": [1, 2, 3],
        "payout": [1.0, 0.0, np.nan],
        "resolved_at": pd.to_datetime([END, END, None], utc=True),
        "category": "politics",
    }
)


def fill(
    hours: float,
    who: str,
    market: str,
    outcome: int,
    side: str,
    size: float,
    price: float,
    tx: str = "t",
    fee: float = 0.0,
) -> dict[str, object]:
    cash = size * price + (fee if side == "BUY" else -fee)
    return {
        "ts": START + pd.Timedelta(hours=hours),
        "address": who,
        "condition_id": market,
        "outcome_index": outcome,
        "side": side,
        "size": size,
        "price": price,
        "cash": cash,
        "cash_reported": True,
        "tx_hash": tx,
    }


def fills(*rows: dict[str, object]) -> pd.DataFrame:
    return settled(pd.DataFrame(list(rows)), MARKETS)


def test_settled_joins_the_payout_of_the_fills_own_outcome() -> None:
    found = fills(
        fill(1, "a", "m1", 0, "BUY", 1, 0.4),
        fill(2, "a", "m1", 1, "BUY", 1, 0.7),
        fill(3, "a", "m3", 0, "BUY", 1, 0.5),
        fill(999, "a", "m1", 0, "BUY", 1, 0.9),
    )
    assert found["payout"].tolist() == [1.0, 0.0] and found[
        "first_price"
    ].tolist() == pytest.approx([0.4, 0.3])
    assert found["cluster"].tolist() == ["1", "1"]


def test_daily_prices_take_the_last_of_each_day_and_mirror_it() -> None:
    found = daily_prices(
        fills(
            fill(1, "a", "m1", 0, "BUY", 1, 0.2),
            fill(5, "a", "m1", 0, "BUY", 1, 0.3),
            fill(30, "a", "m1", 1, "BUY", 1, 0.6),
            fill(239, "a", "m1", 0, "BUY", 1, 0.99),
        )
    )
    assert found.loc[found["first"], "price"].tolist() == pytest.approx([0.3, 0.4])
    assert found.loc[~found["first"], ["price", "payout"]].to_numpy().tolist() == [
        [pytest.approx(0.7), 0.0],
        [pytest.approx(0.6), 0.0],
    ]
    assert gap(found, 0, 0.35).value == pytest.approx(0.7) and bands(found)["n"].sum() == 4


def test_lorenz_and_top_share_count_everybody() -> None:
    pnl = [90.0, 10.0, -50.0, 0.0, None]
    assert top_share(pnl, 0.25) == 0.9 and lorenz(pnl)["gains"].tolist() == [0, 0.9, 1, 1, 1]
    assert np.isnan(top_share([-1.0], 0.5)) and len(lorenz([])) == 1


def test_hills_index_finds_the_power_of_a_pareto() -> None:
    gains = np.random.default_rng(5).pareto(1.5, 20_000) + 1
    found = hill(gains)
    assert found.low < 1.5 < found.high and found.n == 2_000
    assert not hill(gains[:19]) and not hill(np.ones(100))


def test_the_four_definitions_count_different_things() -> None:
    wallets = pd.DataFrame(
        {
            "trade_count": [5, 5, 5, 0],
            "decided_events": [2, 0, 1, 0],
            "realized_pnl": [2_000.0, 0, -5, 0],
            "total_pnl": [1_500.0, 10, -5, 0],
        }
    )
    found = in_profit(wallets)
    assert found["share"].tolist() == pytest.approx([1 / 3, 1 / 2, 2 / 3, 1 / 3]) and found[
        "wallets"
    ].tolist() == [3, 2, 3, 3]
    assert in_profit(wallets.head(0))["share"].isna().all()


def test_roles_come_from_the_fee_or_from_the_sizes() -> None:
    rows = pd.DataFrame(
        [
            fill(1, "taker", "m1", 0, "BUY", 10, 0.4, "fee", fee=0.1),
            fill(1, "maker", "m1", 0, "SELL", 10, 0.4, "fee"),
            fill(2, "taker", "m1", 0, "BUY", 10, 0.4, "many"),
            fill(2, "maker", "m1", 0, "SELL", 4, 0.4, "many"),
            fill(2, "maker", "m1", 1, "BUY", 6, 0.6, "many"),
            fill(3, "unknown", "m1", 0, "BUY", 5, 0.4, "two"),
            fill(3, "unknown", "m1", 0, "SELL", 5, 0.4, "two"),
            fill(4, "unknown", "m1", 0, "BUY", 5, 0.4, "alone", fee=0.1),
        ]
    )
    assert roles(rows).fillna("unknown").tolist() == rows["address"].tolist()
    assert fees(rows).round(6).tolist() == [0.1, 0, 0, 0, 0, 0, 0, 0.1]


def history() -> pd.DataFrame:
    days = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"] * 2, utc=True)
    return pd.DataFrame(
        {"address": ["a"] * 3 + ["b"] * 3, "as_of": days, "tier": ["C", "B", "A", "D", "D", "E"]}
    )


def test_tiers_are_those_known_then() -> None:
    cut = cut_between(history())
    assert cut == pd.Timestamp("2026-01-02", tz="UTC")
    assert tiers_at(history(), cut).to_dict() == {"a": "B", "b": "D"} and leaders(
        tiers_at(history(), cut), "SAB"
    ) == ["a"]
    counts = tier_counts(history(), cut, history()["as_of"].max())
    assert counts.loc["B", "A"] == 1 and counts.loc["D", "E"] == 1 and counts.to_numpy().sum() == 2


def test_surprise_by_tier_and_the_test_of_luck() -> None:
    bets = pd.DataFrame(
        {
            "address": ["a"] * 12 + ["b"] * 3,
            "event_id": [*range(12), 0, 1, 2],
            "surprise": [0.5] * 12 + [-0.5] * 3,
            "information": 0.25,
        }
    )
    found = surprise_by(bets, pd.Series({"a": "A", "b": "E"}))
    assert found["value"].to_dict() == {"A": 0.5, "E": -0.5} and found.loc["A", "events"] == 12
    luck = luck_test(bets)
    assert luck.index.tolist() == ["a"] and luck["z"].iloc[0] == pytest.approx(
        12 * 0.5 / np.sqrt(12 * 0.25)
    )


def test_following_earns_what_the_side_was_worth() -> None:
    tape = fills(
        fill(1, "smart", "m1", 0, "BUY", 200, 0.4),
        fill(1, "fool", "m1", 0, "SELL", 200, 0.4),
        fill(2, "smart", "m2", 1, "BUY", 300, 0.7),
        fill(2, "fool", "m2", 1, "SELL", 300, 0.7),
    )
    look = snapshot_before(tape, 24)
    assert follow(look, ["smart"])["gain"].tolist() == pytest.approx([0.6, 0.3])
    assert follow(look, ["fool"])["gain"].tolist() == pytest.approx([-0.6, -0.3])
    assert look.net.sum(axis=0).tolist() == [0.0, 0.0]
    assert flow_table(tape, ["smart"], [24, 24 * 30])["markets"].tolist() == [2, 0]
    assert set(np.round(shuffled_gain(look, ["smart"], ["smart", "fool"], 50), 2)) == {0.45, -0.45}


def test_a_copy_pays_the_later_price_the_spread_and_the_fee() -> None:
    tape = fills(
        fill(1, "leader", "m1", 0, "BUY", 10, 0.40),
        fill(1.5, "x", "m1", 1, "BUY", 10, 0.50),
        fill(2, "leader", "m1", 0, "BUY", 10, 0.45),
    )
    costs = Costs(spread=0.02, fee_rate=0.04)
    found = copies(tape, ["leader"], [0, 60, 10 * 86_400], costs)
    assert found["price"].fillna(-1).tolist() == pytest.approx([0.40, 0.50, -1])
    assert found.loc[1, "cost"] == pytest.approx(0.51 + 0.04 * 0.51 * 0.49)
    profit, back = copy_return(found.head(2))
    assert profit.n == 2 and profit.value == pytest.approx((2 - found["cost"].head(2).sum()) / 2)
    assert back.value == pytest.approx(2 / found["cost"].head(2).sum() - 1)
    assert not copy_return(copies(tape, [], [60], costs))[0]


def test_findings_are_written_with_their_bounds_or_not_at_all() -> None:
    assert (
        estimate(hill([]), decimal) == "**no figure** (no wallets)"
        and bold(None) == bold(float("nan")) == "**no figure**"
    )
    assert signed_cents(-0.012) == "−1.2¢" and say("a", "", "b") == "a\n\nb"
    assert say("**x**")._repr_markdown_() == "**x**"


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![](http://e.example/x.png)",
        "$a$ `b`",
    ],
)
def test_names_of_strangers_are_text(name: str) -> None:
    shown = quoted(name)
    assert "<" not in shown
    assert all(
        shown[place - 1] == "\\" for place, sign in enumerate(shown) if sign in "[]()!$`" and place
    )
