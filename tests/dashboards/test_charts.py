"""Figures are valid Plotly, say what the rows say, stay small, and escape what strangers wrote."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import pytest

from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.widgets.screens.market import charts as market
from smartmoney.widgets.screens.overview import charts as tiers
from smartmoney.widgets.screens.trader import charts as trader
from smartmoney.widgets.screens.validation import charts as validation
from tests.kit.loading import utc
from tests.kit.seed import HOSTILE


def valid(figure: dict[str, Any]) -> dict[str, Any]:
    """Raises where Plotly's own schema refuses a property or a value."""
    go.Figure(data=figure["data"], layout=figure["layout"])
    return figure


def days(totals: list[float]) -> list[dict[str, Any]]:
    return [
        {"day": date(2026, 1, 1) + timedelta(days=k), "total_pnl": Decimal(str(total))}
        for k, total in enumerate(totals)
    ]


def test_nothing_to_draw_is_nothing() -> None:
    for figure in (
        trader.equity([]),
        trader.equity(days([1])),
        trader.by_category([]),
        trader.calibration([]),
        trader.score_history([]),
        market.price_and_flow([], []),
        market.holders([], []),
        market.lean([]),
        tiers.by_tier([], "traders"),
        validation.ic_by_month([], {}),
        validation.deciles([]),
        validation.transitions([]),
        validation.reliability([]),
    ):
        assert figure == {}


def test_drawdown_falls_from_the_highest_so_far_and_starts_at_zero() -> None:
    assert trader.drawdown([-5, 10, 4, 12, 11]) == [-5, 0, -6, 0, -1]


def test_the_equity_curve_is_thin_and_ends_where_it_ends() -> None:
    figure = valid(trader.equity(days([float(k) for k in range(3_000)])))
    curve = figure["data"][0]
    assert len(curve["x"]) == 500 and curve["y"][0] == 0 and curve["y"][-1] == 2_999
    assert curve["x"][-1] == (date(2026, 1, 1) + timedelta(days=2_999)).isoformat()


def test_a_trader_of_the_world_draws(seen: Store) -> None:
    best = reads.traders(seen).rows[0]["id"]
    for figure in (
        trader.equity(reads.trader_daily(seen, best)),
        trader.by_category(reads.trader_categories(seen, best)),
        trader.calibration(reads.trader_calibration(seen, best)),
    ):
        assert valid(figure)["data"]
    assert valid(trader.score_history(reads.score_history(seen, 5)))["data"]


def test_a_market_of_the_world_draws(seen: Store) -> None:
    smart = reads.smart_markets(seen).rows[0]["id"]
    flow = reads.smart_flow(seen, smart, ["S", "A"])
    figure = valid(market.price_and_flow(reads.market_price_history(seen, smart), flow))
    assert len(figure["data"][1]["y"]) == len(flow) and figure["data"][0]["y"]
    assert valid(market.lean(reads.market_smart_history(seen, smart)))["data"]
    assert valid(market.holders(reads.market_holder_sides(seen, smart), ["Yes", "No"]))["data"]


def test_holders_are_mirrored() -> None:
    rows = [
        {"tier": "S", "outcome_index": 0, "value": Decimal(100), "holders": 2},
        {"tier": "S", "outcome_index": 1, "value": Decimal(40), "holders": 1},
        {"tier": "S", "outcome_index": 2, "value": Decimal(5), "holders": 1},
    ]
    first, rest = market.holders(rows, ["Yes", "No"])["data"]
    assert first["x"] == [100.0] and rest["x"] == [-45.0] and rest["customdata"] == [[45.0, 2]]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_wrote_is_escaped_for_plotly(text: str) -> None:
    rows = [{"category": text, "pnl": Decimal(5), "events": 1, "won": 1, "decided": 1}]
    assert "<" not in str(trader.by_category(rows)["data"][0]["y"])
    sides = [{"tier": "S", "outcome_index": 0, "value": Decimal(1), "holders": 1}]
    assert "<" not in market.holders(sides, [text, text])["data"][0]["name"]


def test_bars_by_tier_keep_the_order_of_tiers_and_are_as_long_as_they_are_large() -> None:
    rows = [
        {"tier": tier, "traders": count}
        for tier, count in (("E", 5_000), ("S", 7), (None, 4), ("B", 400))
    ]
    figure = valid(tiers.by_tier(rows, "traders"))
    assert (
        figure["data"][0]["x"] == ["S", "B", "E"] and figure["layout"]["yaxis"]["type"] == "linear"
    )


def test_a_validation_of_the_world_draws(seen: Store) -> None:
    result = reads.validation_runs(seen)[0]["result"]
    own = result["summary"][0]
    figures = [
        validation.ic_by_month(result["ic"], own),
        validation.deciles(result["quantiles"]),
        validation.transitions(result["transitions"]),
        validation.reliability(result["reliability"]),
    ]
    assert all(valid(figure)["data"] for figure in figures)
    band = figures[0]["layout"]["shapes"][0]
    assert band["y1"] == pytest.approx(1.645 * own["IC Mean"] / own["t-stat(IC)"]) == -band["y0"]


def test_the_luck_band_needs_a_t() -> None:
    rows = [{"as_of": utc(2026, month, 1).timestamp(), "rarity_score": 0.1} for month in (1, 2)]
    figure = valid(validation.ic_by_month(rows, {"IC Mean": 0.1, "t-stat(IC)": None}))
    assert figure["layout"]["shapes"] == [] and figure["data"][0]["x"] == [
        "2026-01-01",
        "2026-02-01",
    ]
