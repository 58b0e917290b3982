"""A3: refused. Not asked again; the error names endpoint and parameters; everybody else is read on."""

from __future__ import annotations

import pytest

from polymarket_sim.server import Simulator
from smartmoney.store.db import Store
from tests.kit.same import Picture, assert_same, picture
from tests.kit.syncing import Run


@pytest.mark.parametrize("status", ["400", "401", "404", "410"])
def test_one_wallet_refused(
    run: Run, api: Simulator, store: Store, clean: Picture, status: str
) -> None:
    api.misbehaviour.add("/data/v2/activity", status, nth=[5])
    outcomes = run()
    assert len(outcomes["trades"].failed) == 1, "the others go on"
    wallet, sentence = next(iter(outcomes["trades"].failed.items()))
    assert f"data/v2/activity (user={wallet}" in sentence and f"was refused: {status}" in sentence
    asked = [request for request in api.requests if request.status == int(status)]
    assert len(asked) == 1, "no retry"
    noted = next(row for row in picture(store)["stream"] if row[:2] == ("trades", wallet))
    assert noted[4] is False and noted[5] == sentence, "no watermark, and the reason is on record"
    run()
    assert_same(picture(store), clean)
