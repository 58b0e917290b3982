"""Every live capture of autumn 2026 whose route is served: the simulator's answer has the same keys and JSON types."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from polymarket_sim.accounts.combos import holdings
from polymarket_sim.model import EventInfo, Kind, MarketInfo
from polymarket_sim.server import Simulator

Ask = Callable[..., Any]
NOBODY = "0x" + "1" * 40


class Examples:
    """Wallets and markets of a world that have what a capture shows."""

    def __init__(self, simulator: Simulator) -> None:
        world = self.world = simulator.world
        rows = [len(world.by_trader.rows(number)) for number in range(len(world.traders))]
        self.busy = world.traders[rows.index(max(rows))].address
        grouped = [market for market in world.markets if self.event(market).neg_risk]
        self.open = next(market for market in grouped if market.closed_at is None)
        self.paid = next(
            n for n, m in enumerate(world.markets) if m.payouts and n % 4 and n % 5 != 1 and n % 3
        )
        self.waiting = [m for m in world.markets if m.closed_at and m.payouts is None]
        self.redeemer = next(
            world.traders[trader].address
            for trader in world.entries.trader[world.entries.kind == Kind.COMBO_REDEEM].tolist()
        )
        self.combos = [n for n in range(len(rows)) if holdings(simulator.served, n)]

    def event(self, market: MarketInfo) -> EventInfo:
        return self.world.events[market.event]


Answer = Callable[[Ask, Examples], Any]


def v2(path: str, **params: Any) -> Answer:
    def answer(ask: Ask, it: Examples) -> Any:
        names = {"busy": it.busy, "open": it.open.condition_id}
        given = {key: names.get(value, value) for key, value in params.items()}
        return ask(f"/data/v2/{path}", **given)

    return answer


def decided(it: Examples) -> str:
    return it.world.markets[it.paid].condition_id


def profiles(ask: Ask, it: Examples) -> list[Any]:
    return [ask("/gamma/public-profile", address=who.address) for who in it.world.traders]


def searched(ask: Ask, it: Examples) -> Any:
    names = {who.name[:4] for who in it.world.traders if who.name.isascii() and who.name}
    found = [ask("/gamma/public-search", q=name, search_profiles=True) for name in sorted(names)]
    return [[hit for hit in answer["profiles"] if hit] for answer in found if "profiles" in answer]


def events(ask: Ask, it: Examples) -> Any:
    return ask("/gamma/events", limit=100, include_markets=False)


CAPTURES: dict[str, Answer] = {
    "v2/activity": v2("activity", user="busy", type="TRADE"),
    "v2/activity_tips": v2("activity", user="busy", type="TIP,TRADE", limit=2),
    "v2/biggest_winners": v2("biggest-winners", time_period="all"),
    "v2/biggest_winners_combos": v2("biggest-winners", time_period="all", category="combos"),
    "v2/combo_activity": lambda ask, it: ask("/data/v2/activity/combos", user=it.redeemer),
    "v2/combo_positions": lambda ask, it: [
        ask("/data/v2/positions/combos", user=it.world.traders[number].address)
        for number in it.combos
    ],
    "v2/holders": v2("holders", condition="open", limit=2),
    "v2/holders_pnl": v2("holders", condition="open", limit=2, include_pnl=True),
    "v2/leaderboard": v2("leaderboard", limit=2),
    "v2/leaderboard_user": v2("leaderboard", user="busy"),
    "v2/leaderboard_user_unknown": v2("leaderboard", user=NOBODY),
    "v2/live_volume": lambda ask, it: ask(
        "/data/v2/live-volume", event_id=it.event(it.open).gamma_id
    ),
    "v2/open_interest": v2("oi", condition="open"),
    "v2/open_interest_global": v2("oi"),
    "v2/positions": v2("positions", user="busy", limit=2),
    "v2/positions_closed": v2("positions", user="busy", status="CLOSED", limit=2),
    "v2/prices_history": lambda ask, it: ask(
        "/data/v2/prices-history", token_id=it.open.token_ids[0], interval="all", limit=2
    ),
    "v2/resolutions": lambda ask, it: ask("/data/v2/resolutions", condition=decided(it)),
    "v2/resolutions_pending": lambda ask, it: [
        ask("/data/v2/resolutions", condition=market.condition_id) for market in it.waiting
    ],
    "v2/status": v2("status"),
    "v2/tokens": v2("tokens", condition="open"),
    "v2/trades": v2("trades", limit=2),
    "v2/user_pnl": v2("user-pnl", user="busy", interval="1w", fidelity="1d"),
    "v2/user_stats": v2("user-stats", user="busy"),
    "v2/user_stats_unknown": v2("user-stats", user=NOBODY),
    "v2/user_volume": v2("user-volume", user="busy"),
    "v2/value": v2("value", user="busy"),
    "clob/book": lambda ask, it: ask("/clob/book", token_id=it.open.token_ids[0]),
    "clob/market": lambda ask, it: [
        ask(f"/clob/markets/{market.condition_id}") for market in it.world.markets[:60]
    ],
    "clob/markets_by_token": lambda ask, it: ask(f"/clob/markets-by-token/{it.open.token_ids[0]}"),
    "clob/prices_history": lambda ask, it: ask(
        "/clob/prices-history", market=it.open.token_ids[0], interval="1w"
    ),
    "clob/trades": lambda ask, it: ask("/data/trades", market=it.open.condition_id, limit=30),
    "clob/gamma_event": lambda ask, it: [
        ask(f"/gamma/events/{event.gamma_id}") for event in it.world.events
    ],
    "clob/gamma_markets": lambda ask, it: ask("/gamma/markets", limit=100),
    "gamma/profile_full": profiles,
    "gamma/profile_sparse": profiles,
    "gamma/user_response_full": profiles,
    "gamma/user_response_sparse": profiles,
    "gamma/search_profile_full": searched,
    "gamma/search_profile_sparse": searched,
    "gamma/search_response_profiles": lambda ask, it: {"profiles": sum(searched(ask, it), [])},
    "gamma/event_cricket": events,
    "gamma/event_game_child": events,
    "gamma/event_game_full": events,
    "gamma/event_game_id_sentinel": events,
}
NOT_SERVED = {
    "v2/approvals",
    "v2/builders_leaderboard",
    "gamma/comment_full",
    "gamma/comment_sparse",
    "gamma/sport_metadata",
    "gamma/team_full",
    "gamma/team_sparse",
}
"""Routes that neither the client nor the SDK asks here."""
NOT_WRITTEN = {
    *("oneYearPriceChange", "teams", "sport", "score", "period", "live", "ended", "gameId"),
    *("finishedTimestamp", "eventDate", "eventWeek", "parentEventId", "automaticallyResolved"),
    *("layout", "publishedAt", "createdBy", "updatedBy", "new", "commentsEnabled", "competitive"),
    *("league", "opticOddsFixtureId", "opticOddsGameId", "opticOddsNumericalId"),
    *("events", "pagination", "startDate", "description"),
}
"""Members of captures that a young world without games has not: each is optional on the venue."""
ANYWHERE = {
    *("oneDayPriceChange", "oneHourPriceChange", "oneWeekPriceChange", "oneMonthPriceChange"),
    *("makerRebatesFeeShareBps", "gameStartTime", "eventStartTime", "positionIds", "startTime"),
    *("series", "seriesSlug", "eventMetadata", "countryName", "electionType", "closedTime"),
    *("context_description", "context_updated_at", "negRiskMarketID", "negRiskRequestID"),
    *("sortBy", "gmpChartMode", "estimateValue", "cumulativeMarkets", "deployingTimestamp"),
    *("umaResolutionStatus", "is_combo", "forceHide", "publishedAt", "updatedBy", "isCarousel"),
    *("profileImage", "bio", "xUsername", "users", "verifiedBadge", "displayUsernamePublic"),
    *("pseudonym", "liquidity", "liquidityClob", "competitive", "rates", "clobRewards"),
    *("feeSchedule", "image", "icon", "automaticallyResolved", "resolutionStatus", "volume"),
    *("openInterest", "volume24hr", "volume1wk", "volume1mo", "volume1yr", "clobTokenIds"),
    *("expected_settlement_time", "settlement_time_basis", "negRisk", "new", "name"),
}
"""Optional members that one capture lacks and others, or the documents, have."""
NULLABLE = {
    *("feeType", "avg_price", "rank_pnl", "rank_volume", "resolved_at", "leg_resolved_at", "line"),
    *("question_index", "neg_risk_market_id", "structural_condition_id", "clob_index"),
    *("next_cursor", "final_price", "rates", "game_start_time"),
}
NAMES = {bool: "bool", int: "number", float: "number", str: "text", list: "list", dict: "object"}


def shape(
    value: Any, path: str = "", found: dict[str, set[str]] | None = None
) -> dict[str, set[str]]:
    """Types by path, such as `.data[].title`."""
    found = {} if found is None else found
    found.setdefault(path, set()).add("null" if value is None else NAMES[type(value)])
    if isinstance(value, dict):
        for key, inner in value.items():
            shape(inner, f"{path}.{key}", found)
    for inner in value if isinstance(value, list) else ():
        shape(inner, f"{path}[]", found)
    return found


def optional(path: str, names: set[str]) -> bool:
    """Whether a path leads through one of these members."""
    return any(part.rstrip("[]") in names for part in path.split("."))


@pytest.fixture(scope="module")
def examples(real: Simulator) -> Examples:
    return Examples(real)


@pytest.mark.parametrize("name", CAPTURES)
def test_the_answer_has_the_keys_and_types_of_the_capture(
    ask: Ask, examples: Examples, shared: Path, name: str
) -> None:
    capture = json.loads((shared / "samples" / "live2026" / f"{name}.json").read_text("utf-8"))
    answer = CAPTURES[name](ask, examples)
    depth = answer
    while isinstance(depth, list) and depth and not isinstance(capture, list):
        depth = depth[0]
    theirs, mine = shape(capture), shape(answer)
    if isinstance(answer, list) and not isinstance(capture, list):
        layers = 2 if isinstance(answer[0], list) else 1
        for _ in range(layers):
            capture = [capture]
        theirs = shape(capture)
    missing = [path for path in theirs.keys() - mine.keys() if not optional(path, NOT_WRITTEN)]
    invented = [path for path in mine.keys() - theirs.keys() if not optional(path, ANYWHERE)]
    wrong = {
        path: mine[path] - theirs[path]
        for path in mine.keys() & theirs.keys()
        if mine[path] - theirs[path] - ({"null"} if optional(path, NULLABLE) else set())
        and theirs[path] - {"null"}
    }
    assert (sorted(missing), sorted(invented), wrong) == ([], [], {})


def test_every_capture_is_accounted_for(shared: Path) -> None:
    there = (shared / "samples" / "live2026").glob("*/*.json")
    assert {f"{path.parent.name}/{path.stem}" for path in there} == set(CAPTURES) | NOT_SERVED
