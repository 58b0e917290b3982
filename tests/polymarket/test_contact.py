"""First contact: nothing differs on a venue that is as we say, and each planted difference is named with what follows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from polymarket_sim.generate import generate
from polymarket_sim.server import Simulator, running
from polymarket_sim.venue import EVENTFUL, LIVE, Venue
from polymarket_sim.world import World
from smartmoney.polymarket.budget import LocalBudget
from smartmoney.polymarket.contact import FEW_ROWS, Listener, meet
from smartmoney.polymarket.contact_report import MEANS, Contact
from smartmoney.supervise.first_contact import as_markdown, ask, described, verdict
from tests.kit.syncing import here

WORLDS = {"live": LIVE, "eventful": EVENTFUL}


def a_world(venue: Venue) -> World:
    return generate(
        5, traders=60, markets=120, trades=6_000, days=60, now=int(time.time()), venue=venue
    )


@pytest.fixture(scope="module")
def world() -> World:
    return a_world(EVENTFUL)


@pytest.fixture
def api(world: World) -> Iterator[Simulator]:
    with running(world) as found:
        yield found


def contact(api: Simulator) -> Contact:
    with Listener(here(api.url), LocalBudget(), page_rows=FEW_ROWS) as client:
        return meet(client)


@pytest.mark.parametrize("venue", WORLDS.values(), ids=WORLDS)
def test_a_venue_as_we_say_shows_no_difference(venue: Venue) -> None:
    with running(a_world(venue)) as api:
        found = contact(api)
    assert found.differences == [] and found.skipped == {}
    assert {each.route for each in found.asked} == set(MEANS)
    assert "behind" in found.facts[0]
    assert verdict(found) == "All that was asked is as docs/polymarket-api.md says."


PLANTED = [
    (
        "/data/v2/activity",
        "missing",
        {"field": "usdc_size"},
        "/v2/activity",
        "have no usdc_size",
    ),
    ("/data/v2/activity", "new-field", {}, "/v2/activity", "brandNewField"),
    ("/data/v2/activity", "retype", {"field": "timestamp"}, "/v2/activity", "timestamp (string)"),
    (
        "/data/v2/activity",
        "parameter",
        {"field": "sort_direction", "value": "DESC"},
        "/v2/activity",
        "does not keep the order",
    ),
    (
        "/data/v2/positions",
        "parameter",
        {"field": "sort_direction", "value": "DESC"},
        "/v2/positions",
        "do not come by their last event",
    ),
    (
        "/data/v2/positions",
        "parameter",
        {"field": "status", "value": "OPEN"},
        "/v2/positions",
        "asked for CLOSED positions",
    ),
    ("/data/v2/leaderboard", "short", {}, "/v2/leaderboard", "rows and a cursor came where"),
    (
        "/gamma/markets/keyset",
        "parameter",
        {"field": "closed", "value": "true"},
        "/markets/keyset",
        "closed markets came",
    ),
    (
        "/gamma/markets/keyset",
        "parameter",
        {"field": "condition_ids", "value": ""},
        "/markets/keyset",
        "were not asked for",
    ),
    ("/data/v2/resolutions", "404", {}, "/v2/resolutions", "ApiRefused"),
    ("/data/v2/oi", "rename-envelope", {}, "/v2/oi", "ShapeChanged"),
    ("/data/v2/status", "410", {}, "/v2/status", "ApiRefused"),
    ("/clob/time", "404", {}, "/time", "no whole number"),
]


@pytest.mark.parametrize(
    ("path", "what", "options", "route", "words"), PLANTED, ids=[f"{p[0]} {p[4]}" for p in PLANTED]
)
def test_a_planted_difference_is_named(
    api: Simulator, path: str, what: str, options: dict[str, Any], route: str, words: str
) -> None:
    api.misbehaviour.add(path, what, options=options)
    found = contact(api).differences
    assert any(each.route == route and words in each.what for each in found), found
    assert all(each.means for each in found)


def test_what_cannot_be_asked_is_said(api: Simulator) -> None:
    api.misbehaviour.add("/data/v2/leaderboard", "empty")
    found = contact(api)
    assert found.skipped["/v2/activity"] == "no board named a wallet"
    assert "6 routes could not be asked" in verdict(Contact(skipped=found.skipped))


def test_the_report_is_fit_for_an_issue(api: Simulator) -> None:
    """Three planted differences; every one a row with its consequence, pipes and lines of strangers kept inside."""
    api.misbehaviour.add("/data/v2/activity", "new-field", options={"field": "a|b\nc"})
    api.misbehaviour.add("/data/v2/oi", "404")
    api.misbehaviour.add("/data/v2/leaderboard", "short")
    found = contact(api)
    text = as_markdown(found, "simulator", datetime(2026, 11, 26, tzinfo=UTC))
    rows = [line for line in text.splitlines() if line.startswith("| `/") and "follows" not in line]
    assert {each.route for each in found.differences} == {
        "/v2/activity",
        "/v2/oi",
        "/v2/leaderboard",
    }
    assert all(line.replace("\\|", "").count("|") == 4 for line in rows)
    assert "things differ from docs/polymarket-api.md." in text
    assert MEANS["/v2/oi"] in text


def test_one_route_asked_by_hand(api: Simulator, world: World) -> None:
    answer = ask(
        here(api.url), "data/v2/activity", {"user": world.traders[0].address, "limit": "2"}
    )
    text = described(answer, 1)
    assert text.startswith("data/v2/activity: ") and "2 rows" in text
    assert text.count("proxy_wallet") == 1
    assert described(ask(here(api.url), "clob/time", {}), 3).splitlines()[-1].isdigit()
