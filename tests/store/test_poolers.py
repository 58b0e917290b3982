"""Behind PgBouncer with TLS: pages read, jobs refuse what would break them, and nobody gets rights by an ignored option."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartmoney.errors import SettingError, StoreUnavailable
from smartmoney.settings import load
from smartmoney.store import arrow
from smartmoney.store.db import Store, open_store
from smartmoney.store.frames import patient
from smartmoney.store.greeting import role_asked
from smartmoney.store.reads import jobs
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.streams.locks import single_flight
from tests.kit.certificates import self_signed
from tests.kit.pooler import Pooler, pooler

IGNORING = "extra_float_digits,options"


@pytest.fixture(scope="module")
def transactions(postgres: EmbeddedPostgres) -> Iterator[Pooler]:
    """In transaction mode; options are ignored without a word, as managed poolers do."""
    with pooler(postgres, "transaction", IGNORING) as found:
        yield found


def read_through(found: Pooler, database: str, home: Path) -> Store:
    address = found.url("sm_read", database)
    return open_store("sm_read", load(smartmoney_home=home, database_read_url=address))


def test_pages_read_through_a_pooler_in_transaction_mode(
    transactions: Pooler, database: str, tmp_path: Path
) -> None:
    """One after the other on one server process: what the first prepared there the second has not got."""
    for _ in range(2):
        store = read_through(transactions, database, tmp_path)
        try:
            for _ in range(12):  # psycopg would prepare a statement the sixth time it is asked
                with store.raw() as connection:
                    row = connection.execute("select current_user, %s", [1]).fetchone()
                assert row == ("sm_read", 1)
                jobs(store, {"sync_markets": 600.0}, None)
        finally:
            store.dispose()


def test_days_are_cut_in_utc_through_a_pooler_that_drops_the_zone(
    transactions: Pooler, owner: Store, database: str, tmp_path: Path
) -> None:
    with owner.raw() as connection:
        connection.execute(f"alter database {database} set timezone = 'Asia/Kolkata'")
    store = read_through(transactions, database, tmp_path)
    zone = "select current_setting('TimeZone') as zone"
    try:
        with store.raw() as connection:
            assert connection.execute(zone).fetchone() == ("UTC",)
        assert arrow.fetch(store, zone).to_pylist() == [{"zone": "UTC"}]
    finally:
        store.dispose()


def test_analysts_wait_longer_than_pages_through_a_pooler_that_knows_no_options(
    postgres: EmbeddedPostgres, database: str, tmp_path: Path
) -> None:
    limit = "select current_setting('statement_timeout') as n"
    with pooler(postgres, "transaction") as found:
        store = read_through(found, database, tmp_path)
        reader = patient(store)
        with store.raw() as page, reader.raw() as frame:
            assert page.execute(limit).fetchone() == ("10s",)
            assert frame.execute(limit).fetchone() == ("5min",)
        assert arrow.fetch(reader, limit).to_pylist() == [{"n": "5min"}]
        with store.raw() as page:
            assert page.execute(limit).fetchone() == ("10s",)
        reader.dispose()
        store.dispose()


@pytest.mark.parametrize("role", ["sm_read", "sm_ingest"])
def test_an_ignored_role_is_no_way_to_rights(
    transactions: Pooler, database: str, tmp_path: Path, role: str
) -> None:
    settings = load(smartmoney_home=tmp_path, database_url=transactions.url("sm_owner", database))
    store = open_store(role, settings)  # type: ignore[arg-type]
    assert role_asked(store.url) == role
    for use in (store.raw, store.session, lambda: arrow.connected(store)):
        with pytest.raises(SettingError, match=f"sm_owner instead of {role}"), use():
            pass
    store.dispose()


def test_locks_are_not_trusted_to_a_pooler_in_transaction_mode(
    transactions: Pooler, database: str, tmp_path: Path
) -> None:
    settings = load(smartmoney_home=tmp_path, database_url=transactions.url("sm_owner", database))
    store = open_store("sm_owner", settings)
    with pytest.raises(SettingError, match="transaction mode"), store.session():
        pass
    store.dispose()


def test_jobs_run_through_a_pooler_in_session_mode(
    postgres: EmbeddedPostgres, database: str
) -> None:
    with pooler(postgres, "session", IGNORING) as found:
        store = Store(found.url("sm_ingest", database), "sm_ingest")
        with single_flight(store, "sync_markets"), store.raw() as connection:
            assert connection.execute("select current_setting('TimeZone')").fetchone() == ("UTC",)
        store.dispose()


def test_options_that_are_refused_are_a_sentence(
    postgres: EmbeddedPostgres, database: str, tmp_path: Path
) -> None:
    with pooler(postgres, "transaction") as found:
        settings = load(smartmoney_home=tmp_path, database_url=found.url("sm_owner", database))
        store = open_store("sm_read", settings)
        with pytest.raises(StoreUnavailable, match="options"), store.raw():
            pass
        store.dispose()


def test_a_certificate_nobody_vouches_for_is_refused(
    transactions: Pooler, database: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.crt"
    self_signed(tmp_path / "other.key", other, "localhost")
    address = transactions.url("sm_read", database, other)
    store = open_store("sm_read", load(smartmoney_home=tmp_path, database_read_url=address))
    for use in (store.raw, lambda: arrow.connected(store)):
        with (
            pytest.raises(StoreUnavailable, match="verify failed.* Check sslmode and sslrootcert"),
            use(),
        ):
            pass
    store.dispose()
