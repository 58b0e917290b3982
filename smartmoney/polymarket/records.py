"""Rows of the data API to records: one function per kind of row.

Every function raises `Unreadable` for a row it cannot take; whoever calls it keeps the row's raw text.
"""

from __future__ import annotations

from typing import Any

from smartmoney.ids import is_combo, is_group
from smartmoney.polymarket import values
from smartmoney.polymarket.types import (
    ActivityRecord,
    BoardRecord,
    FillRecord,
    InterestRecord,
    MarketStub,
    PositionRecord,
    ResolutionRecord,
    TokenRecord,
    TraderRecord,
)
from smartmoney.polymarket.values import Unreadable, must
from smartmoney.units import MICRO, MICRO_DIGITS, PICO, PICO_DIGITS

SIDES = ("BUY", "SELL")
KINDS = {
    "SPLIT",
    "MERGE",
    "REDEEM",
    "CONVERSION",
    "REWARD",
    "MAKER_REBATE",
    "TAKER_REBATE",
    "YIELD",
    "REFERRAL_REWARD",
    "DEPOSIT",
    "WITHDRAWAL",
    "MIGRATION",
    "TIP",
}
"""Activity types we know besides TRADE; any other is kept as OTHER with the API's own word."""
HALF, WHOLE = MICRO // 2, MICRO
PAYOUTS_BY_PRICE = {str(10**18): (WHOLE, 0), "0": (0, WHOLE), str(5 * 10**17): (HALF, HALF)}
"""What the oracle's price of a question pays per outcome."""
POSITION_STATUSES = ("OPEN", "REDEEMABLE", "CLOSED")


class Unjoined(Unreadable):
    """A fill that names its token and no market; `fill` is what else it says."""

    def __init__(self, reason: str, fill: FillRecord) -> None:
        super().__init__(reason)
        self.fill = fill


def activity(row: dict[str, Any]) -> FillRecord | ActivityRecord:
    """A row of `/v2/activity`: a fill where its type is TRADE, else any other activity."""
    kind = values.text(row, "type", 60)
    if kind == "TRADE":
        return fill(row)
    if not kind:
        raise Unreadable("type is missing")
    market: MarketStub | None = _stub(row)
    group: str | None = None
    if (
        kind == "CONVERSION"
        and market
        and market.token_id is None
        and is_group(market.condition_id)
    ):
        group, market = market.condition_id, None
    return ActivityRecord(
        address=values.address(row, "proxy_wallet"),
        ts=must(values.second(row, "timestamp"), "timestamp"),
        tx_hash=values.tx_hash(row, "transaction_hash"),
        kind=kind if kind in KINDS else "OTHER",
        raw_kind=kind,
        size_micro=values.micro(row, "size", 0),
        cash_micro=values.micro(row, "usdc_size", 0),
        market=market,
        group=group,
    )


def fill(row: dict[str, Any]) -> FillRecord:
    """A row of `/v2/trades`, or a TRADE of `/v2/activity` (only there `usdc_size` is known)."""
    side = row.get("side")
    if side not in SIDES:
        raise Unreadable(f"side is {str(side)[:40]!r}, neither BUY nor SELL")
    market, found = _stub(row), values.tx_hash(row, "transaction_hash")
    token = values.token(row, "token_id")
    if token is None or not found:
        raise Unreadable("token_id or transaction_hash is missing")
    read = FillRecord(
        address=values.address(row, "proxy_wallet"),
        ts=must(values.second(row, "timestamp"), "timestamp"),
        tx_hash=found,
        side=side,
        size_micro=must(values.micro(row, "size", 0), "size"),
        price_pico=must(values.price(row, "price"), "price"),
        cash_micro=values.micro(row, "usdc_size", 0),
        market=market or MarketStub("", token, None),
    )
    if market is None:
        raise Unjoined("condition_id is missing", read)
    return read


def _stub(row: dict[str, Any]) -> MarketStub | None:
    """The market a row names; None where it names none."""
    condition_id = values.condition(row, "condition_id")
    if not condition_id:
        return None
    return MarketStub(
        condition_id=condition_id,
        token_id=values.token(row, "token_id"),
        outcome_index=values.index(row, "outcome_index"),
        outcome=values.text(row, "outcome", values.LONGEST_NAME),
        title=_label(row, "title"),
        slug=_label(row, "slug"),
        event_slug=_label(row, "event_slug"),
        is_combo=values.flag(row, "is_combo") or is_combo(condition_id),
    )


def _label(row: dict[str, Any], name: str) -> str:
    """A text about the market; of a row so new that the venue does not know it yet, "0" stands for none."""
    found = values.text(row, name)
    return "" if found == "0" else found


def position(row: dict[str, Any]) -> PositionRecord:
    """A row of `/v2/positions`. Shares of a closed one are 0."""
    market = _stub(row)
    if market is None or market.token_id is None:
        raise Unreadable("condition_id or token_id is missing")
    status = row.get("status")
    if status not in POSITION_STATUSES:
        raise Unreadable(
            f"status is {str(status)[:40]!r}, none of {', '.join(sorted(POSITION_STATUSES))}"
        )
    return PositionRecord(
        address=values.address(row, "proxy_wallet"),
        status=status,
        shares_micro=must(values.micro(row, "current_size", 0), "current_size"),
        market=market,
        avg_price_pico=values.scaled(row, "avg_price", PICO_DIGITS, -1_000 * PICO, 1_000 * PICO),
        total_bought_micro=values.micro(row, "total_size", 0),
        current_price_pico=values.price(row, "current_price"),
        value_micro=values.micro(row, "current_value", 0),
        realized_micro=values.micro(row, "realized_pnl"),
        unrealized_micro=values.micro(row, "unrealized_pnl"),
        last_event_ts=values.second(row, "last_event_at"),
    )


