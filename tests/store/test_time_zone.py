"""A Postgres of one's own may keep any time zone; days and months are cut in UTC all the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from smartmoney.settings import Settings
from smartmoney.store.db import Store, open_store
from smartmoney.store.server.migrate import migrate, migrations
from tests.kit.rows import Rows

IN_UTC = next(step for step in migrations() if step.name == "months_in_utc").number
ZONES = ["America/New_York", "Pacific/Kiritimati", "Asia/Kolkata"]


def away(url: str, zone: str) -> Store:
    """A store whose one connection is in another zone, as an analyst's psql is; a new one of ours would be in UTC."""
    opened = Store(url, "sm_owner", 1)
    with opened.raw() as connection:
        connection.execute(f"set timezone = '{zone}'")
    with opened.raw() as connection:
        assert connection.execute("show timezone").fetchone() == (zone,)
    return opened


@pytest.fixture(params=ZONES)
def elsewhere(owner: Store, request: pytest.FixtureRequest) -> Iterator[Store]:
    opened = away(owner.url, request.param)
    yield opened
    opened.dispose()


def test_each_second_of_two_years_has_a_part(elsewhere: Store) -> None:
    rows, month = Rows(elsewhere), datetime(2025, 1, 1, tzinfo=UTC)
    trader, (market, yes, _) = rows.trader(), rows.market()
    while month.year < 2027:
        following = (month + timedelta(days=32)).replace(day=1)
        for at in (month, following - timedelta(seconds=1)):
            rows.fill(trader, market, yes, at, 5)
        month = following
    assert rows.run("select count(*) from trade") == 48


def test_every_role_reads_days_in_utc(settings: Settings, owner: Store) -> None:
    with owner.raw() as connection:
        connection.execute(f"alter database {connection.info.dbname} set timezone = 'Asia/Kolkata'")
    for role in ("sm_owner", "sm_ingest", "sm_read"):
        store = open_store(role, settings)
        with store.raw() as connection:
            assert connection.execute("show timezone").fetchone() == ("UTC",)
        store.dispose()


def test_parts_that_ended_too_early_are_mended_with_their_trades(empty: Store) -> None:
    migrate(empty, [step for step in migrations() if step.number < IN_UTC])
    store = away(empty.url, "America/New_York")
    rows = Rows(store)
    trader, (market, yes, _) = rows.trader(), rows.market()
    rows.fill(trader, market, yes, datetime(2026, 3, 10, tzinfo=UTC), 5)
    lost = datetime(2026, 3, 30, tzinfo=UTC)
    with pytest.raises(psycopg.errors.CheckViolation, match="no partition"):
        rows.fill(trader, market, yes, lost, 7)
    migrate(store, migrations())
    rows.fill(trader, market, yes, lost, 7)
    with store.raw() as connection:
        known = connection.execute(
            "select cash_micro, tableoid::regclass::text from trade order by ts"
        )
        assert known.fetchall() == [(5_000_000, "trade_2026_03"), (7_000_000, "trade_2026_03")]
    store.dispose()
