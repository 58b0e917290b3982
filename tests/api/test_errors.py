"""What was not foreseen: a sentence and an id for the caller, the rest for the log; never what is inside."""

from __future__ import annotations

import logging

import httpx
import psycopg
import pytest

from smartmoney.api import create_app
from smartmoney.api.errors import ApiError, sorted_out
from smartmoney.errors import (
    AlreadyRunning,
    ApiThrottled,
    ParameterError,
    SchemaMismatch,
    SettingError,
    WalkStuck,
)
from smartmoney.logs import JsonLines
from smartmoney.settings import Settings
from smartmoney.store.db import Store
from smartmoney.store.sql import understood
from tests.kit.api_server import serving

INSIDE = "postgresql://sm_read:s3cret@db.internal/smartmoney"


def test_a_bug_is_500_without_its_words(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings)

    @app.get("/boom")
    async def boom() -> None:
        raise RuntimeError(f"cannot reach {INSIDE}")

    with serving(app) as address:
        response = httpx.get(f"{address}/boom", headers={"X-Request-ID": "boom-1"}, trust_env=False)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["requestId"]) == (500, "internal", "boom-1")
    assert "s3cret" not in response.text and "RuntimeError" not in response.text
    record = next(record for record in caplog.records if record.exc_info)
    line = JsonLines().format(record)
    assert "RuntimeError" in line and "boom-1" in line and "s3cret" not in line


@pytest.mark.parametrize(
    "error, status, code",
    [
        (ParameterError("no"), 422, "parameter_wrong"),
        (SettingError("no"), 400, "request_wrong"),
        (AlreadyRunning("no"), 409, "already_running"),
        (ApiThrottled("no", 3.0), 503, "unavailable"),
        (SchemaMismatch("no"), 503, "schema_mismatch"),
        (WalkStuck("inside"), 500, "internal"),
        (ValueError("inside"), 500, "internal"),
    ],
)
def test_every_kind_of_error_has_its_answer(error: Exception, status: int, code: str) -> None:
    found = sorted_out(error)
    assert (found.status_code, found.code) == (status, code) and "inside" not in str(found.detail)


def failing(store: Store, statement: str) -> ApiError:
    with pytest.raises(Exception) as caught, store.raw() as connection, understood():
        connection.execute("set local statement_timeout = '50ms'")
        connection.execute(statement)
    return sorted_out(caught.value)


def test_a_query_that_takes_too_long_is_503_and_says_what_to_do(
    reader: Store, caplog: pytest.LogCaptureFixture
) -> None:
    found = failing(reader, "select pg_sleep(5)")
    assert (found.status_code, found.code) == (503, "too_slow")
    assert "narrow the filter" in str(found.detail)
    assert failing(reader, "select no_such_column from trader").code == "schema_mismatch"
    with caplog.at_level(logging.ERROR):
        assert failing(reader, "select 1 / 0").status_code == 500
    assert "unforeseen error" in caplog.text


def test_the_reading_role_can_change_nothing_but_what_people_edit(reader: Store) -> None:
    for table in ("trader", "market", "trade", "ledger_position", "ingestion_state"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), reader.raw() as connection:
            connection.execute(f"delete from {table}")
