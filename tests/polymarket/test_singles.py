"""Routes about one wallet or one token, against recordings, scripted answers and the simulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from polymarket_sim.generate import generate
from polymarket_sim.server import running
from smartmoney.errors import ShapeChanged
from smartmoney.polymarket import singles
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings, load
from tests.kit.clock import FrozenClock
from tests.kit.fake_api import FakeApi, answer
from tests.kit.wire_rows import CONDITION, USER


@pytest.fixture
def client(here: Settings, clock: FrozenClock) -> Iterator[Client]:
    with Client(here, clock=clock) as opened:
        yield opened


def test_the_recorded_series(api: FakeApi, client: Client, shared: Path) -> None:
    data = json.loads((shared / "samples/v2-user-pnl-1.json").read_text())
    api.script = [answer({"data": data}), answer({"data": None})]
    first, second = singles.user_pnl(client, USER)
    assert (first.ts, first.realized_micro, first.trade_micro) == (
        1_788_804_000,
        1_496_477_961_658,
        1_501_064_684_977,
    )
    assert (first.fees_micro, first.trades) == (-9_303_944_503, 248_346)
    assert second.ts == first.ts + 3_600
    assert singles.user_pnl(client, USER) == []
    assert (api.asked[0]["interval"], api.asked[0]["fidelity"]) == ("max", "1d")


def test_the_recorded_book_and_none(api: FakeApi, client: Client, shared: Path) -> None:
    book = json.loads((shared / "samples/clob-book-1.json").read_text())
    gone = answer({"error": "No orderbook exists for the requested token id"}, 404)
    api.script = [answer(book), gone, answer({"bids": [], "asks": []}), answer([])]
    found = singles.quote(client, "1")
    assert found and found.bid_pico and found.ask_pico and found.bid_pico < found.ask_pico
    assert found.bid_pico == max(int(float(row["price"]) * 1e12 + 0.5) for row in book["bids"])
    assert singles.quote(client, "1") is None
    assert singles.quote(client, "1") == singles.Quote(None, None)
    with pytest.raises(ShapeChanged):
        singles.quote(client, "1")


@pytest.mark.parametrize(
    "data",
    [{}, {"data": {}}, {"data": {"points": [5]}}, {"data": {"points": [{"timestamp": "x"}]}}],
)
def test_odd_series_are_errors(api: FakeApi, client: Client, data: Any) -> None:
    api.script = [answer(data)]
    with pytest.raises(ShapeChanged):
        singles.user_pnl(client, USER)


def test_token_facts_tell_payouts_only_when_resolved(api: FakeApi, client: Client) -> None:
    row = {
        "token_id": "5",
        "condition_id": CONDITION,
        "outcome_index": 1,
        "outcome": "No",
        "resolved": True,
        "final_price": 0.5,
    }
    api.script = [
        answer({"data": [row, row | {"resolved": False}]}),
        answer({"data": [{"outcome_index": 0}]}),
    ]
    paid, waiting = singles.token_facts(client, [CONDITION])
    assert (paid.payout_micro, waiting.payout_micro, paid.outcome_index) == (500_000, None, 1)
    with pytest.raises(ShapeChanged, match="token_id is missing"):
        singles.token_facts(client, [CONDITION])
    assert singles.token_facts(client, []) == []


def test_all_of_them_on_the_simulator() -> None:
    world = generate(3, traders=20, markets=20, trades=800, days=60, now=1_795_000_000)
    with running(world) as simulator:
        settings = load(smartmoney_source="simulator", polymarket_api_base_url=simulator.url)
        with Client(settings) as client:
            points = singles.user_pnl(client, world.traders[0].address)
            assert [point.ts for point in points] == sorted(point.ts for point in points) and points
            market = next(market for market in world.markets if market.payouts)
            facts = singles.token_facts(client, [market.condition_id])
            assert [fact.payout_micro for fact in facts] == list(market.payouts or ())
            rows = [
                row
                for page in singles.prices_history(client, market.token_ids[0])
                for row in page.rows
            ]
            assert rows[-1].step_s == 0 and rows[-1].price_pico == facts[0].payout_micro * 10**6
            opened = next(market for market in world.markets if market.closed_at is None)
            found = singles.quote(client, opened.token_ids[0])
            assert (
                found is None
                or found.bid_pico is None
                or found.ask_pico is None
                or found.bid_pico < found.ask_pico
            )
            assert singles.quote(client, market.token_ids[0]) is None
