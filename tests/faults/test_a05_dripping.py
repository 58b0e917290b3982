"""A5: a byte now and then, for ever. The deadline of the request ends it, it is retried, and the pool stays healthy."""

from __future__ import annotations

import time

from polymarket_sim.server import Simulator
from smartmoney.store.db import Store
from tests.kit.clock import FrozenClock
from tests.kit.same import Picture, assert_same, picture
from tests.kit.syncing import Run


def test_dripped_bytes(run: Run, api: Simulator, store: Store, clean: Picture) -> None:
    clock, began = FrozenClock(), time.monotonic()
    rules = [
        api.misbehaviour.add(route, "drip", nth=[3])
        for route in ("/data/v2/activity", "/data/v2/positions")
    ]
    run(clock=clock, request_deadline_s=1.0)
    assert [rule.fired for rule in rules] == [1, 1]
    assert 2.0 <= time.monotonic() - began < 10.0, "one deadline each, and no more"
    assert len(clock.waits) == 2
    assert_same(picture(store), clean)
