"""A9: short pages, empty pages with a cursor, cursors that need their parameters. Only a null cursor is the end."""

from __future__ import annotations

import httpx
import pytest

from polymarket_sim.server import Simulator
from smartmoney.errors import WalkStuck
from smartmoney.polymarket.budget import LocalBudget
from smartmoney.polymarket.client import Client
from smartmoney.store.db import Store
from tests.kit.clock import FrozenClock
from tests.kit.feeds import newest_first
from tests.kit.same import Picture, assert_same, part_of, picture
from tests.kit.syncing import Run, here


@pytest.mark.parametrize("what", ["short", "empty"])
def test_odd_pages_anywhere_lose_nothing(
    run: Run, api: Simulator, store: Store, clean: Picture, what: str
) -> None:
    rules = [
        api.misbehaviour.add(route, what, nth=list(range(1, 90, 3)))
        for route in ("/data/v2/activity", "/data/v2/positions")
    ]
    run(worker_concurrency=1)
    assert all(rule.fired > 3 for rule in rules)
    assert_same(picture(store), clean)


def test_short_then_empty_then_more(run: Run, api: Simulator, store: Store, clean: Picture) -> None:
    api.misbehaviour.add("/data/v2/activity", "short", nth=[1, 5])
    api.misbehaviour.add("/data/v2/activity", "empty", nth=[1, 2, 4, 5])
    run(worker_concurrency=1)
    assert_same(picture(store), clean)


def test_the_same_page_again_and_again_is_no_progress(
    run: Run, api: Simulator, store: Store, clean: Picture
) -> None:
    api.misbehaviour.add("/data/v2/activity", "repeat", nth=list(range(5, 500)))
    outcome = run(kinds=("trades",), worker_concurrency=1)["trades"]
    assert outcome.failed and all(
        "a second time" in why or "circles" in why for why in outcome.failed.values()
    )
    part_of(picture(store), clean)
    api.misbehaviour.clear()
    run()
    assert_same(picture(store), clean)


def test_one_row_for_ever_with_fresh_cursors_ends_and_is_stored_once(
    run: Run, api: Simulator, store: Store, clean: Picture
) -> None:
    rule = api.misbehaviour.add("/data/v2/activity", "endless")
    outcome = run(kinds=("trades",), worker_concurrency=1)["trades"]
    reasons = list(outcome.failed.values())
    same, empty = (sum(words in why for why in reasons) for words in ("same page", "empty pages"))
    assert same > 5 and same + empty == len(reasons)
    assert rule.fired <= 5 * same + 101 * empty
    part_of(picture(store), clean)
    api.misbehaviour.clear()
    run()
    assert_same(picture(store), clean)


def test_empty_pages_without_end_are_stuck(api: Simulator, wallets: list[str]) -> None:
    api.misbehaviour.add("/data/v2/trades", "empty")
    clock = FrozenClock()
    with (
        Client(here(api.url), LocalBudget(clock), clock) as client,
        pytest.raises(WalkStuck, match="empty pages|circles"),
    ):
        list(newest_first(client, wallets[2]))


def test_a_bare_cursor_is_refused_by_the_server_and_never_sent(
    run: Run, api: Simulator, wallets: list[str]
) -> None:
    first = httpx.get(
        f"{api.data_url}/v2/activity", params={"user": wallets[2], "limit": 5}, trust_env=False
    ).json()
    bare = httpx.get(
        f"{api.data_url}/v2/activity",
        params={"cursor": first["pagination"]["next_cursor"]},
        trust_env=False,
    )
    assert bare.status_code == 400
    del api.requests[:]
    run()
    assert sum("cursor" in request.params for request in api.requests) > 10
    assert all(
        request.status == 200 for request in api.requests if request.path.startswith("/data")
    )