def trader(row: dict[str, Any]) -> TraderRecord:
    """A holder, or the wallet of a board's or a feed's row."""
    name = "proxy_wallet" if "proxy_wallet" in row else "user_id"
    shown = values.text(row, "name" if "name" in row else "user_name", values.LONGEST_NAME)
    return TraderRecord(
        address=values.address(row, name),
        name="" if shown.lower().startswith(values.address(row, name)) else shown,
        pseudonym=values.text(row, "pseudonym", values.LONGEST_NAME),
        x_username=values.text(row, "x_username", values.LONGEST_NAME),
        verified=values.flag(row, "verified"),
    )


def profile(row: dict[str, Any], user: str) -> TraderRecord:
    """An answer of gamma's `/public-profile`."""
    shown = values.text(row, "name", values.LONGEST_NAME)
    return TraderRecord(
        address=user,
        name="" if shown.lower().startswith(user) else shown,
        pseudonym=values.text(row, "pseudonym", values.LONGEST_NAME),
        x_username=values.text(row, "xUsername", values.LONGEST_NAME),
        verified=values.flag(row, "verifiedBadge"),
    )


def board(row: dict[str, Any]) -> BoardRecord:
    """A row of `/v2/leaderboard` (volume in shares) or, renamed, of v1's (its unit is not documented)."""
    rank = values.number(row, "rank")
    if rank is not None and (rank != int(rank) or not 0 < rank < 2**31):
        raise Unreadable(f"rank is {str(rank)[:40]}")
    return BoardRecord(
        trader=trader(row),
        rank=None if rank is None else int(rank),
        pnl_micro=values.micro(row, "pnl"),
        volume_micro=values.micro(row, "volume"),
    )


def resolution(row: dict[str, Any]) -> ResolutionRecord | None:
    """A row of `/v2/resolutions`; None while it is not resolved, or nothing tells how.

    Two forms: condition-keyed with `payouts`, or question-keyed with a `price` (1e18 the first outcome, 0 the second,
    5e17 half each, anything else not set).
    """
    condition_id = values.condition(row, "condition_id")
    question_id = values.tx_hash(row, "question_id")
    if values.text(row, "status", 60) != "resolved":
        return None
    if not condition_id and not question_id:
        raise Unreadable("condition_id and question_id are missing")
    paid, source = _payouts(row), "payouts"
    if paid is None:
        paid, source = PAYOUTS_BY_PRICE.get(values.text(row, "price", 60)), "price"
    if paid is None:
        return None
    reporter = values.text(row, "resolution_source", 60) or values.text(row, "reporter", 60)
    return ResolutionRecord(
        condition_id=condition_id,
        resolved_ts=values.moment(row, "resolved_at")
        or values.moment(row, "last_update_timestamp"),
        payouts_micro=paid,
        source=f"{reporter} {source}".strip(),
        question_id=question_id,
    )


def _payouts(row: dict[str, Any]) -> tuple[int, ...] | None:
    """The payouts of a resolution; None where the row has none, or not all of them."""
    payouts = row.get("payouts")
    if payouts in (None, "", []) or (isinstance(payouts, list) and None in payouts):
        return None
    if not isinstance(payouts, list):
        raise Unreadable("payouts are no list")
    paid = tuple(_payout(each) for each in payouts)
    if len(paid) < 2 or abs(sum(paid) - MICRO) > len(paid):
        raise Unreadable(f"payouts {paid} do not add up to one dollar")
    return paid


def token(row: dict[str, Any]) -> TokenRecord:
    """A row of `/v2/tokens`."""
    token_id, condition_id = values.token(row, "token_id"), values.condition(row, "condition_id")
    if token_id is None or not condition_id:
        raise Unreadable("token_id or condition_id is missing")
    resolved = row.get("resolved") is True
    return TokenRecord(
        token_id=token_id,
        condition_id=condition_id,
        outcome_index=must(values.index(row, "outcome_index"), "outcome_index"),
        outcome=values.text(row, "outcome", values.LONGEST_NAME),
        payout_micro=values.scaled(row, "final_price", MICRO_DIGITS, 0, MICRO)
        if resolved
        else None,
        structural_id=values.condition(row, "structural_condition_id") or None,
    )


def interest(row: dict[str, Any]) -> InterestRecord:
    """A row of `/v2/oi`."""
    return InterestRecord(
        values.condition(row, "condition_id"), must(values.micro(row, "value", 0), "value")
    )


def _payout(value: Any) -> int:
    found = values.number({"payout": value}, "payout")
    if found is None or found != int(found) or not 0 <= found <= MICRO:
        raise Unreadable(f"payout {str(value)[:40]} is not between 0 and 1,000,000")
    return int(found)
