"""Gamma's markets and events to records. Nearly every key may be left out; lists come as JSON inside text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smartmoney.ids import short
from smartmoney.polymarket import values
from smartmoney.polymarket.categories import category
from smartmoney.polymarket.types import EventRecord, MarketRecord, OutcomeRecord
from smartmoney.polymarket.values import Unreadable
from smartmoney.polymarket.wire import decode, json_type
from smartmoney.units import MICRO, PICO, PICO_DIGITS, PICO_PER_MICRO

MOST_OUTCOMES = 256
V2 = "v2"


def market(row: dict[str, Any]) -> MarketRecord:
    """A market object. It is OPEN or CLOSED here: that it resolved, and how, only other routes know."""
    condition_id, version = values.condition(row, "conditionId"), values.text(row, "version", 20)
    if not condition_id:
        raise Unreadable("conditionId is missing")
    if version == V2:
        condition_id = short(condition_id)
    found, slug = outcomes(row), values.text(row, "slug")
    events = row.get("events") or []
    if not isinstance(events, list):
        raise Unreadable(f"events is a {json_type(events)}, no list")
    stubs = [stub for stub in events if isinstance(stub, dict)]
    closed = bool(values.flag(row, "closed"))
    tags = tag_slugs(row.get("tags") or (stubs[0].get("tags") if stubs else None))
    legacy = values.text(row, "category", values.LONGEST_NAME)
    parent = event(stubs[0], tags, legacy) if stubs else None
    return MarketRecord(
        condition_id=condition_id,
        gamma_id=values.text(row, "id", values.LONGEST_NAME) or None,
        slug=slug,
        question=values.text(row, "question"),
        outcomes=found,
        event=parent,
        description=values.text(row, "description", values.LONGEST_DESCRIPTION),
        category=category(tags, slug, legacy) or (parent.category if parent else None),
        status="CLOSED" if closed else "OPEN",
        neg_risk=_excludes(row),
        neg_risk_market_id=_group(row) or (parent.neg_risk_market_id if parent else None),
        question_id=values.text(row, "questionID", 80).lower() or None,
        version=version,
        created_ts=values.date(row, "createdAt"),
        settled_micro=settled(row, found) if closed else None,
        group_item_title=values.text(row, "groupItemTitle") or None,
        fee_rate_micro=fee_rate(row),
        price_pico=found[0].price_pico if found else None,
        **_numbers(row),
    )


def settled(row: dict[str, Any], outcomes: Sequence[OutcomeRecord]) -> tuple[int, ...] | None:
    """What the outcomes of a closed market pay by its final prices; None where they do not tell.

    They tell where they add up to a dollar and the oracle is done, or where the oracle is not named and they are
    whole. A market that is closed and not yet resolved shows its last prices, and those of the first years show 0.
    """
    prices = [outcome.price_pico for outcome in outcomes]
    if len(prices) < 2 or None in prices:
        return None
    paid = tuple((price or 0) // PICO_PER_MICRO for price in prices)
    oracle = values.text(row, "umaResolutionStatus", 60).lower()
    whole = not oracle and set(paid) <= {0, MICRO}
    return paid if abs(sum(paid) - MICRO) <= len(paid) and (whole or oracle == "resolved") else None


def _excludes(row: dict[str, Any]) -> bool:
    """The markets of its event exclude each other: as told, else because it is one of a group of such.

    The two agree in all 35,955 open markets of 2026-03-11, each of which says it; of their 8,183 events 692 do not.
    """
    given = values.flag(row, "negRisk")
    return given if given is not None else _group(row) is not None


def _group(row: dict[str, Any]) -> str | None:
    return values.text(row, "negRiskMarketID", 80).lower() or None


def _numbers(row: dict[str, Any]) -> dict[str, int | None]:
    """What only decorates a market: a value that cannot be read counts as not said."""
    return {
        "liquidity_micro": _perhaps_micro(row, "liquidityNum", "liquidity"),
        "volume_micro": _perhaps_micro(row, "volume", "volumeNum"),
        "volume_24h_micro": _perhaps_micro(row, "volume24hr"),
        "best_bid_pico": _perhaps_price(row, "bestBid"),
        "best_ask_pico": _perhaps_price(row, "bestAsk"),
        "last_trade_price_pico": _perhaps_price(row, "lastTradePrice"),
        "price_change_24h_pico": _perhaps_price(row, "oneDayPriceChange", -PICO),
        "start_ts": values.date(row, "startDate"),
        "end_ts": values.date(row, "endDate"),
        "closed_ts": values.date(row, "closedTime"),
    }


def _perhaps_micro(row: dict[str, Any], *names: str) -> int | None:
    for name in names:
        try:
            if (found := values.micro(row, name, 0)) is not None:
                return found
        except Unreadable:
            continue
    return None


def _perhaps_price(row: dict[str, Any], name: str, low: int = 0) -> int | None:
    try:
        return values.scaled(row, name, PICO_DIGITS, low, PICO)
    except Unreadable:
        return None


def outcomes(row: dict[str, Any]) -> tuple[OutcomeRecord, ...]:
    """Outcomes in the order of their indices; none where the market has no tokens.

    Raises:
        Unreadable: the lists are no lists, or do not fit together.
    """
    # an ordinary market may carry the ids it would have in Protocol V2 as well, so its version decides
    own = "positionIds" if values.text(row, "version", 20) == V2 else "clobTokenIds"
    tokens, names, prices = (listed(row, key) for key in (own, "outcomes", "outcomePrices"))
    if not tokens:
        return ()
    if (
        len(names) not in {0, len(tokens)}
        or len(prices) not in {0, len(tokens)}
        or len(tokens) > MOST_OUTCOMES
    ):
        raise Unreadable(
            f"{len(tokens)} tokens, {len(names)} outcomes and {len(prices)} prices do not fit"
        )
    found = tuple(
        _outcome(place, token, names[place] if names else "", prices[place] if prices else None)
        for place, token in enumerate(tokens)
    )
    if len({outcome.token_id for outcome in found}) < len(found):
        raise Unreadable("two outcomes have the same token")
    return found


def _outcome(place: int, token: Any, name: Any, price: Any) -> OutcomeRecord:
    token_id = values.token({"clobTokenIds": token}, "clobTokenIds")
    if token_id is None:
        raise Unreadable("a token id is missing")
    return OutcomeRecord(
        token_id=token_id,
        outcome_index=place,
        name=values.text({"outcomes": name}, "outcomes", values.LONGEST_NAME),
        price_pico=values.price({"outcomePrices": price}, "outcomePrices"),
    )


def listed(row: dict[str, Any], name: str) -> list[Any]:
    """A list, or a list written as JSON inside text; [] when missing, null or "".

    Raises:
        Unreadable: it is neither.
    """
    value = row.get(name)
    if value is None or value == "":
        return []
    if isinstance(value, str):
        try:
            value = decode(value.encode("utf-8", "replace"))
        except ValueError:
            raise Unreadable(f"{name} is no JSON: {value[:40]!r}") from None
    if not isinstance(value, list):
        raise Unreadable(f"{name} is no list")
    return value


def event(row: dict[str, Any], tags: tuple[str, ...] = (), legacy: str = "") -> EventRecord:
    """An event object, or the stub of one inside a market."""
    tags = tags or tag_slugs(row.get("tags"))
    slug = values.text(row, "slug")
    gamma_id = values.text(row, "id", values.LONGEST_NAME)
    if not gamma_id:
        raise Unreadable("the event has no id")
    return EventRecord(
        gamma_id=gamma_id,
        slug=slug,
        title=values.text(row, "title"),
        category=category(tags, slug, legacy),
        tags=tags,
        neg_risk=_excludes(row),
        neg_risk_market_id=_group(row),
        end_ts=values.date(row, "endDate"),
        closed=bool(values.flag(row, "closed")),
        volume_micro=_perhaps_micro(row, "volume"),
        liquidity_micro=_perhaps_micro(row, "liquidity"),
    )


def tag_slugs(tags: Any) -> tuple[str, ...]:
    """Slugs of a tag list, in its order."""
    rows = [tag for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    slugs = (values.text(tag, "slug", values.LONGEST_NAME) for tag in rows)
    return tuple(dict.fromkeys(slug for slug in slugs if slug))


def fee_rate(row: dict[str, Any]) -> int | None:
    """The rate of the fee schedule in millionths: 0 where there is no fee, None where it is not told."""
    schedule = row.get("feeSchedule")
    if isinstance(schedule, dict):
        return _perhaps_micro(schedule, "rate")
    free = row.get("feesEnabled") is False or ("feeType" in row and row["feeType"] is None)
    return 0 if free else None
