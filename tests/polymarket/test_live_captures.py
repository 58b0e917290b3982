"""Answers of the live API as they came: every row of every route that is read can be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smartmoney.polymarket import combos, market_records, records, values
from smartmoney.polymarket.market_endpoints import _price
from smartmoney.polymarket.shapes import EXPECTED, expected, observe
from smartmoney.polymarket.wire import decode

ROUTES: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "v2/activity": ("/v2/activity", records.activity),
    "v2/activity_tips": ("/v2/activity", records.activity),
    "v2/trades": ("/v2/trades", records.fill),
    "v2/positions": ("/v2/positions", records.position),
    "v2/positions_closed": ("/v2/positions", records.position),
    "v2/leaderboard": ("/v2/leaderboard", records.board),
    "v2/resolutions": ("/v2/resolutions", records.resolution),
    "v2/resolutions_pending": ("/v2/resolutions", records.resolution),
    "v2/tokens": ("/v2/tokens", records.token),
    "v2/open_interest": ("/v2/oi", records.interest),
    "v2/prices_history": ("/v2/prices-history", _price),
    "v2/combo_activity": ("/v2/activity/combos", combos.activity),
    "v2/combo_positions": ("/v2/positions/combos", combos.position),
    "clob/gamma_markets": ("/markets/keyset", market_records.market),
}
NOT_READ = {
    "approvals",
    "biggest_winners",
    "biggest_winners_combos",
    "book",
    "builders_leaderboard",
    "comment_full",
    "comment_sparse",
    "event_game_id_sentinel",
    "holders",
    "holders_pnl",
    "leaderboard_user",
    "leaderboard_user_unknown",
    "live_volume",
    "markets_by_token",
    "open_interest_global",
    "search_profile_full",
    "search_profile_sparse",
    "search_response_profiles",
    "sport_metadata",
    "status",
    "team_full",
    "team_sparse",
    "trades",
    "user_pnl",
    "user_response_full",
    "user_response_sparse",
    "user_stats",
    "user_stats_unknown",
    "user_volume",
    "value",
}
"""Routes we do not ask, or whose answer is read without rows."""


@pytest.fixture(scope="module")
def live(shared: Path) -> Path:
    return shared / "samples/live2026"


def rows_of(value: Any) -> list[dict[str, Any]]:
    found = value["data"] if isinstance(value, dict) and "data" in value else value
    return found if isinstance(found, list) else [found]


@pytest.mark.shared
@pytest.mark.parametrize("name", ROUTES)
def test_every_row_of_a_capture_is_read_and_has_the_expected_shape(live: Path, name: str) -> None:
    route, parse = ROUTES[name]
    rows = rows_of(decode((live / f"{name}.json").read_bytes()))
    assert rows
    for row in rows:
        parse(row)
    if route in EXPECTED:
        assert observe(route, rows) <= expected(route)


@pytest.mark.shared
def test_what_the_captures_say(live: Path) -> None:
    def read(name: str) -> list[dict[str, Any]]:
        return rows_of(decode((live / f"{name}.json").read_bytes()))

    (resolved,) = [records.resolution(row) for row in read("v2/resolutions")]
    assert resolved and resolved.payouts_micro == (1_000_000, 0)
    assert resolved.resolved_ts == 1_788_988_759 and resolved.source == "reported payouts"
    assert [records.resolution(row) for row in read("v2/resolutions_pending")] == [None, None]
    tokens = [records.token(row) for row in read("v2/tokens")]
    assert [token.payout_micro for token in tokens] == [1_000_000, 0, 1_000_000, 0]
    assert len({token.structural_id for token in tokens}) == 2
    market = market_records.market(read("clob/gamma_markets")[0])
    assert market.neg_risk_market_id == market.question_id and market.created_ts == 1_751_575_018
    redeemed = combos.activity(read("v2/combo_activity")[0])
    assert redeemed.activity.cash_micro == 79_375_723_165 == redeemed.activity.size_micro
    lost = combos.position(read("v2/combo_positions")[0])
    assert lost.combo.payouts_micro == (0, 1_000_000) and len(lost.combo.legs) == 2
    assert lost.position.shares_micro == 225_208_623_029


@pytest.mark.shared
def test_a_capture_of_an_event_and_of_profiles_and_of_an_exchange_market(live: Path) -> None:
    event = decode((live / "clob/gamma_event.json").read_bytes())
    assert market_records.event(event).neg_risk_market_id
    markets = [
        market_records.market({"events": [event], **row})
        for row in event["markets"]
        if row.get("conditionId") and row.get("clobTokenIds")
    ]
    assert markets and all(market.neg_risk for market in markets)
    for name in ("event_cricket", "event_game_child", "event_game_full"):
        for row in rows_of(decode((live / f"gamma/{name}.json").read_bytes())):
            assert market_records.event(row).gamma_id
    for name in ("profile_full", "profile_sparse"):
        row = decode((live / f"gamma/{name}.json").read_bytes())
        assert records.profile(row, values.address(row, "proxyWallet")).name
    market = json.loads((live / "clob/market.json").read_text(), parse_float=Decimal)
    assert {"token_id", "winner"} <= set(market["tokens"][0])


@pytest.mark.shared
def test_no_capture_is_left_unlooked_at(live: Path) -> None:
    named = {name.split("/")[1] for name in ROUTES}
    also = {"gamma_event", "event_cricket", "event_game_child", "event_game_full", "market"}
    also |= {"profile_full", "profile_sparse", "gamma_markets", "prices_history"}
    assert {path.stem for path in live.glob("*/*.json")} <= named | also | NOT_READ
