"""A6: answers that break off. Told from a whole one, asked again, and nothing of them is stored."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from polymarket_sim.server import Simulator
from smartmoney.store.db import Store
from tests.kit.clock import FrozenClock
from tests.kit.proxy import Fate, proxy
from tests.kit.same import Picture, assert_same, picture
from tests.kit.syncing import Run


@pytest.mark.parametrize("what", ["cut", "wrong-length", "bad-gzip"])
def test_damaged_on_the_server(
    run: Run, api: Simulator, store: Store, clean: Picture, what: str
) -> None:
    clock = FrozenClock()
    rules = [
        api.misbehaviour.add(route, what, nth=[2, 5])
        for route in ("/data/v2/activity", "/data/v2/positions")
    ]
    run(clock=clock)
    assert [rule.fired for rule in rules] == [2, 2]
    assert len(clock.waits) == 4
    assert_same(picture(store), clean)


@pytest.mark.parametrize("how", ["reset", "close", "silence"])
@pytest.mark.parametrize("after", [0, 300, 9_000])
def test_damaged_on_the_way(
    run: Run, api: Simulator, store: Store, clean: Picture, how: str, after: int
) -> None:
    port = urlsplit(api.url).port
    assert port is not None
    with proxy(("127.0.0.1", port), *[Fate(after, how)] * 3) as way:
        run(url=way.url, clock=FrozenClock(), request_deadline_s=1.0, kinds=("trades",))
        assert way.struck == 3
    run()
    assert_same(picture(store), clean)
