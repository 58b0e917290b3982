"""Records against every recorded response, both shapes where they changed, bad values (faults B15, B16)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmoney.polymarket import market_records, old_names, records, values
from smartmoney.polymarket.shapes import EXPECTED, expected, observe
from smartmoney.polymarket.types import ActivityRecord, FillRecord
from smartmoney.polymarket.values import Unreadable
from smartmoney.polymarket.wire import decode, row_texts
from tests.kit.wire_rows import CONDITION, FILL, TX, USER

REDEEM = FILL | {"type": "REDEEM", "side": "", "price": 0}


@pytest.fixture
def sample(shared: Path) -> Callable[[str], Any]:
    return lambda name: decode((shared / "samples" / f"{name}.json").read_bytes())


def test_v2_activity(sample: Callable[[str], Any]) -> None:
    first, second = (records.activity(row) for row in sample("v2-activity-1"))
    assert isinstance(first, FillRecord) and isinstance(second, FillRecord)
    assert (first.size_micro, first.price_pico, first.cash_micro) == (
        14_285_715,
        930_000_003_500,
        13_285_715,
    )
    assert (first.side, first.ts, first.market.outcome_index) == ("BUY", 1_788_886_609, 0)
    assert first.market.title == "LAPTOP FDV above $25M one day after launch?"
    assert second.cash_micro == 13_892_150


def test_v2_trades_are_unlabelled_and_without_cash(sample: Callable[[str], Any]) -> None:
    fills = [records.fill(row) for row in sample("v2-trades-1")]
    assert [(fill.side, fill.cash_micro, fill.market.outcome_index) for fill in fills] == [
        ("BUY", None, None),
        ("SELL", None, None),
    ]


@pytest.mark.parametrize("name", ["activity-1", "activity-2", "activity-3"])
def test_v1_activity_of_every_type(sample: Callable[[str], Any], name: str) -> None:
    raw = sample(name)
    if name == "activity-3":  # anonymised by its author: the wallet is a hash
        raw = [row | {"proxyWallet": USER} for row in raw]
    rows = [records.activity(old_names.renamed(row)) for row in raw]
    kinds = Counter("TRADE" if isinstance(row, FillRecord) else row.kind for row in rows)
    assert kinds == Counter(row["type"] for row in raw)
    assert sum(row.cash_micro or 0 for row in rows) == sum(
        int(Decimal(row["usdcSize"]) * 10**6) for row in raw
    )


def test_redemptions_before_and_after_august_2026(sample: Callable[[str], Any]) -> None:
    old = [records.activity(old_names.renamed(row)) for row in sample("activity-1")]
    assert all(isinstance(row, ActivityRecord) and row.kind == "REDEEM" for row in old)
    assert all(
        row.market and row.market.token_id is None and row.market.outcome_index is None
        for row in old
    )
    assert sum(row.size_micro == 0 and row.cash_micro == 0 for row in old) == 5
    rows = [row | {"proxyWallet": USER} for row in sample("activity-3") if row["type"] == "REDEEM"]
    new = [records.activity(old_names.renamed(row)) for row in rows]
    assert new and all(row.market and row.market.token_id for row in new)
    assert any(row.size_micro and row.cash_micro == 0 for row in new), (
        "the losing token is burned for nothing"
    )


def test_positions_of_every_era(sample: Callable[[str], Any]) -> None:
    v2 = [records.position(row) for row in sample("v2-positions-1")]
    assert [(row.status, row.shares_micro, row.unrealized_micro) for row in v2] == [
        ("OPEN", 400_000_000_000, 101_800_000_000),
        ("OPEN", 400_000_000_000, -101_800_000_000),
    ]
    for name, count in (("positions-1", 2), ("positions-2", 2), ("positions-3", 3)):
        rows = [records.position(old_names.open_position(row)) for row in sample(name)]
        assert len(rows) == count and all(row.shares_micro > 0 for row in rows)
    losers = [records.position(old_names.open_position(row)) for row in sample("positions-1")]
    assert all(row.status == "REDEEMABLE" and row.current_price_pico == 0 for row in losers)
    closed = [
        records.position(old_names.closed_position(row)) for row in sample("closed-positions-1")
    ]
    assert [(row.shares_micro, row.total_bought_micro, row.realized_micro) for row in closed][
        0
    ] == (0, 0, 303_500_100)
    assert all(row.last_event_ts == 1_789_848_116 for row in closed)


def test_boards(sample: Callable[[str], Any]) -> None:
    first = records.board(sample("v2-leaderboard-1")[0])
    assert (first.rank, first.pnl_micro, first.volume_micro, first.trader.name) == (
        1,
        966_725_578_196,
        1_491_184_383_039,
        "Noprajsk",
    )
    rows = [records.board(old_names.renamed(row)) for row in sample("leaderboard-1")]
    assert [row.rank for row in rows] == list(range(1, 51))
    assert any(row.volume_micro == 0 and row.pnl_micro for row in rows)
    assert not any(row.trader.name.startswith("0x") and "-" in row.trader.name for row in rows)


def test_holders(sample: Callable[[str], Any]) -> None:
    rows = [records.trader(row) for group in sample("v2-holders-1") for row in group["holders"]]
    assert [row.name for row in rows] == ["", "12Alexander12"]


def test_gamma_markets(sample: Callable[[str], Any]) -> None:
    rihanna = market_records.market(sample("gamma-markets-keyset-1")["markets"][0])
    assert (rihanna.status, rihanna.price_pico, rihanna.fee_rate_micro) == (
        "OPEN",
        505_000_000_000,
        50_000,
    )
    assert rihanna.event and rihanna.event.gamma_id == "23784"
    assert rihanna.category == "culture" and "gta-vi" in rihanna.event.tags
    assert rihanna.volume_micro == 858_688_426_815
    zero = market_records.market(sample("gamma-market-2"))
    assert [outcome.price_pico for outcome in zero.outcomes] == [0, 0]
    assert zero.status == "CLOSED" and zero.resolved_ts is None, "closed at 0/0 tells no winner"
    assert zero.closed_ts == 1_604_334_661 and zero.category == "politics"
    scalar = market_records.market(sample("gamma-market-3"))
    assert scalar.status == "CLOSED" and len(scalar.outcomes) == 2
    accepting = market_records.market(sample("gamma-market-4"))
    assert accepting.status == "CLOSED" and not any(o.payout_micro for o in accepting.outcomes)


def test_short_crypto_and_unknown_fee(sample: Callable[[str], Any]) -> None:
    short = market_records.market(sample("gamma-market-1"))
    assert short.category == "crypto-short"
    assert short.fee_rate_micro is None, (
        "a fee type without a schedule is an unknown rate, not none"
    )


def test_gamma_event_and_search(sample: Callable[[str], Any]) -> None:
    event = market_records.event(sample("gamma-event-1")[0])
    assert event.neg_risk and event.neg_risk_market_id and event.gamma_id == "30829"
    found = sample("gamma-public-search-1")["events"][0]
    assert [market_records.market(row) for row in found["markets"]]


ROUTES = {
    "v2-activity-1": "/v2/activity",
    "v2-trades-1": "/v2/trades",
    "v2-positions-1": "/v2/positions",
    "v2-leaderboard-1": "/v2/leaderboard",
    "v2-prices-history-1": "/v2/prices-history",
}


@pytest.mark.parametrize("name", ROUTES)
def test_recorded_rows_have_the_expected_shape(sample: Callable[[str], Any], name: str) -> None:
    assert observe(ROUTES[name], sample(name)) <= expected(ROUTES[name])


def test_recorded_markets_have_the_expected_shape(sample: Callable[[str], Any]) -> None:
    rows = sample("gamma-markets-keyset-1")["markets"] + [
        sample(f"gamma-market-{n}") for n in range(1, 5)
    ]
    assert observe("/markets/keyset", rows) <= expected("/markets/keyset")


def test_drift_is_told() -> None:
    rows = [{name: "x" for name in EXPECTED["/v2/trades"]} | {"brandNew": 1} for _ in range(20)]
    for row in rows:
        del row["slug"]
    drift = observe("/v2/trades", rows) - expected("/v2/trades")
    assert {("brandNew", "number"), ("slug", "missing"), ("price", "string")} <= drift
    assert ("title", "string") not in drift


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"size": Decimal("NaN")}, "size is NaN"),
        ({"size": Decimal("Infinity")}, "size is Infinity"),
        ({"size": Decimal("1e400")}, "out of range"),
        ({"size": 10**30}, "out of range"),
        ({"size": -5}, "out of range"),
        ({"size": None}, "size is missing"),
        ({"size": [1]}, "size is a array"),
        ({"size": True}, "size is a boolean"),
        ({"size": "many"}, "no number"),
        ({"price": Decimal("1.7")}, "out of range"),
        ({"price": Decimal("-0.1")}, "out of range"),
        ({"timestamp": "9999-12-31T23:59:59Z"}, "no number"),
        ({"timestamp": ""}, "timestamp is missing"),
        ({"timestamp": 0}, "timestamp is missing"),
        ({"timestamp": 253_402_300_799}, "between 2018 and 2100"),
        ({"timestamp": 1_788_886_609_000}, "between 2018"),
        ({"side": "IN"}, "neither BUY nor SELL"),
        ({"side": ["BUY"]}, "neither BUY nor SELL"),
        ({"token_id": "9" * 79}, "no token id"),
        ({"token_id": ""}, "missing"),
        ({"token_id": Decimal("1.5")}, "no token"),
        ({"condition_id": "0x12"}, "no condition id"),
        ({"transaction_hash": "0xzz"}, "no transaction hash"),
        ({"proxy_wallet": "me"}, "no wallet address"),
        ({"proxy_wallet": None}, "proxy_wallet is missing"),
        ({"title": ["a"]}, "title is a array"),
        ({"outcome_index": Decimal("0.5")}, "no outcome index"),
        ({"type": ""}, "type is missing"),
        ({"type": None}, "type is missing"),
    ],
)
def test_what_cannot_be_read_says_why(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        records.activity(FILL | change)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\0b", "a b"),
        ("a\ud800b", "a b"),
        ("\u202eevil\u202c \u2066text\u2069", "evil   text"),
        ("x" * 10**7, "x" * 1_000),
        ("tab\tnew\nline", "tab new line"),
        ("naïve 日本 👩‍👧", "naïve 日本 👩‍👧"),
        (None, ""),
        (5, "5"),
    ],
)
def test_texts_are_cleaned(raw: Any, clean: str) -> None:
    row = records.activity(FILL | {"title": raw})
    assert row.market and row.market.title == clean
    row.market.title.encode("utf-8")


def test_ids_are_loose_where_the_api_is() -> None:
    combo = records.fill(
        FILL | {"condition_id": "0x" + "12" * 31, "outcome_index": 999, "token_id": 10**76}
    )
    assert combo.market.condition_id == "0x" + "12" * 31
    assert (combo.market.outcome_index, combo.market.token_id) == (None, "1" + "0" * 76)
    assert records.fill(FILL | {"token_id": "9" * 78}).market.token_id == "9" * 78
    mixed = records.fill(
        FILL | {"proxy_wallet": "0x" + "aB" * 20, "transaction_hash": TX.upper().replace("X", "x")}
    )
    assert (mixed.address, mixed.tx_hash) == (USER, TX)


def test_unknown_types_are_kept_raw() -> None:
    stake = records.activity(REDEEM | {"type": "STAKE", "side": "IN"})
    assert isinstance(stake, ActivityRecord) and (stake.kind, stake.raw_kind) == ("OTHER", "STAKE")
    reward = records.activity(
        REDEEM | {"type": "REWARD", "condition_id": "", "token_id": "", "outcome_index": 999}
    )
    assert isinstance(reward, ActivityRecord) and reward.market is None
    tip = records.activity(
        REDEEM | {"type": "TIP", "side": "OUT", "size": None, "transaction_hash": ""}
    )
    assert isinstance(tip, ActivityRecord) and (tip.size_micro, tip.tx_hash) == (None, "")


@pytest.mark.parametrize(
    ("row", "paid"),
    [
        (
            {"status": "resolved", "payouts": [1_000_000, 0], "resolved_at": 1_788_000_000},
            (1_000_000, 0),
        ),
        (
            {"status": "resolved", "payouts": ["500000", "500000"], "resolved_at": 1_788_000_000},
            (500_000, 500_000),
        ),
        (
            {
                "status": "resolved",
                "payouts": [0, 1_000_000],
                "resolved_at": "",
                "last_update_timestamp": 1_788_000_001,
            },
            (0, 1_000_000),
        ),
        ({"status": "proposed", "payouts": [1_000_000, 0], "resolved_at": 1_788_000_000}, None),
        ({"status": "resolved", "price": "1", "resolved_at": 1_788_000_000}, None),
        ({"status": "resolved", "payouts": None, "resolved_at": 1_788_000_000}, None),
    ],
)
def test_only_told_payouts_resolve(row: dict[str, Any], paid: tuple[int, int] | None) -> None:
    found = records.resolution({"condition_id": CONDITION} | row)
    assert (found and found.payouts_micro) == paid


@pytest.mark.parametrize(
    "payouts",
    [[1, 0], [1_000_000, 1_000_000], [1_000_000], "x", [Decimal("NaN"), 0], [-1, 1_000_001]],
)
def test_odd_payouts_are_refused(payouts: Any) -> None:
    with pytest.raises(Unreadable):
        records.resolution(
            {
                "condition_id": CONDITION,
                "status": "resolved",
                "payouts": payouts,
                "resolved_at": 1_788_000_000,
            }
        )


@pytest.mark.parametrize(
    ("text", "ts"),
    [
        ("2026-07-31T12:00:00Z", 1_785_499_200),
        ("2026-07-31", 1_785_456_000),
        ("2020-11-02 16:31:01+00", 1_604_334_661),
        ("2024-04-23T00:49:51.620233Z", 1_713_833_391),
        ("2023-10-25 18:55:50.674+00", 1_698_260_150),
        ("NOW*()", None),
        ("", None),
        ("1970-01-01", None),
        ("9999-12-31T23:59:59Z", None),
        ("soon", None),
        (7, None),
    ],
)
def test_dates(text: Any, ts: int | None) -> None:
    assert values.date({"d": text}, "d") == ts


@pytest.mark.parametrize(
    ("raw", "micro"),
    [
        ("0.1000000000000000055511151231257827", 100_000),
        ("0.0000005", 0),
        ("0.0000015", 2),
        ("12.5", 12_500_000),
        ("-7493.5", -7_493_500_000),
        ("1e3", 1_000_000_000),
        ("454273.13724022976", 454_273_137_240),
    ],
)
def test_money_is_exact_to_the_millionth(raw: str, micro: int) -> None:
    assert values.micro({"v": decode(raw.encode())}, "v") == micro
    assert values.micro({"v": raw}, "v") == micro


def test_rows_keep_their_own_text() -> None:
    body = b' {"a": [1], "data" : [ {"x": 1.50, "y": "\\u0000]"} , {"x":NaN}, 7 ], "z": 1}'
    assert row_texts(body, "data") == [b'{"x": 1.50, "y": "\\u0000]"}', b'{"x":NaN}', b"7"]
    assert row_texts(b"[]", None) == []
    with pytest.raises(ValueError, match="no array"):
        row_texts(b'{"data": 5}', "data")


WIRE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**80), 10**80)
    | st.decimals(allow_nan=True)
    | st.text(max_size=20)
    | st.sampled_from(
        [
            0,
            999,
            "",
            "0x12",
            "NaN",
            "1e999",
            "9" * 80,
            "\ud800",
            "\0",
            "BUY",
            "TRADE",
            USER,
            TX,
            CONDITION,
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=3,
)


@given(st.fixed_dictionaries({}, optional={name: WIRE for name in FILL}))
def test_any_row_is_read_within_bounds_or_refused(change: dict[str, Any]) -> None:
    try:
        row = records.activity(FILL | change)
    except Unreadable:
        return
    assert values.FIRST_TS <= row.ts < values.LAST_TS
    assert len(row.address) == 42 and (len(row.tx_hash) == 66 or row.tx_hash == "")
    sizes = [row.size_micro, row.cash_micro]
    assert all(size is None or 0 <= size <= values.MOST_MICRO for size in sizes)
    if isinstance(row, FillRecord):
        assert row.size_micro >= 0 and 0 <= row.price_pico <= 10**12 and row.side in {"BUY", "SELL"}
    if row.market:
        texts = (row.market.title, row.market.outcome, row.market.slug, row.market.event_slug)
        assert all("\0" not in text and text.encode("utf-8") is not None for text in texts)


MARKET_FIELDS = [
    "conditionId",
    "id",
    "slug",
    "question",
    "outcomes",
    "outcomePrices",
    "clobTokenIds",
    "closed",
    "negRisk",
    "events",
    "tags",
    "feeSchedule",
    "feeType",
    "volume",
    "bestBid",
    "endDate",
    "category",
]


@given(
    st.fixed_dictionaries(
        {"conditionId": st.just(CONDITION)}, optional={name: WIRE for name in MARKET_FIELDS[1:]}
    )
)
def test_any_market_is_read_or_refused(row: dict[str, Any]) -> None:
    try:
        found = market_records.market(row)
    except Unreadable:
        return
    assert found.status in {"OPEN", "CLOSED"} and found.condition_id == CONDITION
    assert found.price_pico is None or 0 <= found.price_pico <= 10**12


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: WIRE
            for name in (
                "proxy_wallet",
                "status",
                "current_size",
                "avg_price",
                "total_size",
                "realized_pnl",
                "last_event_at",
                "token_id",
            )
        },
    )
)
def test_any_position_is_read_or_refused(change: dict[str, Any]) -> None:
    good = {
        "proxy_wallet": USER,
        "status": "OPEN",
        "current_size": 5,
        "token_id": "5",
        "condition_id": CONDITION,
    }
    try:
        found = records.position(good | change)
    except Unreadable:
        return
    assert found.shares_micro >= 0 and found.status in records.POSITION_STATUSES


@given(st.text(max_size=60))
def test_reading_a_text_twice_changes_nothing(raw: str) -> None:
    once = values.text({"t": raw}, "t")
    assert values.text({"t": once}, "t") == once
    assert json.loads(json.dumps(once)) == once
