"""What every request passes: ids, headers, hosts, sizes, rate, CORS, ETags; and one shape of error."""

from __future__ import annotations

import json
import logging
import re
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from smartmoney.api import create_app
from smartmoney.api.gate import MOST_BODY, served_hosts
from smartmoney.logs import JsonLines
from smartmoney.settings import Settings, load
from tests.kit.api_paths import PATHS
from tests.kit.api_server import ORIGIN, serving

FIELDS = {"code", "message", "requestId", "parameter"}


def shape(response: httpx.Response, status: int, code: str) -> dict[str, str]:
    assert response.status_code == status, response.text
    assert (
        response.headers["content-type"] == "application/json"
        and response.headers["cache-control"] == "no-store"
    )
    error: dict[str, str] = response.json()["error"]
    assert (
        set(response.json()) == {"error"}
        and {"code", "message", "requestId"} <= set(error) <= FIELDS
    )
    assert (
        error["code"] == code
        and error["requestId"] == response.headers["x-request-id"]
        and error["message"]
    )
    return error


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_an_id_and_guarding_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path, headers={"X-Request-ID": "desk-42"}).headers
    assert headers["x-request-id"] == "desk-42" and headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert (
        headers["x-frame-options"] == "DENY"
        and headers["referrer-policy"] == "no-referrer"
        and "server" not in headers
    )


@pytest.mark.parametrize("path", ["/api/traders?limit=2", "/docs", "/openapi.json", "/api/none"])
def test_head_is_get_without_its_body(client: httpx.Client, path: str) -> None:
    full, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (full.status_code, b"") and full.content
    names = ("etag", "content-type", "content-length", "cache-control")
    assert [head.headers.get(name) for name in names] == [full.headers.get(name) for name in names]


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "{}", "<script>", "é"])
def test_an_id_that_is_no_plain_word_is_replaced(client: httpx.Client, given: str) -> None:
    found = client.get("/health", headers={"X-Request-ID": given.encode("utf-8")}).headers[
        "x-request-id"
    ]
    assert re.fullmatch(r"[0-9a-f]{16}", found)


