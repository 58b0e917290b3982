"""Who moved: what was held before and after, whatever order trades and looks came in."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from smartmoney import market_stats as sm

AT = datetime(2026, 11, 20, tzinfo=UTC)


def moved(
    held: float | None, delta: float, unseen: float = 0.0, price: float | None = 0.5
) -> list[dict[str, object]]:
    """One wallet holds `held` net YES shares now, bought `delta` of them in the span, and `unseen` since it was looked at."""
    net = pd.DataFrame(
        [(1, 7, held)] if held is not None else [], columns=["trader_id", "market_id", "net"]
    )
    trades = pd.DataFrame(
        [(1, 7, delta, unseen, 400.0, AT)],
        columns=["trader_id", "market_id", "delta", "unseen", "traded_usd", "moved_at"],
    )
    found = sm.movers(net, trades, pd.DataFrame([(7, price)], columns=["market_id", "price"]))
    return found.to_dict("records")


@pytest.mark.parametrize(
    ("held", "delta", "unseen", "kind", "before", "after"),
    [
        (1000, 1000, 0, "opened", 0, 500),
        (None, 1000, 1000, "opened", 0, 500),
        (1500, 500, 0, "added", 500, 750),
        (1000, 500, 500, "added", 500, 750),
        (400, -600, 0, "cut", 500, 200),
        (None, -1000, 0, "closed", 500, 0),
        (3, -997, 0, "closed", 500, 0),
        (100, -99_900, 0, "closed", 50_000, 0),
        (1_000, -99_000, 0, "closed", 50_000, 0),
        (1_100, -98_900, 0, "cut", 50_000, 550),
        (0, -10_000, 0, "closed", 5_000, 0),
        (-10_000, -10_000, 0, "opened", 0, -5_000),
        (-600, -1000, 0, "flipped", 200, -300),
        (-1000, -1000, 0, "opened", 0, -500),
        (-400, 600, 0, "cut", -500, -200),
    ],
)
def test_every_kind_of_move(
    held: float | None, delta: float, unseen: float, kind: str, before: float, after: float
) -> None:
    [row] = moved(held, delta, unseen)
    assert (row["kind"], row["before_usd"], row["after_usd"]) == (
        kind,
        pytest.approx(before),
        pytest.approx(after),
    )
    assert row["kind"] in sm.MOVES and row["moved_at"] == AT and row["traded_usd"] == 400


@pytest.mark.parametrize(
    ("held", "delta", "price"),
    [(1000, 0, 0.5), (1000, 5, 0.5), (150, 150, 0.5), (1000, 1000, None)],
)
def test_there_and_back_dust_small_and_unpriced_are_no_moves(
    held: float, delta: float, price: float | None
) -> None:
    assert moved(held, delta, price=price) == []


def test_a_no_share_is_worth_what_is_missing_to_a_dollar() -> None:
    [row] = moved(-1000, -1000, price=0.2)
    assert row["after_usd"] == pytest.approx(-800)


def test_the_largest_comes_first() -> None:
    trades = pd.DataFrame(
        [(1, 7, 400.0, 0.0, 1.0, AT), (2, 7, 4000.0, 0.0, 1.0, AT)],
        columns=["trader_id", "market_id", "delta", "unseen", "traded_usd", "moved_at"],
    )
    net = trades.assign(net=trades["delta"])[["trader_id", "market_id", "net"]]
    found = sm.movers(net, trades, pd.DataFrame([(7, 0.5)], columns=["market_id", "price"]))
    assert list(found["trader_id"]) == [2, 1]
