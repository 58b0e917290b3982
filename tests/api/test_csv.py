"""A list as CSV: every row of the filter, with the numbers of the JSON, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from smartmoney.api import listing
from smartmoney.spreadsheet import cell
from tests.kit.seed import Seed, address

LISTS = (
    "/api/traders",
    "/api/markets",
    "/api/markets/smart",
    "/api/markets/3/holders",
    "/api/markets/3/trades",
    "/api/alerts",
    f"/api/traders/{address(1)}/positions",
    f"/api/traders/{address(1)}/trades",
)


def table(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(response.text)))


def every(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor = None
    while True:
        query = {"limit": 500} | ({"cursor": cursor} if cursor else {})
        body = client.get(path, params=query).json()
        rows += body["items"]
        cursor = body["nextCursor"]
        if cursor is None:
            return rows


@pytest.mark.parametrize("path", LISTS)
def test_it_has_the_rows_and_numbers_of_the_json(client: httpx.Client, path: str) -> None:
    shown, rows = table(client.get(path, params={"format": "csv"})), every(client, path)
    assert len(shown) == len(rows) > 0
    for got, expected in zip(shown, rows, strict=True):
        assert set(got) == set(expected)
        for name, value in expected.items():
            if value is None:
                assert got[name] == ""
            elif isinstance(value, str):
                assert got[name].removeprefix("'") == value.removeprefix("'"), name
            elif isinstance(value, int | float) and not isinstance(value, bool):
                assert float(got[name]) == value, name


def test_it_is_the_whole_filter_whatever_page_was_asked_for(
    client: httpx.Client, world: Seed
) -> None:
    first = client.get("/api/traders", params={"limit": 3}).json()
    query = {"format": "csv", "limit": 3, "cursor": first["nextCursor"]}
    assert len(table(client.get("/api/traders", params=query))) == world.size.traders
    tops = table(client.get("/api/traders", params={"format": "csv", "tier": "S,A"}))
    assert 0 < len(tops) < 20 and {row["tier"] for row in tops} <= {"S", "A"}


def test_pages_follow_each_other(
    client: httpx.Client, world: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_ROWS", 7)
    rows = table(client.get("/api/traders", params={"format": "csv"}))
    assert len({row["address"] for row in rows}) == len(rows) == world.size.traders


def test_what_is_wrong_is_refused_before_the_first_byte(client: httpx.Client) -> None:
    refused = client.get("/api/traders/0x" + "0" * 40 + "/trades", params={"format": "csv"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "not_found")
    assert client.get("/api/traders", params={"format": "xls"}).status_code == 422


@pytest.mark.parametrize(
    "text", ["=1+1", "+1-1", "-a", "@SUM(1)", "＝1+1", "＠x", "  =1", "\t=1", "\r=1"]
)
def test_text_that_would_be_a_formula_is_disarmed(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["alice", "a=b", "", "0x12", -3, None, 0.5])
def test_other_values_stay_as_they_are(value: Any) -> None:
    assert cell(value) == value


def test_a_list_becomes_words() -> None:
    assert cell(["MM", "BOT"]) == "MM BOT" and cell(["=1"]) == "'=1"
