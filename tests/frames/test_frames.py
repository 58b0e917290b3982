"""The frames analysts read: documented columns and dtypes, filters, what was known on a day."""

from __future__ import annotations

import warnings
from datetime import date
from pathlib import Path

import psycopg
import pytest

from smartmoney import frames
from smartmoney.errors import ParameterError, StoreUnavailable
from smartmoney.store.db import Store
from smartmoney.store.frame_tables import TABLES, dictionary
from smartmoney.store.markets import catalog
from tests.kit.catalog import MARKET, NOW
from tests.kit.fills import FILL, NEAR, save


@pytest.mark.parametrize("name", TABLES)
def test_every_frame_has_its_documented_columns_even_when_empty(
    store: Store, reading: Store, name: str
) -> None:
    frame = getattr(frames, name)()
    assert {key: str(dtype) for key, dtype in frame.dtypes.items()} == {
        key: column.dtype for key, column in TABLES[name].columns.items()
    }


def test_trades_are_filtered_by_wallet_market_and_time(store: Store, reading: Store) -> None:
    save(store, [FILL, *NEAR])
    assert len(frames.trades()) == 8
    assert len(frames.trades(address=FILL.address.upper().replace("0X", "0x"))) == 7
    assert len(frames.trades(condition_id=FILL.market.condition_id, limit=3)) == 3
    late = frames.trades(since="2023-11-14T22:13:21+00:00")
    assert late["ts"].dt.strftime("%H:%M:%S").tolist() == ["22:13:21"]
    assert late.loc[0, ["size", "price", "cash"]].tolist() == [5.0, 0.4, 2.0]


def test_scores_can_be_asked_for_a_past_day(store: Store, reading: Store) -> None:
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
    assert frames.scores()["tier"].tolist() == ["C", "A"]
    assert frames.scores(as_of="2026-01-15")["tier"].tolist() == ["C"]
    with pytest.warns(
        UserWarning, match="scores: no rows by as_of 2025-01-15 00:00; they reach from 2026-01-01"
    ):
        assert frames.scores(as_of="2025-01-15").empty


def test_past_scores_have_one_row_a_wallet_and_history_can_start_anywhere(
    store: Store, reading: Store
) -> None:
    save(store, [FILL, NEAR[0]])
    with store.raw() as connection:
        run = connection.execute(
            "insert into score_run (as_of, score_version, population, scored) values (now(), '1', 1, 1) returning id"
        ).fetchone()[0]
        connection.execute(
            "insert into trader_score (trader_id, as_of, run_id, score_version, tier) select trader.id, day, %s, '1', 'C' "
            "from trader, unnest(array['2026-01-01Z', '2026-02-01Z', '2026-03-01Z']::timestamptz[]) as day",
            [run],
        )
    known = frames.scores(as_of=date(2026, 2, 15))
    assert known["address"].is_unique and set(known["as_of"].dt.month) == {2}
    assert set(frames.scores(since="2026-02-15")["as_of"].dt.month) == {3}


def test_a_frame_that_was_cut_says_so(store: Store, reading: Store) -> None:
    save(store, [FILL, *NEAR])
    with pytest.warns(UserWarning, match="trades: only the first 2 rows"):
        assert len(frames.trades(limit=2)) == 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(frames.trades(limit=None)) == 8


def test_the_package_gives_the_frames_whatever_was_imported_before() -> None:
    import smartmoney
    import smartmoney.market_stats
    from smartmoney import smart_markets, traders

    assert {name: getattr(smartmoney, name) for name in smartmoney.__all__} == {
        name: getattr(frames, name) for name in TABLES
    }
    assert traders is frames.traders and smart_markets is frames.smart_markets
    with pytest.raises(ImportError, match="cannot import name 'trader'"):
        from smartmoney import trader  # noqa: F401


def test_analysts_read_through_a_role_that_cannot_write(store: Store, reading: Store) -> None:
    save(store, [FILL])
    for change in (
        "delete from trade",
        "update trader set tier = 'S'",
        "create table mine (x int)",
    ):
        with reading.raw() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(change)


def test_markets_show_their_event_and_payout(store: Store, reading: Store) -> None:
    with store.raw() as connection:
        catalog.save_markets(connection, [MARKET], NOW)
    row = frames.markets(category="politics").iloc[0]
    assert (row.question, row.event, row.price) == ("Will it?", "It", 0.4)


def test_a_database_that_is_away_is_told_in_a_sentence() -> None:
    away = Store("postgresql://nobody@127.0.0.1:1/none", "sm_read")
    with (
        frames.reading_from(away),
        pytest.raises(StoreUnavailable, match="does not answer; is it running"),
    ):
        frames.traders()


def test_a_wrong_time_is_told(reading: Store) -> None:
    with pytest.raises(ParameterError, match="'yesterday' is no time"):
        frames.trades(since="yesterday")


def test_the_column_dictionary_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "columns.md"
    assert page.read_text() == dictionary(), "run `smartmoney columns > docs/columns.md`"
