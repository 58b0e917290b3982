"""The simulator's replies have the shape of the recorded ones: the same keys, the same JSON types, route by
route."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from polymarket_sim.accounts import served
from polymarket_sim.api.rows import UNLABELLED_SECONDS
from polymarket_sim.model import Kind
from polymarket_sim.server import Simulator

Shape = dict[str, set[str]]
GONE = {"createdBy", "pagerDutyNotificationEnabled", "requiresTranslation"}
"""Keys of spring 2026 that no capture since September has."""
NULLABLE = {
    "deposits",
    "withdrawals",
    "cashflow_net",
    "accepting_order_timestamp",
    "game_start_time",
    "rates",
    "tags",
    "feeType",
}


def kind_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    return {int: "number", float: "number", str: "text", list: "list", dict: "object"}[type(value)]


def shape(rows: Iterable[dict[str, Any]]) -> Shape:
    """Keys and the JSON types seen under each."""
    found: Shape = {}
    for row in rows:
        for key, value in row.items():
            found.setdefault(key, set()).add(kind_of(value))
    return found


def same_types(ours: Shape, theirs: Shape) -> list[str]:
    """Keys that both have, with a type the recorded ones never show."""
    return [
        f"{key}: {ours[key]} but recorded {theirs[key]}"
        for key in ours.keys() & theirs.keys()
        if not ours[key] <= theirs[key] | ({"null", "number", "text"} if key in NULLABLE else set())
    ]


@pytest.fixture(scope="module")
def busy(simulator: Simulator) -> str:
    world = simulator.world
    return world.traders[
        max(range(len(world.traders)), key=lambda number: len(world.by_trader.rows(number)))
    ].address


def exact(
    ours: list[dict[str, Any]], theirs: list[dict[str, Any]], extra: set[str] = frozenset()
) -> None:
    mine, recorded = shape(ours), shape(theirs)
    assert ours and set(mine) == set(recorded) | extra
    assert all(set(row) == set(mine) for row in ours)
    assert not same_types(mine, recorded)


def condition(simulator: Simulator) -> str:
    return next(
        market.condition_id for market in simulator.world.markets if market.closed_at is None
    )


def test_trades(get, sample, busy) -> None:
    exact(get("/data/trades", limit=50).json(), sample("trades-1"))
    exact(get("/data/trades", user=busy, takerOnly=False, limit=50).json(), sample("trades-1"))


def test_trades_v2(get, sample, busy) -> None:
    exact(get("/data/v2/trades", limit=50).json()["data"], sample("v2-trades-1"))
    bare = get("/data/v2/trades").json()["data"][0]
    assert (bare["outcome_index"], bare["event_slug"]) == (999, "")
    assert get("/data/v2/trades", user=busy).json()["data"][0]["outcome_index"] in (0, 1)


@pytest.mark.parametrize("name", ["activity-1", "activity-2"])
def test_activity(get, sample, busy, name) -> None:
    exact(get("/data/activity", user=busy, limit=500).json(), sample(name))


def test_activity_v2(get, sample, busy) -> None:
    exact(get("/data/v2/activity", user=busy, limit=500).json()["data"], sample("v2-activity-1"))


def redeems(simulator: Simulator, get: Callable, before: bool) -> list[dict[str, Any]]:
    rows = []
    for trader in simulator.world.traders:
        window = {"end": served.REDEEM_SWITCH - 1} if before else {"start": served.REDEEM_SWITCH}
        rows += get(
            "/data/activity", user=trader.address, type="REDEEM", limit=500, **window
        ).json()
    return rows


def test_redemptions_of_both_eras(simulator, get, sample) -> None:
    old, new = redeems(simulator, get, True), redeems(simulator, get, False)
    recorded = sample("activity-1")
    assert {(r["asset"], r["outcomeIndex"], r["side"]) for r in old} == {
        (r["asset"], r["outcomeIndex"], r["side"]) for r in recorded
    }
    assert all(row["size"] == row["usdcSize"] for row in old) and any(
        row["size"] == 0 for row in old
    )
    assert {row["outcomeIndex"] for row in new} == {0, 1} and all(row["asset"] for row in new)
    assert any(row["size"] > 0 and row["usdcSize"] == 0 for row in new)
    pairs = [(row["transactionHash"], row["conditionId"]) for row in old]
    assert len(set(pairs)) == len(pairs)


def test_activity_by_type(simulator, get) -> None:
    """The table of section 4.5: which members are empty for which type."""
    rows = []
    for trader in simulator.world.traders[:60]:
        rows += get(
            "/data/activity", user=trader.address, limit=500, excludeDepositsWithdrawals=False
        ).json()
    assert {row["type"] for row in rows} >= {kind.word for kind in Kind} - {
        "CONVERSION",
        "REFERRAL_REWARD",
        "TAKER_REBATE",
    }
    for row in rows:
        if row["type"] == "TRADE":
            assert (
                row["asset"]
                and row["side"] in ("BUY", "SELL")
                and (
                    row["outcomeIndex"] in (0, 1)
                    or row["timestamp"] > simulator.world.now - UNLABELLED_SECONDS
                )
                and row["price"] > 0
            )
            continue
        assert row["side"] == "" and row["price"] == (0.5 if row["type"] == "SPLIT" else 0)
        if row["type"] in ("SPLIT", "MERGE", "CONVERSION"):
            assert row["conditionId"] and (row["asset"], row["outcomeIndex"]) == ("", 999)
        elif row["type"] != "REDEEM":
            assert (row["conditionId"], row["asset"], row["outcomeIndex"]) == ("", "", 999) and row[
                "size"
            ] == row["usdcSize"]


def test_positions(get, sample, busy) -> None:
    exact(
        get("/data/positions", user=busy, sizeThreshold=0, limit=500).json(), sample("positions-3")
    )


def test_closed_positions(get, sample, busy) -> None:
    exact(get("/data/closed-positions", user=busy, limit=50).json(), sample("closed-positions-1"))


@pytest.mark.parametrize("status", ["OPEN", "CLOSED"])
def test_positions_v2(get, sample, busy, status) -> None:
    exact(
        get("/data/v2/positions", user=busy, status=status).json()["data"],
        sample("v2-positions-1"),
        {"first_entry_at"},
    )


def test_boards(get, sample, busy) -> None:
    exact(get("/data/v1/leaderboard", timePeriod="MONTH", limit=50).json(), sample("leaderboard-1"))
    exact(get("/data/v2/leaderboard").json()["data"], sample("v2-leaderboard-1"))
    exact(
        [get("/data/v2/leaderboard", user=busy).json()["data"]],
        [sample("v2-leaderboard-standing-1")],
    )
    exact(
        get("/data/v2/biggest-winners", time_period="all").json()["data"],
        sample("v2-biggest-winners-1"),
    )


def test_holders(get, sample, simulator) -> None:
    recorded = sample("v2-holders-1")
    found = get("/data/v2/holders", condition=condition(simulator), include_pnl=True).json()["data"]
    exact(found, recorded)
    exact(
        [h for group in found for h in group["holders"]],
        [h for group in recorded for h in group["holders"]],
    )


def test_user_pnl(get, sample, busy) -> None:
    recorded, found = sample("v2-user-pnl-1"), get("/data/v2/user-pnl", user=busy).json()["data"]
    exact([found], [recorded])
    exact(found["points"], recorded["points"])


def test_open_interest_and_prices(get, sample, simulator) -> None:
    exact(get("/data/v2/oi").json()["data"], sample("v2-oi-1"))
    token = simulator.world.markets[0].token_ids[0]
    exact(
        get("/data/v2/prices-history", token_id=token, interval="all").json()["data"],
        sample("v2-prices-history-1"),
    )


def test_books(get, sample, simulator) -> None:
    market = next(market for market in simulator.world.markets if market.closed_at is None)
    recorded, found = sample("clob-book-1"), get("/clob/book", token_id=market.token_ids[0]).json()
    exact([found], [recorded])
    exact(found["bids"] + found["asks"], recorded["bids"] + recorded["asks"])
    for side, rising in (("bids", True), ("asks", False)):
        levels = [float(level["price"]) for level in found[side]]
        assert levels == sorted(levels, reverse=not rising)


def test_clob_markets(get, sample) -> None:
    recorded, found = sample("clob-markets-1"), get("/clob/markets").json()
    exact([found], [recorded])
    exact(found["data"], recorded["data"], {"version"})
    exact(
        [token for row in found["data"] for token in row["tokens"]],
        [token for row in recorded["data"] for token in row["tokens"]],
    )
    exact([row["rewards"] for row in found["data"]], [row["rewards"] for row in recorded["data"]])


def modern(sample: Callable[[str], Any]) -> list[dict[str, Any]]:
    """Recorded market objects of 2026."""
    search = sample("gamma-public-search-1")["events"][0]["markets"]
    event = sample("gamma-event-1")[0]["markets"]
    return [
        sample("gamma-market-1"),
        sample("gamma-market-4"),
        *sample("gamma-markets-keyset-1")["markets"],
        *event,
        *search,
    ]


def test_gamma_markets(get, sample) -> None:
    """Every key the recorded markets all have is there; no key is invented; arrays are text."""
    recorded = shape(modern(sample))
    always = set.intersection(*(set(market) for market in modern(sample)))
    documented = {
        "automaticallyResolved",
        "umaResolutionStatus",
        "negRiskMarketID",
        "negRiskRequestID",
        "oneMonthPriceChange",
        "version",
        "fallbackResolutionType",
    }
    for closed in (False, True):
        rows = get("/gamma/markets/keyset", closed=closed, limit=100, include_tag=True).json()[
            "markets"
        ]
        for row in rows:
            assert (
                always - GONE - {"icon", "image"} <= set(row)
                and set(row) <= set(recorded) | documented
            )
            assert (
                len(json.loads(row["outcomes"]))
                == len(json.loads(row["outcomePrices"]))
                == len(json.loads(row["clobTokenIds"]))
                == 2
            )
        assert not same_types(shape(rows), recorded)


def test_gamma_events(get, sample) -> None:
    recorded = shape([sample("gamma-event-1")[0], *sample("gamma-public-search-1")["events"]])
    rows = get("/gamma/events", limit=100).json()
    optional = {"closedTime", "eventMetadata", "series", "version"}
    assert set(shape(rows)) - set(recorded) <= optional and not same_types(shape(rows), recorded)
    tags = [
        *sample("gamma-tags-1"),
        *(tag for row in sample("gamma-event-1") for tag in row["tags"]),
    ]
    always = set.intersection(*(set(tag) for tag in tags))
    for found in ([tag for row in rows for tag in row["tags"]], get("/gamma/tags").json()):
        assert all(always - GONE <= set(tag) for tag in found)
        assert set(shape(found)) - GONE == set(shape(tags)) - GONE
        assert not same_types(shape(found), shape(tags))


def test_gamma_keyset_search_profile(get, sample, busy) -> None:
    assert set(get("/gamma/markets/keyset", limit=1).json()) == set(
        sample("gamma-markets-keyset-1")
    )
    recorded = sample("gamma-public-search-1")
    found = get("/gamma/public-search", q="will").json()
    assert set(found) <= set(recorded) and set(found["pagination"]) == set(recorded["pagination"])
    profile, known = (
        get("/gamma/public-profile", address=busy).json(),
        sample("gamma-public-profile-1"),
    )
    assert set(known) - {"name", "pseudonym"} <= set(profile) and not same_types(
        shape([profile]), shape([known])
    )
