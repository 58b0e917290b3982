"""Combos: one bet on several markets at once. Their legs, life and results stand on routes of their own.

What a wallet bought and sold of a combo is in its activity like any trade; that it lost is only here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smartmoney.polymarket import values, walks
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.pages import FeedPage, Route, pages
from smartmoney.polymarket.types import (
    ActivityRecord,
    ComboActivity,
    ComboLeg,
    ComboPosition,
    ComboRecord,
    MarketStub,
    PositionRecord,
    PositionStatus,
)
from smartmoney.polymarket.values import Unreadable, must
from smartmoney.units import MICRO, PICO, PICO_DIGITS

WON, LOST = "RESOLVED_WIN", "RESOLVED_LOSS"
CASH_KINDS = {"SPLIT", "MERGE", "REDEEM"}
"""Kinds that move money; the others (CONVERT, COMPRESS, WRAP, UNWRAP) change the form of shares."""
MOST_LEGS = 100


def activity(row: dict[str, Any]) -> ComboActivity:
    """A row of `/v2/activity/combos`."""
    kind, combo = values.text(row, "type", 60), _combo(row)
    if not kind:
        raise Unreadable("type is missing")
    cash = values.micro(row, "payout_usdc" if kind == "REDEEM" else "amount_usdc", 0)
    return ComboActivity(
        ActivityRecord(
            address=values.address(row, "proxy_wallet"),
            ts=must(values.moment(row, "timestamp"), "timestamp"),
            tx_hash=values.tx_hash(row, "transaction_hash"),
            kind=kind if kind in CASH_KINDS else "OTHER",
            raw_kind=kind,
            size_micro=_size(kind, cash, combo),
            cash_micro=cash,
            market=_stub(row, combo),
        ),
        combo,
    )


def _size(kind: str, cash: int | None, combo: ComboRecord) -> int | None:
    """Shares are not given: of a split or merge, and where every leg won, there are as many as dollars."""
    whole = bool(combo.legs) and all(leg.status == WON for leg in combo.legs)
    return cash if kind != "REDEEM" or whole or cash == 0 else None


def position(row: dict[str, Any]) -> ComboPosition:
    """A row of `/v2/positions/combos`."""
    status, combo = values.text(row, "status", 60), _combo(row)
    shares = must(values.micro(row, "current_size", 0), "current_size")
    place = values.index(row, "outcome_index") or 0
    found = PositionRecord(
        address=values.address(row, "proxy_wallet"),
        status=_held(status, shares),
        shares_micro=shares,
        market=_stub(row, combo),
        avg_price_pico=values.scaled(row, "entry_avg_price_usdc", PICO_DIGITS, 0, PICO),
        last_event_ts=values.moment(row, "resolved_at") or values.moment(row, "first_entry_at"),
    )
    pays = {WON: MICRO, LOST: 0}.get(status)
    if pays is None or place > 1:
        return ComboPosition(found, combo)
    resolved = ComboRecord(
        condition_id=combo.condition_id,
        legs=combo.legs,
        payouts_micro=(pays, MICRO - pays) if place == 0 else (MICRO - pays, pays),
        resolved_ts=values.moment(row, "resolved_at"),
    )
    return ComboPosition(found, resolved)


def _held(status: str, shares: int) -> PositionStatus:
    if not shares:
        return "CLOSED"
    return "OPEN" if status in {"OPEN", "PARTIAL"} else "REDEEMABLE"


def _combo(row: dict[str, Any]) -> ComboRecord:
    condition_id = values.condition(row, "combo_condition_id")
    legs = row.get("legs") or []
    if not condition_id or not isinstance(legs, list):
        raise Unreadable("combo_condition_id is missing, or legs are no list")
    return ComboRecord(
        condition_id,
        tuple(_leg(n, leg) for n, leg in enumerate(legs[:MOST_LEGS]) if isinstance(leg, dict)),
    )


def _leg(place: int, row: dict[str, Any]) -> ComboLeg:
    market = row["market"] if isinstance(row.get("market"), dict) else {}
    event = market["event"] if isinstance(market.get("event"), dict) else {}
    return ComboLeg(
        index=values.index(row, "leg_index") or place,
        condition_id=values.condition(row, "leg_condition_id"),
        token_id=values.token(row, "leg_position_id") or "",
        outcome_index=values.index(row, "leg_outcome_index"),
        outcome=values.text(row, "leg_outcome_label", values.LONGEST_NAME),
        title=values.text(market, "question") or values.text(market, "title"),
        slug=values.text(market, "slug"),
        event_slug=values.text(event, "event_slug"),
        event_title=values.text(event, "event_title"),
        status=values.text(row, "leg_status", 60),
        resolved_ts=values.moment(row, "leg_resolved_at"),
    )


def _stub(row: dict[str, Any], combo: ComboRecord) -> MarketStub:
    titles = [leg.outcome + ": " + leg.title if leg.outcome else leg.title for leg in combo.legs]
    return MarketStub(
        condition_id=combo.condition_id,
        token_id=values.token(row, "combo_position_id"),
        outcome_index=values.index(row, "outcome_index"),
        outcome=values.text(row, "outcome_label", values.LONGEST_NAME),
        title=" AND ".join(titles)[: values.LONGEST_TITLE],
        is_combo=True,
    )


ACTIVITY: Route[ComboActivity] = Route(
    "data",
    "/v2/activity/combos",
    walks.v2_page,
    activity,
    ("proxy_wallet", "timestamp", "type", "combo_condition_id"),
)
POSITIONS: Route[ComboPosition] = Route(
    "data",
    "/v2/positions/combos",
    walks.v2_page,
    position,
    ("proxy_wallet", "status", "combo_condition_id", "combo_position_id", "current_size"),
)


def combo_activity(client: Client, user: str) -> Iterator[FeedPage[ComboActivity]]:
    """What became of a wallet's combos: splits, merges, redemptions, and changes of their form."""
    return pages(client, ACTIVITY, walks.Walk({"user": user, "limit": client.page_rows}))


def combo_positions(client: Client, user: str) -> Iterator[FeedPage[ComboPosition]]:
    """A wallet's combos, open and resolved ones."""
    return pages(client, POSITIONS, walks.Walk({"user": user, "limit": client.page_rows}))
