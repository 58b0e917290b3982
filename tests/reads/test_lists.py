"""Lists page by keyset: every row once, in order, whatever the sort; filters mean what they say."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smartmoney.errors import ParameterError
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.reads import (
    HolderSort,
    MarketSort,
    Page,
    PositionSort,
    SmartSort,
)
from smartmoney.store.sql import Statements
from smartmoney.store.wallets import traders
from tests.kit.seed import Seed


def walk(
    read: Callable[[Any], Page], wanted: Any, limit: int = 37
) -> tuple[list[dict[str, Any]], int | None]:
    rows: list[dict[str, Any]] = []
    page = read(wanted.but(limit=limit))
    while True:
        rows += page.rows
        if page.next_cursor is None:
            return rows, page.total
        page = read(wanted.but(limit=limit, cursor=page.next_cursor))


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("sort", list(reads.TraderSort))
def test_every_trader_comes_once_in_order(
    seen: Store, world: Seed, sort: reads.TraderSort, descending: bool
) -> None:
    rows, total = walk(
        lambda wanted: reads.traders(seen, wanted),
        reads.TraderFilter(sort=sort, descending=descending),
    )
    assert len({row["id"] for row in rows}) == len(rows) == total == world.size.traders
    if sort.name == "tier":
        ranked = [row for row in rows if row["tier"] is not None]
        order = [
            (not row["flags"], "EDCBAS".index(row["tier"]), row["rarity_score"] or 0)
            for row in ranked
        ]
        assert order == sorted(order, reverse=descending) and rows[: len(ranked)] == ranked
    elif sort.name in rows[0] and sort.name != "best_category":
        values = [row[sort.name] for row in rows]
        known = [value for value in values if value is not None]
        assert values == sorted(known, reverse=descending) + [None] * (len(values) - len(known))


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("sort", list(MarketSort))
def test_every_market_comes_once(
    seen: Store, world: Seed, sort: MarketSort, descending: bool
) -> None:
    rows, total = walk(
        lambda wanted: reads.markets(seen, wanted),
        reads.MarketFilter(sort=sort, descending=descending),
    )
    assert len({row["id"] for row in rows}) == total == world.size.markets


@pytest.mark.parametrize("sort", list(SmartSort))
def test_every_smart_market_comes_once(seen: Store, sort: SmartSort) -> None:
    rows, total = walk(
        lambda wanted: reads.smart_markets(seen, wanted), reads.SmartFilter(sort=sort), 11
    )
    assert len({row["id"] for row in rows}) == total == len(rows) > 30


@pytest.mark.parametrize("sort", list(HolderSort))
def test_every_holder_comes_once(seen: Store, sort: HolderSort) -> None:
    rows, total = walk(
        lambda wanted: reads.market_holders(seen, 68, wanted), reads.HolderFilter(sort=sort), 3
    )
    assert len({row["id"] for row in rows}) == total == len(rows) > 5


@pytest.mark.parametrize("sort", list(PositionSort))
def test_every_position_comes_once(seen: Store, world: Seed, sort: PositionSort) -> None:
    busy = reads.traders(seen, reads.TraderFilter()).rows[0]
    rows, total = walk(
        lambda wanted: reads.trader_positions(seen, busy["id"], wanted),
        reads.PositionFilter(sort=sort),
        7,
    )
    assert len({row["id"] for row in rows}) == total == len(rows) > 20


def test_fills_come_newest_first_and_all(seen: Store, world: Seed) -> None:
    total = 0
    for trader_id in range(1, world.size.traders + 1):
        rows, _ = walk(
            lambda wanted, who=trader_id: reads.trader_trades(seen, who, wanted),
            reads.TradeFilter(),
        )
        assert [row["ts"] for row in rows] == sorted((row["ts"] for row in rows), reverse=True)
        total += len(rows)
    assert total == world.size.trades


def test_a_negative_risk_event_is_one_row_when_grouped(seen: Store) -> None:
    """The outcome with the strongest lean stands for its event; where no lean is known, the one with most on a side."""
    every = reads.smart_markets(seen, reads.SmartFilter(limit=500)).rows
    grouped = reads.smart_markets(seen, reads.SmartFilter(limit=500, grouped=True))
    with seen.raw() as connection:
        strength = dict(
            connection.execute(
                "select market_id, abs(smart_weighted_yes - smart_weighted_no) from market_smart_current"
            ).fetchall()
        )
    events: dict[int, list[Any]] = {}
    for row in every:
        if row["neg_risk"]:
            events.setdefault(row["event_id"], []).append(row)
    for rows in events.values():
        assert {row["event_markets"] for row in rows} == {len(rows)}
        rows.sort(key=lambda r: (r["smart_lean"] is None, -strength[r["id"]], r["id"]))
    led = {row["event_id"]: row["id"] for row in grouped.rows if row["neg_risk"]}
    assert led == {event: rows[0]["id"] for event, rows in events.items()}
    plain = [row["id"] for row in every if not row["neg_risk"]]
    assert grouped.total == len(plain) + len(events) == len(grouped.rows) < len(every)


def test_conditions_narrow_the_list(seen: Store) -> None:
    every = reads.traders(seen, reads.TraderFilter(limit=500)).rows
    wanted = reads.TraderFilter(
        limit=500,
        tiers=("B", "C"),
        min_events=40,
        hide_flagged=True,
        min_pnl=100.0,
        min_confidence=0.6,
        category="crypto",
        active_days=9,
    )
    found = {row["id"] for row in reads.traders(seen, wanted).rows}
    for row in every:
        assert (row["id"] in found) == (
            row["tier"] in ("B", "C")
            and row["event_count"] >= 40
            and not row["flags"]
            and row["total_pnl"] >= 100
            and row["skill_prob"] >= 0.6
            and row["best_category"] == "crypto"
            and (reads.traders(seen).as_of - row["last_active_at"]).total_seconds() < 9 * 86_400
        )


@pytest.mark.parametrize(
    "text, expected", [("trader-10", 5), ("<script>", 1), ("%", 1), ("_", 0), ("no such name", 0)]
)
def test_search_finds_text_and_not_patterns(seen: Store, text: str, expected: int) -> None:
    found = reads.traders(seen, reads.TraderFilter(text=text)).rows
    assert all(text in row["name"] or text in row["pseudonym"] for row in found)
    assert (len(found) >= expected) if expected else not found


def test_search_by_address(seen: Store) -> None:
    one = reads.traders(seen).rows[0]
    assert [
        row["id"]
        for row in reads.traders(seen, reads.TraderFilter(text=one["address"].upper())).rows
    ] == [one["id"]]


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "!!!!",
        base64.urlsafe_b64encode(b'["rarity_score",true,"abc","1"]').decode(),
        base64.urlsafe_b64encode(b'["win_rate",true,"0.5","1"]').decode(),
        base64.urlsafe_b64encode(b'["rarity_score",true,"1","1e400"]').decode(),
        base64.urlsafe_b64encode(
            json.dumps(["rarity_score", True, "1); drop table trader; --", "1"]).encode()
        ).decode(),
        base64.urlsafe_b64encode(
            json.dumps(["rarity_score", True, None, str(2**70)]).encode()
        ).decode(),
        base64.urlsafe_b64encode(b"5").decode(),
    ],
)
def test_a_foreign_cursor_is_refused(seen: Store, cursor: str) -> None:
    with pytest.raises(ParameterError, match="cursor"):
        reads.traders(seen, reads.TraderFilter(cursor=cursor))


def test_rows_exported_are_the_whole_filtered_list(seen: Store) -> None:
    wanted = reads.TraderFilter(tiers=("D", "E"), limit=10)
    rows = reads.export(seen, reads.traders, wanted)
    assert len(rows) == reads.traders(seen, wanted).total > 100
    assert all(row["tier"] in ("D", "E") for row in rows)


def test_conditional_lines_are_kept_only_when_asked() -> None:
    assert "%(tiers)s" not in traders.SQL.text("traders", {"tiers": ()}, sort="1", type="int")
    assert "%(tiers)s" in traders.SQL.text("traders", {"tiers": ["S"]}, sort="1", type="int")


STORE = Path(reads.__file__).parent
NAMES = {
    "sort": "1",
    "type": "int",
    "direction": "desc",
    "tie": "asc",
    "past": "<",
    "behind": ">",
    "column": "price_1h",
    "measure": "smart_score",
    "table": "trader",
    **dict.fromkeys(
        (
            "traders",
            "first",
            "last",
            "wallets",
            "seconds",
            "least",
            "codes",
            "group_code",
            "events",
        ),
        "1",
    ),
    **dict.fromkeys(
        (
            "columns",
            "good_at",
            "staged",
            "known",
            "changes",
            "verdict",
            "verdict_known",
            "age",
            "key",
            "only",
            "period",
        ),
        "x",
    ),
}


@pytest.mark.parametrize(
    "file",
    sorted(file for file in STORE.rglob("*.sql") if file.parent.name != "migrations"),
    ids=lambda file: str(file.relative_to(STORE)),
)
def test_every_statement_is_used_and_leaves_no_name_unfilled(file: Path) -> None:
    module = file.with_suffix(".py").read_text()
    statements = Statements(str(file))
    every = dict.fromkeys(re.findall(r"[a-z_]+", file.read_text()), True)
    for name in statements.templates:
        text = statements.text(name, every, **NAMES)
        assert "{{" not in text and "--" not in text, name
        assert f'"{name}"' in module or file.stem == "ids", f"nobody runs {name}"


def test_a_page_is_a_frame_too(seen: Store) -> None:
    frame = reads.traders(seen, reads.TraderFilter(limit=5)).frame()
    assert (
        list(frame["rarity_score"]) == sorted(frame["rarity_score"], reverse=True)
        and len(frame) == 5
    )
