"""What /health says in each state, in plain words; what it never says."""

from __future__ import annotations

import http.server
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from smartmoney.api import create_app
from smartmoney.api.health import composed, newest_migration
from smartmoney.api.models.health import Health
from smartmoney.api.wire import encoded
from smartmoney.prefect_rest import answers, api_address
from smartmoney.settings import Settings, load
from smartmoney.store.db import Store
from smartmoney.store.reads import jobs
from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.api_server import serving

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
UNKNOWN, UP, DOWN = (
    {"known": known, "reachable": reachable}
    for known, reachable in ((False, None), (True, True), (True, False))
)


def found(store: Store, **minutes: int) -> dict[str, Any]:
    """What a look at the database finds when each job last succeeded so many minutes ago."""
    with store.raw() as connection:
        for job, ago in minutes.items():
            connection.execute(
                "insert into ingestion_run (job, status, started_at, ended_at) values (%s, 'done', %s, %s)",
                [job, NOW - timedelta(minutes=ago), NOW - timedelta(minutes=ago)],
            )
    return {
        "jobs": jobs(store, {job: 600.0 for job in minutes}, NOW),
        "newest": {},
        "database": {
            "migration": newest_migration(),
            "version": "18.4",
            "bytes": 1,
            "connections": 2,
            "max_connections": 9,
        },
    }


def body(store: Store, scheduler: dict[str, Any] = UNKNOWN, **minutes: int) -> Health:
    made = composed(load(), NOW, found(store, **minutes), "", scheduler)
    return Health.model_validate_json(encoded(made))


def test_all_well(store: Store) -> None:
    health = body(store, UP, sync_markets=5, sync_leaderboard=19)
    assert (health.status, health.sentences) == ("ok", [])
    assert [stream.lag_seconds for stream in health.streams] == [1_140.0, 300.0]


def test_late_is_degraded_and_says_what_it_means(store: Store) -> None:
    health = body(store, sync_trader_positions=25, sync_markets=1)
    assert health.status == "degraded" and health.streams[0].freshness == "amber"
    assert health.sentences == [
        "sync_trader_positions last succeeded 25 min ago: positions and unrealized PnL are stale."
    ]


def test_a_red_stream_is_down(store: Store) -> None:
    health = body(store, sync_markets=60)
    assert health.status == "down" and "last succeeded 1 h ago" in health.sentences[0]


def test_prefect_away_alone_is_a_warning(store: Store) -> None:
    health = body(store, DOWN, sync_markets=1)
    assert health.status == "degraded" and health.sentences[0].startswith("Prefect does not answer")


def test_a_database_that_was_not_migrated_is_down(store: Store) -> None:
    state = found(store)
    state["database"]["migration"] = newest_migration() - 1
    made = composed(load(), NOW, state, "", UP)
    assert made["status"] == "down" and "migrate" in made["sentences"][0]


def test_what_the_numbers_are_valid_for_is_said(store: Store) -> None:
    state = found(store)
    state["newest"] = {"trades_up_to": NOW, "scores_as_of": NOW - timedelta(minutes=7)}
    assert composed(load(), NOW, state, "", UP)["sentences"] == [
        "Trades are complete up to 2026-11-22 14:05 UTC; scores use trades up to 2026-11-22 13:58 UTC."
    ]


def test_every_schedule_is_watched() -> None:
    found = load(schedule_sync_markets_s=0).schedules()
    assert (
        found["sync_markets"] == 0 and found["calculate_rarity_scores"] == 1_800 and len(found) >= 8
    )


def test_the_route_says_503_when_a_stream_is_red(acting: httpx.Client, store: Store) -> None:
    assert acting.get("/health").status_code == 200
    with store.raw() as connection:
        connection.execute(
            "insert into ingestion_run (job, status, started_at, ended_at) values "
            "('sync_markets', 'done', now() - interval '2 hours', now() - interval '2 hours')"
        )
    time.sleep(1.1)
    response = acting.get("/health")
    assert response.status_code == 503 and response.json()["status"] == "down"
    assert "prices, resolutions and unrealized PnL are stale" in response.json()["sentences"][0]
    assert acting.get("/api/traders").status_code == 200


def test_it_looks_at_most_once_a_second(acting: httpx.Client) -> None:
    assert len({acting.get("/health").json()["checkedAt"] for _ in range(20)}) <= 2


def test_a_database_that_was_never_migrated_is_said_so(
    postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute("create database bare_api owner sm_owner")
    bare = load(smartmoney_home=tmp_path, database_read_url=postgres.url("sm_read", "bare_api"))
    try:
        with (
            serving(create_app(bare)) as address,
            httpx.Client(base_url=address, trust_env=False) as client,
        ):
            for path in ("/health", "/api/traders", "/api/markets/1", "/api/watchlist"):
                response = client.get(path)
                assert response.status_code == 503, path
                assert "was not migrated" in response.text and "relation" not in response.text
    finally:
        with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute("drop database bare_api with (force)")


class _Ok(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/api/health" else 404)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def scheduler() -> Iterator[str]:
    """Something that answers where Prefect would."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Ok) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_prefect_is_asked_where_it_is(scheduler: str) -> None:
    assert answers(scheduler + "/api/health")
    assert (
        not answers("http://127.0.0.1:9/api")
        and not answers("file:///etc/passwd")
        and not answers("")
    )


@pytest.mark.parametrize(
    "noted", ["http://127.0.0.1:4201", "http://127.0.0.1:4201/", "http://127.0.0.1:4201/api"]
)
def test_its_address_is_found_in_what_runs(tmp_path: Path, noted: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "state.json").write_text(json.dumps({"addresses": {"prefect": noted}}))
    assert api_address(load(smartmoney_home=tmp_path)) == "http://127.0.0.1:4201/api"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"addresses": []}',
        '{"processes": {"voila": "http://127.0.0.1:1"}}',
        '{"prefect": {"pid": 4}}',
    ],
)
def test_where_it_is_not_noted_it_is_not_known(tmp_path: Path, text: str) -> None:
    assert api_address(load(smartmoney_home=tmp_path)) == ""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "state.json").write_text(text)
    assert api_address(load(smartmoney_home=tmp_path)) == ""


def test_the_setting_wins_and_is_not_shown(settings: Settings, scheduler: str) -> None:
    told = settings.model_copy(update={"prefect_api_url": f"{scheduler}/api/"})
    with (
        serving(create_app(told)) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        response = client.get("/health")
        assert response.json()["prefect"] == {"known": True, "reachable": True}
        assert scheduler not in response.text and "postgres" not in response.text.lower()
        assert 'smartmoney_prefect_up{kind="server"} 1.0' in client.get("/metrics").text
