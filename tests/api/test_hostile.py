"""Whatever is put into an address is refused or searched for as text: never run, no 500, no leak."""

from __future__ import annotations

import base64
import json
import string

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartmoney.store.db import Store
from tests.kit.seed import Seed, address

INJECTIONS = (
    "'; drop table trader; --",
    "1 or 1=1",
    "' union select usename, passwd from pg_shadow --",
    "%'; select pg_sleep(9); --",
    "{{sort}}",
    ":sort --? like",
    "\\'; select 1; --",
    "$1",
    "%s %(x)s",
    "rarity_score; delete from trader",
    "../../etc/passwd",
    "${jndi:ldap://x}",
    "<script>alert(1)</script>",
    "\u202e\u200f",
    "\U0001f600" * 20,
)
LISTS = (
    "/api/traders",
    "/api/markets",
    "/api/markets/smart",
    f"/api/traders/{address(4)}/positions",
    f"/api/traders/{address(4)}/trades",
    "/api/alerts",
)
LEAKS = (
    "traceback",
    "psycopg",
    "sqlalchemy",
    "postgresql://",
    "sm_read",
    "select ",
    "/work",
    "site-packages",
)


def harmless(response: httpx.Response) -> None:
    assert response.status_code in (200, 307, 400, 404, 414, 422), response.text[:500]
    if response.status_code != 200:
        assert not [leak for leak in LEAKS if leak in response.text.lower()], response.text


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("text", INJECTIONS)
def test_text_stays_text(
    client: httpx.Client, seen: Store, world: Seed, path: str, text: str
) -> None:
    found = client.get(path, params={"q": text})
    assert found.status_code == (422 if len(text) > 80 else 200), found.text
    for name in ("sort", "order", "cursor", "tier", "limit", "activeDays", "no such"):
        assert client.get(path, params={name: text}).status_code == 422, name
    with seen.raw() as connection:
        count = connection.execute("select count(*) from trader").fetchone()
        assert count == (world.size.traders,)


@pytest.mark.parametrize(
    "text",
    [
        *INJECTIONS,
        "0x",
        "0x" + "g" * 40,
        "0x" + "0" * 41,
        "-1",
        "1.5",
        "99999999999",
        "\0",
        "x" * 3_000,
    ],
)
def test_ids_are_ids(client: httpx.Client, text: str) -> None:
    import urllib.parse

    quoted = urllib.parse.quote(text, safe="")
    for path in (
        "/api/traders/{}",
        "/api/traders/{}/trades",
        "/api/markets/{}",
        "/api/markets/{}/holders",
        "/api/alert-rules/{}",
    ):
        response = client.get(path.format(quoted))
        assert response.status_code in (404, 422), response.text
        assert set(response.json()) == {"error"}


@pytest.mark.parametrize(
    "query",
    [
        "limit=50&limit=60",
        "q=%00",
        "q=a%00b",
        "q=%ff%fe",
        "q=%ed%a0%80",
        "q=" + "x" * 81,
        "minPnl=nan",
        "minPnl=inf",
        "minPnl=1e400",
        "minConfidence=1.01",
        "minConfidence=-0",
        "minEvents=0",
        "minEvents=1_000",
        "minEvents=%201",
        "minEvents=1.0",
        "hideFlagged=yes",
        "hideFlagged=1",
        "activeDays=99999999999999999999999999",
        "limit=" + "9" * 40,
        "limit=1e3",
        "tier=S,Z",
        "tier=" + "S," * 9,
        "tier=S&tier=S&tier=S&tier=S&tier=S&tier=S&tier=S",
        "cursor=",
        "rarity_score=1",
        "Limit=3",
        "=1",
        "&&&",
        "%",
    ],
)
def test_odd_queries_are_answered_with_a_sentence(client: httpx.Client, query: str) -> None:
    response = client.get(f"/api/traders?{query}")
    assert response.status_code in (200, 422), response.text
    if response.status_code == 422:
        assert 10 < len(response.json()["error"]["message"]) < 500


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "A",
        "AAAA",
        packed(5),
        packed([]),
        packed(["win_rate", True, "0.5", "1"]),
        packed(["rarity_score", False, "1", "1"]),
        packed(["rarity_score", True, "abc", "1"]),
        packed(["rarity_score", True, "1", "1e400"]),
        packed(["rarity_score", True, "1", str(2**70)]),
        packed(["rarity_score", True, "1); drop table trader; --", "1"]),
        packed(["rarity_score", True, "1\0", "1"]),
        packed(["rarity_score", True, ["1"], "1"]),
        packed({"a": 1}),
        "x" * 401,
        "a b",
        "a==",
    ],
)
def test_a_cursor_that_was_tampered_with_is_refused(client: httpx.Client, cursor: str) -> None:
    response = client.get("/api/traders", params={"cursor": cursor})
    assert response.status_code == 422 and response.json()["error"]["parameter"] == "cursor", (
        response.text
    )


def test_a_cursor_of_another_list_or_order_is_refused(client: httpx.Client) -> None:
    cursor = client.get("/api/traders", params={"limit": 3}).json()["nextCursor"]
    assert client.get("/api/traders", params={"cursor": cursor, "limit": 3}).status_code == 200
    for path, query in (
        ("/api/markets", {}),
        ("/api/traders", {"order": "asc"}),
        ("/api/traders", {"sort": "winRate"}),
    ):
        refused = client.get(path, params={"cursor": cursor, **query})
        assert (
            refused.status_code == 422 and "does not belong" in refused.json()["error"]["message"]
        )


NAMES = st.sampled_from(
    [
        "q",
        "sort",
        "order",
        "limit",
        "cursor",
        "tier",
        "category",
        "minPnl",
        "minEvents",
        "hideFlagged",
        "x",
    ]
)
VALUES = (
    st.text(max_size=90)
    | st.integers().map(str)
    | st.floats().map(str)
    | st.text(alphabet=string.printable, max_size=40)
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(NAMES, VALUES.filter(lambda text: text.isprintable() or text.isascii())),
        max_size=4,
    ),
    st.sampled_from(LISTS),
)
def test_no_query_breaks_a_list(
    client: httpx.Client, query: list[tuple[str, str]], path: str
) -> None:
    harmless(client.get(path, params=httpx.QueryParams(query)))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(min_size=1, max_size=60))
def test_no_path_breaks_the_server(client: httpx.Client, tail: bytes) -> None:
    quoted = "".join(f"%{byte:02X}" for byte in tail)
    for path in (
        f"/api/markets/{quoted}",
        f"/api/traders/{quoted}",
        f"/{quoted}",
        f"/docs/page.{quoted}",
    ):
        harmless(client.get(path))


def test_headers_of_any_size_do_not_stop_the_server(client: httpx.Client) -> None:
    for headers in (
        {"X-Big": "x" * 60_000},
        {"If-None-Match": '"x",' * 10_000},
        {"Authorization": "Bearer " + "x" * 50_000},
    ):
        assert client.get("/api/traders?limit=1", headers=headers).status_code in (200, 400, 431)
    assert client.get("/health").status_code == 200
