"""The shape each route is expected to have, what it was seen to have, and the difference."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from smartmoney.polymarket.clock import Clock
from smartmoney.polymarket.wire import json_type

MISSING = "missing"
LEAST_ROWS = 20
"""On a page of fewer rows a field that none has is no sign of drift."""
REPEAT_S = 60.0
LETTERS = {"s": "string", "n": "number", "b": "boolean", "z": "null", "a": "array", "o": "object"}

Fields = set[tuple[str, str]]


def shape(words: str) -> Mapping[str, frozenset[str]]:
    """Types by field from words such as `name:s`, `price:nz` (or null), `tags:a?` (may be left out)."""
    found = {}
    for word in words.split():
        name, letters = word.split(":")
        types = {MISSING if letter == "?" else LETTERS[letter] for letter in letters}
        found[name] = frozenset(types)
    return found


_PERSON = "name:s? pseudonym:s? bio:s? profile_image:s? profile_image_optimized:s?"
_LABELS = "title:s slug:s icon:s event_slug:s outcome:s outcome_index:n"
EXPECTED = {
    "/v2/activity": shape(
        "proxy_wallet:s timestamp:n condition_id:s type:s size:n usdc_size:n transaction_hash:s "
        f"price:n token_id:s side:s is_combo:b? {_LABELS} {_PERSON}"
    ),
    "/v2/trades": shape(
        "proxy_wallet:s side:s token_id:s condition_id:s size:n price:n timestamp:n "
        f"transaction_hash:s {_LABELS} {_PERSON}"
    ),
    "/v2/positions": shape(
        "proxy_wallet:s token_id:s condition_id:s current_size:n avg_price:nz entry_cost_usdc:n "
        "entry_fees_usdc:n total_cost_usdc:n current_price:n current_value:n total_size:n "
        "realized_pnl:n unrealized_pnl:n total_pnl:n percent_pnl:n percent_realized_pnl:n status:s "
        "redeemable:b mergeable:b negative_risk:b archived:b title:s slug:s icon:s event_id:s "
        "event_slug:s outcome:s outcome_index:n opposite_outcome:s opposite_token_id:s end_date:s "
        "last_event_at:n? first_entry_at:n? name:s? profile_image:s? verified:b?"
    ),
    "/v2/leaderboard": shape(
        "rank:n user_id:s pnl:n volume:n user_name:s profile_image:s? x_username:s? verified:b?"
    ),
    "/v2/holders": shape(
        "proxy_wallet:s bio:s? token_id:s pseudonym:s? amount:n display_username_public:b? "
        "outcome_index:n name:s? profile_image:s? profile_image_optimized:s? verified:b?"
    ),
    "/v2/resolutions": shape(
        "question_id:sz? condition_id:sz? status:s extended_review:b? was_disputed:b? "
        "new_version_q:b? proposed_price:sz? reproposed_price:sz? price:sz? transaction_hash:sz? "
        "log_index:nsz? last_update_timestamp:ns? payouts:az? market_type:sz? resolution_source:sz? "
        "reporter:sz? resolved_at:nsz? resolved_block:nz? expected_settlement_time:nsz? "
        "settlement_time_basis:sz? was_arbitrated:bz?"
    ),
    "/v2/tokens": shape(
        "token_id:s condition_id:s structural_condition_id:sz? module:s? outcome_index:n clob_index:nz? "
        "outcome:s? opposite_token_id:sz? resolved:b? final_price:nz? title:s? market_slug:s? closed:bz? "
        "neg_risk:bz? neg_risk_market_id:sz? question_index:nz? event_id:nz? event_slug:sz?"
    ),
    "/v2/activity/combos": shape(
        "id:s? type:s proxy_wallet:s combo_condition_id:s combo_position_id:sz? amount_usdc:nz? "
        "payout_usdc:nz? block_number:n? timestamp:ns transaction_hash:s legs:az?"
    ),
    "/v2/positions/combos": shape(
        "combo_condition_id:s outcome_index:n? outcome_label:sz? combo_position_id:s proxy_wallet:s "
        "current_size:n entry_avg_price_usdc:nz? entry_cost_usdc:nz? gross_entry_cost_usdc:nz? "
        "entry_fees_usdc:nz? realized_payout_usdc:nz? status:s redeemable:b? first_entry_at:sz? "
        "resolved_at:sz? legs_total:n? legs_resolved:n? legs_pending:n? legs:az? "
        "first_entry_at_micros:nz? updated_at:sz? updated_at_micros:nz?"
    ),
    "/v2/oi": shape("condition_id:s value:n"),
    "/v2/prices-history": shape("timestamp:n price:n resolution_seconds:n"),
    "/markets/keyset": shape(
        "id:s question:s conditionId:s slug:s? description:s? outcomes:s? outcomePrices:s? "
        "clobTokenIds:s? active:b closed:b volume:s? volumeNum:n? liquidity:s? liquidityNum:n? "
        "volume24hr:n? bestBid:n? bestAsk:n? lastTradePrice:n? oneDayPriceChange:n? startDate:s? "
        "endDate:s? closedTime:s? negRisk:b? groupItemTitle:s? feesEnabled:b? feeType:sz? "
        "feeSchedule:o? category:s? tags:a? events:a? negRiskMarketID:s? questionID:s? version:s? "
        "createdAt:s? umaResolutionStatus:s? positionIds:az?"
    ),
}
"""By route. Gamma's markets name only the fields we read: it has some eighty more, most of them optional."""
READ_ONLY_WHAT_WE_NAME = {"/markets/keyset"}


def expected(route: str) -> Fields:
    """The (field, type) pairs a route's rows may have; `missing` stands for a field that may be left out."""
    return {(name, kind) for name, kinds in EXPECTED.get(route, {}).items() for kind in kinds}


def observe(route: str, rows: Sequence[Any]) -> Fields:
    """The (field, type) pairs these rows have, and (field, missing) for what none of many rows has."""
    known = EXPECTED.get(route)
    shapes = {
        tuple((name, type(value)) for name, value in row.items()): row
        for row in rows
        if isinstance(row, dict)
    }
    found = {(name, json_type(value)) for row in shapes.values() for name, value in row.items()}
    if known is None:
        return found
    if route in READ_ONLY_WHAT_WE_NAME:
        found = {(name, kind) for name, kind in found if name in known}
    if len(rows) >= LEAST_ROWS:
        have = {name for name, _ in found}
        found |= {(name, MISSING) for name in known if name not in have}
    return found


class Observer:
    """Says each observation once a minute, so that noting shapes costs next to nothing. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._reported: dict[tuple[str, str, str], float] = {}
        self._lock = threading.Lock()

    def fresh(self, route: str, rows: Sequence[Any]) -> Fields:
        """What these rows show and was not said in the last minute."""
        found = observe(route, rows)
        with self._lock:
            now = self._clock.monotonic()
            new = {
                pair
                for pair in found
                if self._reported.get((route, *pair), -REPEAT_S) <= now - REPEAT_S
            }
            self._reported |= {(route, *pair): now for pair in new}
        return new
