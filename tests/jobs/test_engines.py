"""The same wallets read on Dask: the same rows, bit for bit; and what is said when Dask or its scheduler is not there."""

from __future__ import annotations

import sys

import pytest

from smartmoney.books import batches
from smartmoney.errors import SettingError
from smartmoney.jobs.engines import engine
from smartmoney.ledger import Kind
from smartmoney.settings import load
from smartmoney.store.db import Store
from tests.kit.increments import a_row, empty, insert, owner, resolve, score, stored

__all__ = ["owner"]


def test_two_dask_workers_give_the_numbers_of_one_process(
    owner: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(
        "distributed", reason="Dask is not installed: pip install 'smartmoney[dask]'"
    )
    monkeypatch.setattr(batches, "WALLETS_AT_ONCE", 1)
    monkeypatch.setattr(batches, "ROWS_AT_ONCE", 1)
    empty(owner)
    insert(
        owner,
        [
            a_row(
                Kind.BUY,
                n,
                trader=1 + n % 3,
                size_micro=1_000_000 + n,
                market=n % 6,
                outcome=2 * (n % 6),
            )
            for n in range(30)
        ],
    )
    resolve(owner, {0: (1_000_000, 0), 3: (0, 1_000_000)})
    score(owner)
    here = stored(owner)
    report = score(owner, full=True, engine="dask")
    assert report.read["wallets read"] == 4
    assert stored(owner) == here


def test_what_is_sent_to_workers_shows_no_password(owner: Store) -> None:
    assert "postgresql" not in repr(owner)


def test_without_dask_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SettingError, match="pip install"), engine(load(scoring_engine="dask")):
        pass


def test_a_scheduler_that_is_away_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(
        "distributed", reason="Dask is not installed: pip install 'smartmoney[dask]'"
    )
    monkeypatch.setattr("smartmoney.jobs.engines.CONNECT_SECONDS", 0.5)
    settings = load(scoring_engine="dask", dask_address="tcp://127.0.0.1:9")
    with pytest.raises(SettingError, match="tcp://127.0.0.1:9"), engine(settings):
        pass
