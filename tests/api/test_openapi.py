"""The documentation: complete, true (schemathesis tries it), shown without a network."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.specs.openapi.checks import positive_data_acceptance

from smartmoney.api import create_app, issue_token
from smartmoney.settings import load
from smartmoney.store.db import Store
from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.api_server import SECRET, serving
from tests.kit.seed import Seed, Size

METHODS = ("get", "post", "put", "delete")


@pytest.fixture(scope="session")
def played(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """Address of an app on a world that may be written to, and a token."""
    name = f"played_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template smartmoney owner sm_owner")
        connection.execute(f"grant connect on database {name} to sm_ingest, sm_read")
    store = Store(postgres.url("sm_ingest", name), "sm_ingest")
    Seed(Size(traders=40, markets=30, trades=500, days=20)).write(store)
    store.dispose()
    settings = load(
        smartmoney_home=tmp_path_factory.mktemp("played"),
        database_read_url=postgres.url("sm_read", name),
        api_rate_limit=0,
        api_jwt_secret=SECRET,
    )
    with serving(create_app(settings, keep_seconds=0)) as address:
        yield address, issue_token(settings, "schemathesis", 1)


SCHEMA = schemathesis.openapi.from_dict(
    create_app(load(database_read_url="postgresql://x@127.0.0.1:9/x")).openapi()
)
NOTHING = ("/health", "/metrics", "/api/watchlist", "/api/alert-rules")
BY_MEANING = (
    "/api/alert-rules",
    "/api/alert-rules/{number}",
)  # parameters are judged by the kind of rule
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(
    "operation", OPERATIONS, ids=[f"{one.method} {one.path}" for one in OPERATIONS]
)
def test_it_does_what_it_says(
    operation: Any, mode: GenerationMode, played: tuple[str, str]
) -> None:
    if mode is GenerationMode.NEGATIVE and operation.method == "get" and operation.path in NOTHING:
        pytest.skip("takes nothing that could be wrong")

    @tried(
        max_examples=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(operation.as_strategy(generation_mode=mode))
    def attempt(case: schemathesis.Case) -> None:
        if mode is GenerationMode.POSITIVE and case.query:
            case.query.pop("cursor", None)  # opaque: the pattern cannot say which ones are ours
        case.call_and_validate(
            base_url=played[0],
            headers={"Authorization": f"Bearer {played[1]}"},
            excluded_checks=[positive_data_acceptance] if operation.path in BY_MEANING else [],
        )

    attempt()


@pytest.fixture(scope="module")
def document(address: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{address}/openapi.json", trust_env=False).json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method in set(methods) & set(METHODS):
            yield path, method, methods[method]


def test_everything_is_described_with_examples(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        assert operation["summary"] and operation["description"] and operation["tags"], (
            path,
            method,
        )
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (path, parameter["name"])
    for name, part in document["components"]["schemas"].items():
        for field, about in part.get("properties", {}).items():
            assert "description" in about or "$ref" in about or "items" in about, (name, field)
    rows = document["components"]["schemas"]["TraderRow"]["properties"]
    assert all(about.get("examples") for about in rows.values())


def test_every_refusal_has_the_one_shape(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "400" and path != "/health":
                assert response["content"]["application/json"]["schema"]["$ref"].endswith(
                    "/ErrorBody"
                ), (
                    path,
                    method,
                    status,
                )
        if method != "get":
            assert operation["security"] and {"401", "403"} <= set(operation["responses"])
        else:
            assert "security" not in operation


def test_the_specified_routes_and_names_are_there(document: dict[str, Any]) -> None:
    assert {
        "/health",
        "/api/traders",
        "/api/traders/{address}",
        "/api/markets",
        "/api/markets/smart",
        "/api/markets/{id}",
    } <= set(document["paths"])
    parts = document["components"]["schemas"]
    assert {
        "rarityScore",
        "tier",
        "realizedPnl",
        "unrealizedPnl",
        "totalPnl",
        "winRate",
        "profitFactor",
        "maxDrawdown",
        "tradeCount",
        "lastActiveAt",
    } <= set(parts["TraderRow"]["properties"])
    assert {"smartCount", "smartWeighted", "smartShare", "smartScore", "topSmartTraders"} <= set(
        parts["SmartRow"]["properties"]
    )


def test_it_shows_nothing_of_the_inside(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    assert not re.search(
        r"trader\.[a-z]|market\.[a-z]|numeric|timestamptz|sm_read|psycopg|nulls last", text
    )


@pytest.mark.parametrize(
    "path, kind",
    [("/docs", "text/html"), ("/docs/page.js", "text/javascript"), ("/docs/page.css", "text/css")],
)
def test_the_page_needs_no_network(client: httpx.Client, path: str, kind: str) -> None:
    response = client.get(path)
    assert response.status_code == 200 and response.headers["content-type"].startswith(kind)
    assert not re.search(r"(src|href)=\"(https?:)?//|@import|innerHTML|eval\(", response.text)
    policy = response.headers["content-security-policy"]
    assert (
        "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    )
    assert client.get("/").headers["location"] == "/docs"
    assert client.get("/docs/page.html").status_code == 422


def test_all_of_the_checks_are_on() -> None:
    assert {
        "not_a_server_error",
        "status_code_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "ignored_auth",
    } <= set(CHECKS.get_all_names())
