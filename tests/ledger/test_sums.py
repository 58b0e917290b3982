"""Sums per trader: exact for integers, and the same bits for floats in whatever company the trader comes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smartmoney.ledger.sums import Sums
from tests.kit.ledgers import usual

TRADERS = np.array([2, 3, 5, 9])
OWNERS = st.lists(st.sampled_from(TRADERS.tolist()), max_size=30).map(sorted)


@given(OWNERS, st.data())
@usual
def test_integers_are_summed_exactly(owners: list[int], data: st.DataObject) -> None:
    values = data.draw(
        st.lists(st.integers(-(2**58), 2**58), min_size=len(owners), max_size=len(owners))
    )
    sums = Sums(TRADERS, np.array(owners, np.int32))
    mine = [
        [v for o, v in zip(owners, values, strict=True) if o == trader]
        for trader in TRADERS.tolist()
    ]
    assert sums.of(np.array(values, np.int64)).tolist() == [sum(part) for part in mine]
    assert sums.of(np.array(values, np.int64) > 0).tolist() == [
        sum(v > 0 for v in part) for part in mine
    ]
    assert sums.largest(np.array(values, np.int64)).tolist() == [max([0, *part]) for part in mine]
    assert sums.counts.tolist() == [len(part) for part in mine]
    assert TRADERS[sums.row].tolist() == owners


@given(OWNERS, st.data())
@usual
def test_company_changes_no_bit_of_a_sum(owners: list[int], data: st.DataObject) -> None:
    values = np.array(
        data.draw(st.lists(st.floats(-1e9, 1e9), min_size=len(owners), max_size=len(owners)))
    )
    owner = np.array(owners, np.int32)
    together = Sums(TRADERS, owner).of(values.astype(np.float64))
    for k, trader in enumerate(TRADERS):
        alone = Sums(TRADERS[k : k + 1], owner[owner == trader]).of(
            values[owner == trader].astype(np.float64)
        )
        assert alone[0] == together[k]


def test_columns_of_a_matrix_are_summed_too() -> None:
    table = np.arange(12, dtype=np.int64).reshape(4, 3)
    assert Sums(np.array([1, 2]), np.array([1, 1, 1, 2])).of(table[:, 1]).tolist() == [12, 10]
