"""Gamma's markets and events to records. Nearly every key may be left out; lists come as JSON inside text."""

from __future__ import annotations

from typing import Any

from smartmoney.polymarket import values
from smartmoney.polymarket.categories import category
from smartmoney.polymarket.types import EventRecord, MarketRecord, OutcomeRecord
from smartmoney.polymarket.values import Unreadable
from smartmoney.polymarket.wire import decode, json_type
from smartmoney.units import PICO, PICO_DIGITS

MOST_OUTCOMES = 256


def market(row: dict[str, Any]) -> MarketRecord:
    """A market object. It is OPEN or CLOSED here: that it resolved, and how, only other routes know."""
    condition_id = values.condition(row, "conditionId")
    if not condition_id:
        raise Unreadable("conditionId is missing")
    found, slug = outcomes(row), values.text(row, "slug")
    events = row.get("events") or []
    if not isinstance(events, list):
        raise Unreadable(f"events is a {json_type(events)}, no list")
    stubs = [stub for stub in events if isinstance(stub, dict)]
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
        status="CLOSED" if values.flag(row, "closed") else "OPEN",
        neg_risk=bool(values.flag(row, "negRisk")),
        group_item_title=values.text(row, "groupItemTitle") or None,
        fee_rate_micro=fee_rate(row),
        price_pico=found[0].price_pico if found else None,
        **_numbers(row),
    )


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
    tokens, names, prices = (
        listed(row, key) for key in ("clobTokenIds", "outcomes", "outcomePrices")
    )
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
        neg_risk=bool(values.flag(row, "negRisk")),
        neg_risk_market_id=values.text(row, "negRiskMarketID") or None,
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
