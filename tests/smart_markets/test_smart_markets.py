"""Where the smart money stands: net exposure, honest intervals, nothing said on thin evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from smartmoney import market_stats as sm


def inputs(
    held: list[tuple[int, int, int, float]],
    tiers: str = "SAAAB",
    price: float = 0.5,
    **market: object,
) -> sm.Inputs:
    """`held`: (trader, market, outcome_index, shares). Trader n has tier tiers[n] and skill_prob 0.9."""
    markets = sorted({row[1] for row in held})
    return sm.Inputs(
        pd.DataFrame(
            [(*row, 0.4) for row in held],
            columns=["trader_id", "market_id", "outcome_index", "shares", "avg_price"],
        ),
        pd.DataFrame(
            [
                (n, f"0x{n:040x}", f"trader {n}", tier, 90_000 + n, 0.9, [])
                for n, tier in enumerate(tiers)
            ],
            columns=["trader_id", "address", "name", "tier", "rarity_score", "skill_prob", "flags"],
        ),
        pd.DataFrame(
            [
                {
                    "market_id": m,
                    "event_id": 1,
                    "neg_risk": True,
                    "price": price,
                    "liquidity": 10_000.0,
                    "volume": 20_000.0,
                    "open_interest": 1_000.0,
                    **market,
                }
                for m in markets
            ]
        ),
    )


def one(given: sm.Inputs, **options: object) -> pd.Series:
    rows = sm.smart_markets(given, **options)
    assert len(rows) == 1
    return rows.iloc[0]


def test_a_hedge_is_no_conviction() -> None:
    given = inputs([(0, 7, 0, 1000), (0, 7, 1, 1000), (1, 7, 0, 1500), (1, 7, 1, 500)])
    row = one(given)
    assert row.smart_count == 1
    assert row.top_smart_traders[0]["value"] == 500
    assert row.top_smart_traders[0]["side"] == "YES"


def test_numbers_by_hand() -> None:
    row = one(inputs([(0, 7, 0, 400), (1, 7, 0, 1000), (2, 7, 1, 600), (4, 7, 0, 1000)]))
    yes, no = 0.9 * (np.log(3) + np.log(6)), 0.9 * np.log(4)
    assert (row.smart_count, row.lean_label) == (3, "MIXED")
    assert row.smart_weighted_yes == pytest.approx(yes)
    assert row.smart_weighted_no == pytest.approx(no)
    assert row.smart_lean == pytest.approx((yes - no) / (yes + no))
    assert row.smart_score == pytest.approx((yes + no) * np.log(2))
    assert row.smart_score_classic == pytest.approx((yes + no) * np.log(1.5))
    assert row.smart_share == pytest.approx((200 + 500 + 300) / 1500)
    assert row.coverage == 1.0
    assert row.top_smart_traders[0] == {
        "address": f"0x{1:040x}",
        "name": "trader 1",
        "tier": "A",
        "rarityScore": 90_001,
        "side": "YES",
        "shares": 1000,
        "avgPrice": 0.4,
        "value": 500,
        "unrealizedPnl": 100,
    }


def test_all_on_one_side_is_a_label_and_two_wallets_are_too_few() -> None:
    assert one(inputs([(n, 7, 1, 1000) for n in range(4)])).lean_label == "NO"
    row = one(inputs([(0, 7, 0, 1000), (1, 7, 0, 1000)]))
    assert (row.smart_lean, row.lean_lo, row.lean_label) == (None, None, "INSUFFICIENT")


@pytest.mark.parametrize(
    ("market", "column"),
    [
        ({"open_interest": None}, "smart_share"),
        ({"open_interest": 100_000.0}, "smart_share"),
        ({"liquidity": None}, "smart_score"),
        ({"volume": None}, "smart_score_classic"),
    ],
)
def test_missing_is_not_zero(market: dict[str, object], column: str) -> None:
    assert one(inputs([(n, 7, 0, 1000) for n in range(3)], **market))[column] is None


def test_no_volume_is_zero_by_definition() -> None:
    assert one(inputs([(0, 7, 0, 1000)], volume=0.0)).smart_score_classic == 0


def test_flagged_small_lower_tier_and_unpriced_are_outside() -> None:
    given = inputs([(0, 7, 0, 150), (1, 7, 0, 1000), (4, 7, 0, 1000)])
    given.traders.at[1, "flags"] = ["MM"]
    assert sm.smart_markets(given).empty
    assert sm.smart_markets(inputs([(0, 7, 0, 1000)], price=None)).empty


def test_the_same_inputs_give_the_same_intervals_in_any_order() -> None:
    held = [(n, market, n % 2, 300.0 + 100 * n) for market in (3, 9) for n in range(4)]
    first, second = sm.smart_markets(inputs(held)), sm.smart_markets(inputs(held[::-1]))
    pd.testing.assert_frame_equal(first, second)


def test_divergence_follows_the_fitted_slope_and_is_withheld_before_there_is_one() -> None:
    held = [(n, 7, 0, 1000.0) for n in range(3)]
    assert one(inputs(held)).smart_divergence is None
    assert one(inputs(held), lean_slope=1.0).smart_divergence == pytest.approx(
        1 / (1 + np.exp(-1)) - 0.5
    )


def test_the_slope_is_found_again_and_needs_three_hundred_markets() -> None:
    rng = np.random.default_rng(3)
    price, lean = rng.uniform(0.1, 0.9, 20_000), rng.uniform(-1, 1, 20_000)
    won = (
        rng.uniform(size=20_000) < 1 / (1 + np.exp(-(np.log(price / (1 - price)) + 0.8 * lean)))
    ).astype(float)
    assert sm.fit_lean_slope(price, lean, won) == pytest.approx(0.8, abs=0.1)
    assert sm.fit_lean_slope(price[:299], lean[:299], won[:299]) == 0.0


def test_an_event_counts_a_wallet_once() -> None:
    events = sm.smart_events(
        inputs([(0, 7, 0, 1000), (0, 8, 1, 1000), (1, 8, 0, 2000), (1, 9, 1, 900)])
    )
    assert events.to_dict("records") == [
        {
            "event_id": 1,
            "smart_count": 2,
            "smart_weighted": pytest.approx(0.9 * (np.log(11) + np.log(15.5))),
            "favourite_market_id": 7,
        }
    ]


def test_nothing_held_gives_nothing() -> None:
    empty = inputs([(0, 7, 0, 1000)])
    assert sm.smart_markets(sm.Inputs(empty.holdings.iloc[:0], empty.traders, empty.markets)).empty
