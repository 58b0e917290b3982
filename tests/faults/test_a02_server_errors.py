"""A2: server errors in bursts. Retried with growing, jittered waits; past the cap it fails and the cursor stays."""

from __future__ import annotations

import pytest

from polymarket_sim.server import Simulator
from smartmoney.errors import ApiThrottled, ApiUnavailable
from smartmoney.polymarket.client import MOST_TRIES
from smartmoney.store.db import Store
from tests.kit.clock import FrozenClock
from tests.kit.same import Picture, assert_same, part_of, picture
from tests.kit.syncing import Run


@pytest.mark.parametrize(
    ("status", "burst"), [("500", 1), ("502", 2), ("503", 3), ("521", 4), ("522", 4)]
)
def test_bursts_within_the_tries_change_nothing(
    run: Run, api: Simulator, store: Store, clean: Picture, status: str, burst: int
) -> None:
    clock = FrozenClock()
    api.misbehaviour.add("/data/v2/*", status, nth=list(range(4, 4 + burst)))
    run(clock=clock, worker_concurrency=1)
    assert len(clock.waits) == burst
    assert clock.waits == sorted(clock.waits), "each wait is longer than the one before"
    assert_same(picture(store), clean)


@pytest.mark.parametrize(("status", "burst"), [("500", 5), ("502", 6), ("503", 5), ("522", 5)])
def test_past_the_tries_the_stream_fails_and_the_next_run_completes(
    run: Run, api: Simulator, store: Store, clean: Picture, status: str, burst: int
) -> None:
    assert burst >= MOST_TRIES
    api.misbehaviour.add("/data/v2/activity", status, nth=list(range(4, 4 + burst)))
    try:
        failed = list(run(worker_concurrency=1)["trades"].failed.values())
    except (ApiUnavailable, ApiThrottled) as error:
        failed = [str(error)]
    assert len(failed) == 1 and "the next run goes on from here" in failed[0]
    part_of(picture(store), clean)
    run()
    assert_same(picture(store), clean)


def test_a_server_that_stays_down_stops_the_run(
    run: Run, api: Simulator, store: Store, clean: Picture
) -> None:
    api.misbehaviour.add("/data/v2/activity", "500")
    with pytest.raises(ApiUnavailable):
        run(kinds=("trades",))
    stopped = picture(store)
    assert not stopped["trade"] and not any(row[2] or row[4] for row in stopped["stream"]), (
        "no cursor, no watermark"
    )
    api.misbehaviour.clear()
    run()
    assert_same(picture(store), clean)
