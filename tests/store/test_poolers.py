"""Behind PgBouncer with TLS: pages read, jobs refuse what would break them, and nobody gets rights by an ignored option."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartmoney.errors import SettingError, StoreUnavailable
from smartmoney.settings import load
from smartmoney.store import arrow
from smartmoney.store.db import Store, open_store
from smartmoney.store.greeting import role_asked
from smartmoney.store.reads import jobs
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.streams.locks import single_flight
from tests.kit.pooler import Pooler, pooler

IGNORING = "extra_float_digits,options"


@pytest.fixture(scope="module")
def transactions(postgres: EmbeddedPostgres) -> Iterator[Pooler]:
    """In transaction mode; options are ignored without a word, as managed poolers do."""
    with pooler(postgres, "transaction", IGNORING) as found:
        yield found


def through(found: Pooler, database: str, role: str = "sm_owner") -> str:
    return found.url(role, database)


def test_pages_read_through_a_pooler_in_transaction_mode(
    transactions: Pooler, database: str, tmp_path: Path
) -> None:
    settings = load(
        smartmoney_home=tmp_path, database_read_url=through(transactions, database, "sm_read")
    )
    store = open_store("sm_read", settings)
    try:
        for _ in range(12):  # psycopg would prepare a statement the sixth time it is asked
            with store.raw() as connection:
                row = connection.execute(
                    "select current_user, current_setting('TimeZone'), %s", [1]
                ).fetchone()
            assert row == ("sm_read", "UTC", 1)
            jobs(store, {"sync_markets": 600.0}, None)
        assert arrow.fetch(store, "select $1::integer as n", [7]).to_pylist() == [{"n": 7}]
    finally:
        store.dispose()


@pytest.mark.parametrize("role", ["sm_read", "sm_ingest"])
def test_an_ignored_role_is_no_way_to_rights(
    transactions: Pooler, database: str, tmp_path: Path, role: str
) -> None:
    settings = load(smartmoney_home=tmp_path, database_url=through(transactions, database))
    store = open_store(role, settings)  # type: ignore[arg-type]
    assert role_asked(store.url) == role
    for use in (store.raw, store.session, lambda: arrow.connected(store)):
        with pytest.raises(SettingError, match=f"sm_owner instead of {role}"), use():
            pass
    store.dispose()


def test_locks_are_not_trusted_to_a_pooler_in_transaction_mode(
    transactions: Pooler, database: str, tmp_path: Path
) -> None:
    settings = load(smartmoney_home=tmp_path, database_url=through(transactions, database))
    store = open_store("sm_owner", settings)
    with pytest.raises(SettingError, match="transaction mode"), store.session():
        pass


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
        with (
            pytest.raises(StoreUnavailable, match="options"),
            open_store("sm_read", settings).raw(),
        ):
            pass


def test_a_certificate_nobody_vouches_for_is_refused(
    transactions: Pooler, database: str, tmp_path: Path
) -> None:
    url = through(transactions, database, "sm_read").partition("&sslrootcert")[0]
    other = tmp_path / "other.crt"
    other.write_text("")
    settings = load(smartmoney_home=tmp_path, database_read_url=f"{url}&sslrootcert={other}")
    with pytest.raises(StoreUnavailable), open_store("sm_read", settings).raw():
        pass