def test_errors_have_one_shape(client: httpx.Client) -> None:
    shape(client.get("/no/such"), 404, "not_found")
    shape(client.get("/api/traders/"), 404, "not_found")
    refused = client.post("/api/traders")
    shape(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "GET, HEAD"
    assert client.patch("/api/alert-rules/1").headers["allow"] == "DELETE, GET, HEAD, PUT"
    assert client.get("/api/watchlist/1").headers["allow"] == "DELETE, PUT"
    assert (
        shape(client.get("/api/traders?color=red"), 422, "parameter_wrong")["parameter"] == "color"
    )
    assert (
        shape(client.get("/api/traders?limit=ten"), 422, "parameter_wrong")["parameter"] == "limit"
    )
    shape(client.get("/api/traders?" + "q=" + "x" * 5_000), 414, "query_too_long")


def test_a_body_is_at_most_64_kib(acting: httpx.Client) -> None:
    large = b'{"note": "' + b"x" * MOST_BODY + b'"}'
    headers = {"Content-Type": "application/json"}
    shape(acting.put("/api/watchlist/1", content=large, headers=headers), 413, "body_too_large")
    pieces: Iterator[bytes] = (
        large[start : start + 1_000] for start in range(0, len(large), 1_000)
    )
    shape(acting.put("/api/watchlist/1", content=pieces, headers=headers), 413, "body_too_large")


@pytest.mark.parametrize(
    "body, status",
    [(b"", 422), (b"{", 422), (b"[" * 60_000, 400), (b"\xff\xfe", 400), (b"null", 422)],
)
def test_a_body_that_is_no_json_object_is_refused(
    acting: httpx.Client, body: bytes, status: int
) -> None:
    response = acting.put(
        "/api/watchlist/1", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code in (400, 422) and set(response.json()) == {"error"}, response.text


def test_a_form_is_not_read_as_json(acting: httpx.Client) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        assert (
            acting.put(
                "/api/watchlist/1", content=b'{"note": "x"}', headers={"Content-Type": kind}
            ).status_code
            == 422
        )


def test_an_unchanged_list_is_304(client: httpx.Client) -> None:
    for path in [path for path in PATHS if path != "/health"]:
        first = client.get(path)
        tag = first.headers["etag"]
        again = client.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), path
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert (
        client.get("/api/traders?limit=3").headers["etag"]
        != client.get("/api/traders?limit=4").headers["etag"]
    )


def test_lists_may_be_kept_and_what_people_edit_may_not(open_settings: Settings) -> None:
    with (
        serving(create_app(open_settings)) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        assert client.get("/api/traders").headers["cache-control"] == "public, max-age=5"
        assert client.get("/api/watchlist").headers["cache-control"] == "no-cache"
        assert client.get("/health").headers["cache-control"] == "no-store"


def test_only_listed_origins_may_call(client: httpx.Client) -> None:
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    allowed = client.options("/api/watchlist", headers={"Origin": ORIGIN, **asked})
    assert allowed.status_code == 200 and allowed.headers["access-control-allow-origin"] == ORIGIN
    for origin in (
        "https://evil.example",
        "https://desk.example.evil.example",
        "null",
        "http://desk.example",
    ):
        assert (
            client.options("/api/watchlist", headers={"Origin": origin, **asked}).status_code == 400
        )
        assert (
            "access-control-allow-origin"
            not in client.get("/api/traders", headers={"Origin": origin}).headers
        )
    read = client.get("/api/traders?bad=1", headers={"Origin": ORIGIN})
    assert read.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in read.headers


def test_without_a_list_no_origin_may_call(acting: httpx.Client) -> None:
    response = acting.get("/api/traders", headers={"Origin": ORIGIN})
    assert not [name for name in response.headers if name.startswith("access-control")]


def raw(address: str, request: bytes) -> bytes:
    where = urlsplit(address)
    with socket.create_connection((where.hostname, where.port), 10) as connection:
        connection.sendall(request)
        return connection.recv(65_536)


@pytest.mark.parametrize(
    "host, status",
    [
        (b"127.0.0.1", 200),
        (b"localhost:9999", 200),
        (b"[::1]:80", 200),
        (b"desk.example", 200),
        (b"LOCALHOST", 200),
        (b"evil.example", 421),
        (b"127.0.0.1.evil.example", 421),
        (b"localhost@evil.example", 421),
        (b"", 421),
    ],
)
def test_a_foreign_host_name_is_refused(address: str, host: bytes, status: int) -> None:
    answer = raw(
        address,
        b"GET /api/traders?limit=1 HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n",
    )
    assert answer.split(b" ")[1] == str(status).encode(), answer[:300]


def test_any_host_name_is_served_beyond_loopback() -> None:
    assert served_hosts(load(bind_host="0.0.0.0")) is None


def test_a_client_that_asks_too_often_waits(settings: Settings) -> None:
    limited = settings.model_copy(update={"api_rate_limit": 5})
    with (
        serving(create_app(limited)) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        answers = [client.get("/health") for _ in range(14)]
        assert [answer.status_code for answer in answers].count(429) >= 3
        assert (
            shape(answers[-1], 429, "too_many_requests")
            and int(answers[-1].headers["retry-after"]) == 1
        )


def test_a_request_leaves_one_line_of_json(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "smartmoney.api.request"):
        client.get("/api/traders", params={"q": 'a\nb"c'}, headers={"X-Request-ID": "line-1"})
        client.get("/api/traders", params={"q": "ok"}, headers={"X-Request-ID": "line-2"})
        until = time.monotonic() + 5
        while (
            len(caplog.records) < 2 and time.monotonic() < until
        ):  # written after the answer was sent
            time.sleep(0.01)
    bad, good = [json.loads(JsonLines().format(record)) for record in caplog.records][-2:]
    assert (bad["requestId"], bad["status"], good["requestId"], good["status"]) == (
        "line-1",
        422,
        "line-2",
        200,
    )
    assert (
        good["route"] == "/api/traders"
        and good["method"] == "GET"
        and good["bytes"] > 50
        and good["ms"] >= 0
    )


def test_passwords_are_masked_in_the_log() -> None:
    record = logging.LogRecord(
        "x", 40, "f", 1, "no route to %s", ("postgresql://sm_read:s3cret@db/x",), None
    )
    line = JsonLines().format(record)
    assert (
        "s3cret" not in line and json.loads(line)["message"] == "no route to postgresql://***@db/x"
    )


def test_metrics_count_by_route_and_not_by_path(client: httpx.Client) -> None:
    client.get("/api/markets/68")
    client.get("/api/markets/67")
    client.get("/wp-login.php")
    text = client.get("/metrics").text
    assert re.search(
        r'smartmoney_api_requests_total\{method="GET",route="/api/markets/\{id\}",status="200"\} [2-9]',
        text,
    )
    assert 'route="unmatched",status="404"' in text and "wp-login" not in text
    assert (
        "smartmoney_database_up 1.0" in text
        and 'smartmoney_stream_lag_seconds{job="sync_markets"}' in text
    )
    assert re.search(r'smartmoney_table_bytes\{table="trade"\} [1-9]', text)
    assert "smartmoney_table_growth" in text and "growth_bytes_per_day{" not in text, "one look"
    told = re.findall(r'smartmoney_stream_state\{job="maintenance",state="(\w+)"\} 1\.0', text)
    assert told == ["fresh"]  # never due yet in a world this young
