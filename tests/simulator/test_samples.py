"""Every recorded response, one by one: the simulator's answer of that route has its keys and types, all the way down, and
our records read both. What a young world cannot have is named here, with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from polymarket_sim.server import Simulator
from smartmoney.polymarket import feed, market_endpoints, market_records, old_names, records, values
from smartmoney.polymarket.wire import decode

Answer = Callable[["Asking"], Any]
Reader = Callable[[Any], Any]

LEGACY = {  # markets of 2020 and 2021, before the order book
    "category",
    "creator",
    "fpmmLive",
    "mailchimpTag",
    "marketType",
    "readyForCron",
    "twitterCardImage",
    "updatedBy",
    "volume1moAmm",
    "volume1wkAmm",
    "volume1yrAmm",
    "lowerBound",
    "upperBound",
}
GONE = {"createdBy", "pagerDutyNotificationEnabled", "requiresTranslation"}
"""Keys of spring 2026 that no capture since September has."""
YOUNG = {"oneYearPriceChange"}  # the world is not a year old
NULLABLE = {
    "feeType",
    "accepting_order_timestamp",
    "game_start_time",
    "rates",
    "deposits",
    "withdrawals",
    "cashflow_net",
}
"""Null as the reference says, in rows other than those that happened to be recorded."""


class Asking:
    """Asks the simulator, and knows its busiest wallet and an open market."""

    def __init__(self, simulator: Simulator, get: Callable[..., Any]) -> None:
        world = simulator.world
        self.world, self._get = world, get
        self.wallets = [trader.address for trader in world.traders]
        self.busy = self.wallets[
            max(range(len(world.traders)), key=lambda number: len(world.by_trader.rows(number)))
        ]
        self.open = next(market for market in world.markets if market.closed_at is None)

    def __call__(self, path: str, **params: Any) -> Any:
        answer = self._get(path, **params)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text)


def v2(path: str, **params: Any) -> Answer:
    return lambda ask: ask(
        f"/data/v2/{path}",
        **{
            key: ask.busy
            if value == "busy"
            else ask.open.condition_id
            if value == "open"
            else value
            for key, value in params.items()
        },
    )["data"]


def activity(ask: Asking) -> Any:
    return [
        row for wallet in ask.wallets[:60] for row in ask("/data/activity", user=wallet, limit=500)
    ]


def markets(ask: Asking) -> Any:
    return [
        row for closed in (False, True) for row in ask("/gamma/markets", closed=closed, limit=100)
    ]


def searches(ask: Asking) -> Any:
    """Several words: one answer has no recurring event, another no open one."""
    found = [ask("/gamma/public-search", q=word) for word in ("up or down", "will", "who")]
    return found[0] | {"events": [event for answer in found for event in answer["events"]]}


def each(read: Reader) -> Reader:
    return lambda rows: [read(row) for row in (rows if isinstance(rows, list) else [rows])]


def activity_row(row: Any) -> Any:
    """One author hashed the wallets of his recording."""
    there = len(row["proxyWallet"]) == 42
    return records.activity(
        old_names.renamed(row if there else row | {"proxyWallet": "0x" + "a" * 40})
    )


def book(answer: Any) -> Any:
    return [values.price(answer[side][-1], "price") for side in ("bids", "asks")]


def search(answer: Any) -> Any:
    return [
        (market_records.event(event), each(market_records.market)(event["markets"]))
        for event in answer["events"]
    ]


def fill_v1(row: Any) -> Any:
    return records.fill(old_names.renamed(row))


def unread(answer: Any) -> str:
    """A route we keep for the SDK and for analysts, and do not read ourselves."""
    return str(answer)


def holders(answer: Any) -> Any:
    return [each(records.trader)(group["holders"]) for group in answer]


def by_keyset(answer: Any) -> Any:
    return each(market_records.market)(answer["markets"])


SAMPLES: dict[str, tuple[Answer, Reader]] = {
    **{f"activity-{number}": (activity, each(activity_row)) for number in (1, 2, 3)},
    **{
        f"positions-{number}": (
            lambda ask: ask("/data/positions", user=ask.busy, sizeThreshold=0, limit=500),
            each(lambda row: records.position(old_names.open_position(row))),
        )
        for number in (1, 2, 3)
    },
    **{f"gamma-market-{number}": (markets, each(market_records.market)) for number in (1, 2, 3, 4)},
    "closed-positions-1": (
        lambda ask: ask("/data/closed-positions", user=ask.busy, limit=50),
        each(lambda row: records.position(old_names.closed_position(row))),
    ),
    "trades-1": (lambda ask: ask("/data/trades", limit=50), each(fill_v1)),
    "leaderboard-1": (
        lambda ask: ask("/data/v1/leaderboard", limit=50),
        each(lambda row: records.board(old_names.renamed(row))),
    ),
    "clob-book-1": (lambda ask: ask("/clob/book", token_id=ask.open.token_ids[0]), book),
    "clob-market-1": (
        lambda ask: [ask(f"/clob/markets/{market.condition_id}") for market in ask.world.markets],
        unread,
    ),
    "clob-markets-1": (lambda ask: ask("/clob/markets"), unread),
    "gamma-event-1": (lambda ask: ask("/gamma/events", limit=100), each(market_records.event)),
    "gamma-markets-keyset-1": (
        lambda ask: ask("/gamma/markets/keyset", limit=15, include_tag=True),
        by_keyset,
    ),
    "gamma-public-profile-1": (
        lambda ask: [ask("/gamma/public-profile", address=wallet) for wallet in ask.wallets],
        each(lambda row: records.profile(row, row["proxyWallet"].lower())),
    ),
    "gamma-public-search-1": (searches, search),
    "gamma-tags-1": (lambda ask: ask("/gamma/tags"), market_records.tag_slugs),
    "v2-activity-1": (v2("activity", user="busy", limit=500), each(records.activity)),
    "v2-biggest-winners-1": (v2("biggest-winners", time_period="all"), unread),
    "v2-holders-1": (v2("holders", condition="open", include_pnl=True), holders),
    "v2-leaderboard-1": (v2("leaderboard"), each(records.board)),
    "v2-leaderboard-standing-1": (v2("leaderboard", user="busy"), unread),
    "v2-oi-1": (v2("oi"), each(lambda row: values.micro(row, "value"))),
    "v2-positions-1": (v2("positions", user="busy"), each(records.position)),
    "v2-prices-history-1": (
        lambda ask: v2("prices-history", token_id=ask.open.token_ids[0], interval="all")(ask),
        each(market_endpoints._price),
    ),
    "v2-trades-1": (v2("trades"), each(records.fill)),
    "v2-user-pnl-1": (v2("user-pnl", user="busy"), unread),
}
ON_WEBSOCKETS = {
    "rtds-activity-trades-1",
    "ws-market-book-1",
    "ws-market-last-trade-price-1",
    "ws-market-new-market-1",
    "ws-market-price-change-1",
}
"""Compared with the frames of a running simulator in test_life.py."""


def kind(value: Any) -> str:
    if value is None:
        return "null"
    return {
        bool: "bool",
        int: "number",
        float: "number",
        str: "text",
        list: "list",
        dict: "object",
    }[type(value)]


def shape(
    value: Any, path: str = "", found: dict[str, set[str]] | None = None
) -> dict[str, set[str]]:
    """Types by path, such as `[].events[].id`."""
    found = {} if found is None else found
    found.setdefault(path, set()).add(kind(value))
    inner = (
        value.items()
        if isinstance(value, dict)
        else [("", each) for each in value]
        if isinstance(value, list)
        else []
    )
    for key, part in inner:
        shape(part, f"{path}.{key}" if key else f"{path}[]", found)
    return found


@pytest.fixture
def ask(simulator: Simulator, get: Callable[..., Any]) -> Asking:
    return Asking(simulator, get)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_simulator_answers_as_polymarket_did(ask: Asking, shared: Path, name: str) -> None:
    recorded, ours = (
        json.loads((shared / "samples" / f"{name}.json").read_text()),
        SAMPLES[name][0](ask),
    )
    theirs = shape(
        [recorded] if isinstance(ours, list) and not isinstance(recorded, list) else recorded
    )
    mine = shape(ours)
    missing = {
        path
        for path in theirs.keys() - mine.keys()
        if path.rpartition(".")[2] not in LEGACY | YOUNG | GONE
    }
    assert not missing
    wrong = {
        path: (mine[path], theirs[path])
        for path in mine.keys() & theirs.keys()
        if mine[path] - theirs[path] and path.rpartition(".")[2] not in NULLABLE
    }
    assert not wrong


@pytest.mark.parametrize("name", SAMPLES)
def test_our_records_read_both(ask: Asking, shared: Path, name: str) -> None:
    read = SAMPLES[name][1]
    for answer in (
        decode((shared / "samples" / f"{name}.json").read_bytes()),
        decode(json.dumps(SAMPLES[name][0](ask)).encode()),
    ):
        assert read(answer)


def test_every_recording_is_accounted_for(shared: Path) -> None:
    assert {path.stem for path in (shared / "samples").glob("*.json")} == set(
        SAMPLES
    ) | ON_WEBSOCKETS


def test_the_recorded_trade_of_the_feed_is_read(shared: Path) -> None:
    frame = (shared / "samples" / "rtds-activity-trades-1.json").read_text()
    assert feed.heard(frame, json.loads(frame)["timestamp"] / 1_000) is not None
