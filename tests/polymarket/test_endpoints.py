"""What every route is asked for, what a page becomes, and when reading stops (faults A9, B15, B16)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from smartmoney.errors import ApiRefused, ShapeChanged
from smartmoney.polymarket import endpoints, market_endpoints
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings
from tests.kit.clock import FrozenClock
from tests.kit.fake_api import FakeApi, answer
from tests.kit.wire_rows import CONDITION, FILL, USER

ROW = json.loads(json.dumps(FILL, default=float))


@pytest.fixture
def client(here: Settings, clock: FrozenClock) -> Iterator[Client]:
    with Client(here, clock=clock) as opened:
        yield opened


def v2(rows: list[Any], cursor: str | None = None) -> bytes:
    return answer(
        {
            "data": rows,
            "pagination": {
                "limit": 1_000,
                "offset": 0,
                "has_more": cursor is not None,
                "next_cursor": cursor,
            },
        }
    )


def test_activity_asks_for_everything_on_every_page(api: FakeApi, client: Client) -> None:
    api.script = [v2([ROW], "c1"), v2([], "c2"), v2([ROW | {"timestamp": 1_788_886_610}])]
    pages = list(endpoints.activity(client, USER, start=0))
    assert [len(page.rows) for page in pages] == [1, 0, 1]
    assert [page.next_cursor for page in pages] == ["c1", "c2", None]
    wanted = {
        "user": USER,
        "start": "1",
        "sort_by": "TIMESTAMP",
        "sort_direction": "ASC",
        "limit": "1000",
        "exclude_deposits_withdrawals": "false",
        "type": ",".join(endpoints.ACTIVITY_TYPES),
    }
    assert [dict(request.query) for request in api.asked] == [
        wanted,
        wanted | {"cursor": "c1"},
        wanted | {"cursor": "c2"},
    ]
    assert {"TRADE", "SPLIT", "CONVERSION", "DEPOSIT", "TIP", "MIGRATION"} <= set(
        endpoints.ACTIVITY_TYPES
    )


def test_other_routes_say_every_default(api: FakeApi, client: Client) -> None:
    api.script = [v2([])]
    list(endpoints.positions(client, USER))
    list(endpoints.positions(client, USER, "CLOSED", start=5))
    list(endpoints.leaderboard(client, "sports", "week", "VOLUME", 30))
    list(market_endpoints.holders(client, CONDITION))
    opened, closed, board, held = (dict(request.query) for request in api.asked)
    assert (opened["status"], opened["filter_amount"], opened["include_archived"]) == (
        "OPEN",
        "0",
        "true",
    )
    assert "include_archived" not in closed and (closed["status"], closed["start"]) == (
        "CLOSED",
        "5",
    )
    assert (opened["sort_by"], opened["sort_direction"]) == ("TIMESTAMP", "ASC")
    assert (board["category"], board["time_period"], board["sort_by"], board["limit"]) == (
        "sports",
        "week",
        "VOLUME",
        "30",
    )
    assert (held["condition"], held["min_balance"], held["include_pnl"]) == (
        CONDITION,
        "0",
        "false",
    )


def test_markets_are_asked_open_and_closed_apart_and_few_at_once(
    api: FakeApi, client: Client
) -> None:
    api.script = [answer({"markets": [], "next_cursor": "k"}), answer({"markets": []})]
    conditions = [f"0x{number:064x}" for number in range(30)] + ["0x" + "1" * 62]
    assert len(list(market_endpoints.markets(client, closed=True, conditions=conditions))) == 2
    first, second = (request.query for request in api.asked)
    assert ("closed", "true") in first and ("include_tag", "true") in first
    assert sum(name == "condition_ids" for name, _ in first) == 20
    assert ("after_cursor", "k") in second and [
        pair for pair in second if pair[0] != "after_cursor"
    ] == first
    assert list(market_endpoints.markets(client, closed=True, conditions=["0x" + "1" * 62])) == []
    assert list(market_endpoints.resolutions(client, ["0x" + "1" * 62])) == []


def test_a_board_ends_at_its_depth_and_leaves_contracts_out(api: FakeApi, client: Client) -> None:
    contract = "0x4d97dcd97ec945f40cf65f87097ace5ea0476045"
    rows = [
        {"rank": n, "user_id": f"0x{n:040x}", "pnl": 1, "volume": 1, "user_name": ""}
        for n in range(1, 6)
    ]
    api.script = [v2([*rows[:2], {**rows[2], "user_id": contract}], "c1"), v2(rows[3:], "c2")]
    found = [row.rank for page in endpoints.leaderboard(client, depth=4) for row in page.rows]
    assert found == [1, 2, 4] and len(api.asked) == 2


def test_a_tape_ends_at_its_depth(api: FakeApi, client: Client) -> None:
    api.script = [
        v2([ROW] * 3, "c1"),
        v2([ROW] * 2 + [ROW | {"timestamp": 5}], "c2"),
        v2([ROW], "c3"),
    ]
    found = list(market_endpoints.tape(client, CONDITION, depth=5))
    assert [page.next_cursor for page in found] == ["c1", None] and len(api.asked) == 2
    assert {row.address for page in found for row in page.rows} == {USER}


def test_a_bad_row_is_kept_with_its_reason_and_raw_text(api: FakeApi, client: Client) -> None:
    text = json.dumps(ROW).replace('"size": 14.285715', '"size":  1e400')
    api.script = [
        answer(
            body=b'{"data":['
            + ",".join([json.dumps(ROW)] * 30 + [text]).encode()
            + b'],"pagination":{"has_more":false,"next_cursor":null}}'
        )
    ]
    (page,) = endpoints.activity(client, USER)
    assert len(page.rows) == 30
    assert [(bad.raw, bad.reason) for bad in page.bad] == [
        (text.encode(), "size is 1.000e+400, out of range")
    ]


@pytest.mark.parametrize(
    ("good", "bad", "stops"),
    [
        (95, 5, False),
        (94, 6, True),
        (19, 1, False),
        (18, 2, True),
        (5, 1, False),
        (5, 2, True),
        (0, 1, False),
    ],
)
def test_too_many_bad_rows_stop_the_stream(
    api: FakeApi, client: Client, good: int, bad: int, stops: bool
) -> None:
    api.script = [v2([ROW] * good + [ROW | {"price": 1.7}] * bad)]
    if stops:
        with pytest.raises(
            ShapeChanged, match=f"{bad} of {good + bad} rows cannot be read, first because price"
        ):
            list(endpoints.activity(client, USER))
    else:
        (page,) = endpoints.activity(client, USER)
        assert (len(page.rows), len(page.bad)) == (good, bad)


def test_a_missing_key_field_stops_the_stream(api: FakeApi, client: Client) -> None:
    renamed = {name.replace("usdc_size", "usdcSize"): value for name, value in ROW.items()}
    api.script = [v2([renamed] * 3 + [ROW])]
    with pytest.raises(ShapeChanged, match="3 of 4 rows have no usdc_size"):
        list(endpoints.activity(client, USER))


@pytest.mark.parametrize(
    "rows",
    [
        [ROW, ROW | {"timestamp": ROW["timestamp"] - 1}],
        [ROW | {"proxy_wallet": "0x" + "00" * 20}],
        [ROW | {"timestamp": 1_700_000_000}],
        [ROW | {"timestamp": 1_799_999_999}],
    ],
    ids=["order", "wallet", "start", "end"],
)
def test_a_filter_without_effect_is_noticed(api: FakeApi, client: Client, rows: list[Any]) -> None:
    api.script = [v2(rows)]
    with pytest.raises(ShapeChanged, match="gave a row of"):
        list(endpoints.activity(client, USER, start=1_788_000_000, end=1_789_000_000))


def test_new_fields_are_told_once_a_minute(
    api: FakeApi, client: Client, clock: FrozenClock
) -> None:
    api.script = [v2([ROW | {"brandNew": 1}])]
    told = [next(endpoints.activity(client, USER)).fields for _ in range(2)]
    assert ("brandNew", "number") in told[0] and told[1] == set()
    clock.elapsed += 61
    (page,) = endpoints.activity(client, USER)
    assert page.fields - page.expected == {("brandNew", "number")}


def test_resolutions_come_only_where_told(api: FakeApi, client: Client) -> None:
    resolved = {
        "condition_id": CONDITION,
        "status": "resolved",
        "payouts": [0, 1_000_000],
        "resolved_at": 1_788_000_000,
    }
    api.script = [answer({"data": [resolved, resolved | {"status": "proposed"}]})]
    (page,) = market_endpoints.resolutions(client, [CONDITION])
    assert [row.payouts_micro for row in page.rows] == [(0, 1_000_000)]


def test_unknown_wallets_and_the_servers_clock(api: FakeApi, client: Client) -> None:
    api.script = [
        answer({"data": None}),
        answer({"data": {"trades": 3}}),
        answer(1_795_000_000),
        answer({}, 404),
    ]
    assert not endpoints.is_known(client, USER)
    assert endpoints.is_known(client, USER)
    assert endpoints.server_time(client) == 1_795_000_000
    assert endpoints.server_time(client) is None


def test_a_refusal_in_the_middle_of_a_walk_is_an_error_not_its_end(
    api: FakeApi, client: Client
) -> None:
    api.script = [v2([ROW], "c1"), answer({"error": "user is a protocol contract"}, 400)]
    with pytest.raises(ApiRefused):
        list(endpoints.activity(client, USER))
