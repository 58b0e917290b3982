"""Rows by trader: the two-step sort is an ordinary stable sort, whatever the ids look like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmoney.ledger import Activity, Kind, ordering
from smartmoney.ledger.ordering import by_trader, sort_by_trader
from tests.kit.ledgers import usual

IDS = {
    "near each other": np.arange(5_000, 5_300),
    "far apart": np.array([0, 1, 7, 10_000_000, 2_000_000_000]),
    "negative": np.arange(-50, 50),
    "one": np.array([3]),
}


def fills(trader: np.ndarray) -> Activity:
    n = np.arange(len(trader))
    return Activity.of(
        trader=trader,
        ts=n,
        kind=Kind.BUY,
        market=n % 5,
        outcome=n % 10,
        size_micro=n + 1,
        cash_micro=n,
    )


@pytest.mark.parametrize("ids", IDS.values(), ids=IDS)
def test_sorting_in_two_steps_is_a_stable_sort(
    ids: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "BUCKET_ROWS", 40)
    events = fills(np.random.default_rng(1).choice(ids, 3_000))
    expected = events.take(np.argsort(events.trader, kind="stable"))
    assert sort_by_trader(events).to_frame().equals(expected.to_frame())
    in_parts = (events.take(slice(a, a + 700)) for a in range(0, 3_500, 700))
    assert sort_by_trader(*in_parts).to_frame().equals(expected.to_frame())


@given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=60))
@usual
def test_any_ids_can_be_sorted(ids: list[int]) -> None:
    events = fills(np.array(ids, np.int32))
    expected = np.argsort(events.trader, kind="stable")
    assert by_trader(events.trader).tolist() == expected.tolist()
    assert sort_by_trader(events).seq.tolist() == events.seq[expected].tolist()
