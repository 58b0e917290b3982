"""A4: a page of the edge in place of an answer. The host is left alone, one alert, one probe when the time is over."""

from __future__ import annotations

import pytest

from polymarket_sim.server import Simulator
from smartmoney.errors import ApiBlocked
from smartmoney.polymarket.budget import LocalBudget
from smartmoney.polymarket.circuit import FIRST_COOL_DOWN_S
from smartmoney.store.db import Store
from tests.kit.clock import FrozenClock
from tests.kit.same import Picture, assert_same, part_of, picture
from tests.kit.syncing import Run


@pytest.mark.parametrize("what", ["block-403", "block-200"])
def test_blocked_in_the_middle_of_a_run(
    run: Run,
    api: Simulator,
    store: Store,
    clean: Picture,
    what: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = FrozenClock()
    budget = LocalBudget(clock)
    api.misbehaviour.add("/data/*", what, nth=list(range(12, 99)))
    with pytest.raises(ApiBlocked, match="block page|left alone") as blocked:
        run(clock=clock, budget=budget)
    assert "JSON" not in str(blocked.value) and "<html" not in str(blocked.value)
    alerts = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(alerts) == 1, "five workers, one alert"
    asked = len(api.requests)
    with pytest.raises(ApiBlocked):
        run(clock=clock, budget=budget)
    assert not [request for request in api.requests[asked:] if request.path.startswith("/data")]
    part_of(picture(store), clean)
    api.misbehaviour.clear()
    clock.elapsed += FIRST_COOL_DOWN_S + 1
    run(clock=clock, budget=budget)
    assert_same(picture(store), clean)
