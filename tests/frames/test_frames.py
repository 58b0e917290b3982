"""The frames analysts read: documented columns and dtypes, filters, what was known on a day."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartmoney import frames
from smartmoney.errors import ParameterError
from smartmoney.store import catalog
from smartmoney.store.db import Store
from smartmoney.store.frames import TABLES, dictionary
from tests.store.test_catalog import MARKET, NOW
from tests.store.test_load import FILL, NEAR, save


@pytest.mark.parametrize("name", TABLES)
def test_every_frame_has_its_documented_columns_even_when_empty(
    store: Store, reader: Store, name: str
) -> None:
    frame = getattr(frames, name)(store=reader)
    assert {key: str(dtype) for key, dtype in frame.dtypes.items()} == {
        key: column.dtype for key, column in TABLES[name].columns.items()
    }


def test_trades_are_filtered_by_wallet_market_and_time(store: Store, reader: Store) -> None:
    save(store, [FILL, *NEAR])
    assert len(frames.trades(store=reader)) == 8
    assert len(frames.trades(address=FILL.address.upper().replace("0X", "0x"), store=reader)) == 7
    assert len(frames.trades(condition_id=FILL.market.condition_id, limit=3, store=reader)) == 3
    late = frames.trades(since="2023-11-14T22:13:21+00:00", store=reader)
    assert late["ts"].dt.strftime("%H:%M:%S").tolist() == ["22:13:21"]
    assert late.loc[0, ["size", "price", "cash"]].tolist() == [5.0, 0.4, 2.0]


def test_scores_can_be_asked_for_a_past_day(store: Store, reader: Store) -> None:
    save(store, [FILL])
    with store.raw() as connection:
        run = connection.execute(
            "insert into score_run (as_of, score_version, population, scored) values (now(), '1', 1, 1) "
            "returning id"
        ).fetchone()[0]
        for day, tier in (("2026-01-01", "C"), ("2026-02-01", "A")):
            connection.execute(
                "insert into trader_score (trader_id, as_of, run_id, score_version, tier) "
                "select id, %s, %s, '1', %s from trader",
                [day + "Z", run, tier],
            )
    assert frames.scores(store=reader)["tier"].tolist() == ["C", "A"]
    assert frames.scores(as_of="2026-01-15", store=reader)["tier"].tolist() == ["C"]
    assert frames.scores(as_of="2025-01-15", store=reader).empty


def test_markets_show_their_event_and_payout(store: Store, reader: Store) -> None:
    with store.raw() as connection:
        catalog.save_markets(connection, [MARKET], NOW)
    row = frames.markets(category="politics", store=reader).iloc[0]
    assert (row.question, row.event, row.price) == ("Will it?", "It", 0.4)


def test_a_wrong_time_is_told(reader: Store) -> None:
    with pytest.raises(ParameterError, match="'yesterday' is no time"):
        frames.trades(since="yesterday", store=reader)


def test_the_column_dictionary_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "columns.md"
    assert page.read_text() == dictionary(), "run `smartmoney columns` and commit docs/columns.md"
