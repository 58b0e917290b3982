"""What the proof reads is the same, whatever numbers a database gave."""

from __future__ import annotations

import numpy as np

from smartmoney.ledger import Markets
from smartmoney.proof.stored import by_place


def test_events_are_numbered_by_their_markets_and_not_by_the_database() -> None:
    event, place = np.array([7, 3, 7, 9]), np.array([40, 10, 20, 30])
    given = Markets.of(event=event, n_outcomes=2, place=place)
    assert by_place(given).event.tolist() == [1, 0, 1, 2]
    other = Markets.of(event=np.array([1, 8, 1, 2]), n_outcomes=2, place=place)
    assert by_place(other).event.tolist() == [1, 0, 1, 2]


def test_without_a_market_there_is_nothing_to_number() -> None:
    none = Markets.of(event=np.array([], np.int64), n_outcomes=np.array([], np.int64))
    assert len(by_place(none).event) == 0
