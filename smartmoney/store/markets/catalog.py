"""What Polymarket lists: events, markets and outcomes, and which of them are to be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection

from smartmoney.polymarket.types import (
    EventRecord,
    InterestRecord,
    MarketRecord,
    OutcomeRecord,
    ResolutionRecord,
)
from smartmoney.store.bulk import Bulk, Merge
from smartmoney.store.markets import prices
from smartmoney.store.markets.spellings import use_short_spelling
from smartmoney.store.numeric import price, usd
from smartmoney.store.sql import Statements
from smartmoney.store.wallets.fills import Saved

SQL = Statements(__file__)
EVENT_MERGE = {
    "category": Merge.UNLESS_NULL,
    "tags": Merge.UNLESS_NO_ITEMS,
    "volume": Merge.UNLESS_NULL,
    "liquidity": Merge.UNLESS_NULL,
    "updated_at": Merge.NOW,
}
MARKET_MERGE = {
    **dict.fromkeys(("gamma_id", "event_id", "category", "fee_rate"), Merge.UNLESS_NULL),
    **dict.fromkeys(("closed_at", "resolved_at", "start_date", "end_date"), Merge.UNLESS_NULL),
    **dict.fromkeys(("group_item_title", "open_interest", "priced_at"), Merge.UNLESS_NULL),
    **dict.fromkeys(("neg_risk_market_id", "question_id", "created_at"), Merge.UNLESS_NULL),
    **dict.fromkeys(("slug", "question", "description", "version"), Merge.UNLESS_EMPTY),
    "status": Merge.UNLESS_RESOLVED,
    "updated_at": Merge.NOW,
}
OUTCOME_MERGE = {
    "market_id": Merge.KEEP,
    "name": Merge.UNLESS_EMPTY,
    "price": Merge.UNLESS_NULL,
    "payout_micro": Merge.UNLESS_NULL,
}


def save_events(connection: Connection[Any], rows: Sequence[EventRecord]) -> dict[str, int]:
    """Add or refresh events; returns the id per gamma id."""
    unique = {row.gamma_id: row for row in rows}
    values = [
        {
            "gamma_id": row.gamma_id,
            "slug": row.slug,
            "title": row.title,
            "category": row.category,
            "tags": list(row.tags),
            "neg_risk": row.neg_risk,
            "neg_risk_market_id": row.neg_risk_market_id,
            "end_date": _time(row.end_ts),
            "closed": row.closed,
            "volume": usd(row.volume_micro),
            "liquidity": usd(row.liquidity_micro),
        }
        for row in unique.values()
    ]
    written = Bulk(connection).upsert(
        "event", ["gamma_id"], values, merge=EVENT_MERGE, returning=["gamma_id", "id"]
    )
    return {gamma_id: event_id for _, gamma_id, event_id in written}


def save_markets(
    connection: Connection[Any], rows: Sequence[MarketRecord], observed_at: datetime
) -> Saved:
    """Add or refresh markets with their events and outcomes; see `prices.note_looks` for what of a price is kept.

    A market once RESOLVED stays so, and a payout once known is kept; payouts come only from routes that know them.
    """
    unique = {row.condition_id: row for row in rows}
    use_short_spelling(connection, [row.condition_id for row in rows if row.version == "v2"])
    events = save_events(connection, [row.event for row in unique.values() if row.event])
    looks = [row for row in unique.values() if row.status == "OPEN" and row.price_pico is not None]
    seen = prices.last_looks(connection, [row.condition_id for row in looks])
    written = Bulk(connection).upsert(
        "market",
        ["condition_id"],
        [_market(row, events, observed_at) for row in unique.values()],
        merge=MARKET_MERGE,
        returning=["condition_id", "id"],
    )
    ids = {condition_id: market_id for _, condition_id, market_id in written}
    _save_outcomes(
        connection,
        [(ids[row.condition_id], each) for row in unique.values() for each in row.outcomes],
    )
    prices.note_looks(
        connection,
        [(ids[row.condition_id], price(row.price_pico)) for row in looks],
        {ids[condition]: look for condition, look in seen.items()},
        observed_at,
    )
    new = sum(fresh for fresh, *_ in written)
    return Saved(new, len(written) - new)


def _market(row: MarketRecord, events: dict[str, int], observed_at: datetime) -> dict[str, Any]:
    return {
        "condition_id": row.condition_id,
        "gamma_id": row.gamma_id,
        "event_id": events[row.event.gamma_id] if row.event else None,
        "slug": row.slug,
        "question": row.question,
        "description": row.description,
        "category": row.category or (row.event.category if row.event else None),
        "status": row.status,
        "neg_risk": row.neg_risk,
        "group_item_title": row.group_item_title,
        "fee_rate": usd(row.fee_rate_micro),
        "liquidity": usd(row.liquidity_micro),
        "volume": usd(row.volume_micro),
        "volume_24h": usd(row.volume_24h_micro),
        "price": price(row.price_pico),
        "best_bid": price(row.best_bid_pico),
        "best_ask": price(row.best_ask_pico),
        "last_trade_price": price(row.last_trade_price_pico),
        "price_change_24h": price(row.price_change_24h_pico),
        "priced_at": None if row.price_pico is None else observed_at,
        "start_date": _time(row.start_ts),
        "end_date": _time(row.end_ts),
        "closed_at": _time(row.closed_ts),
        "resolved_at": _time(row.resolved_ts),
        "open_interest": usd(row.open_interest_micro),
        "neg_risk_market_id": row.neg_risk_market_id,
        "question_id": row.question_id,
        "version": row.version,
        "created_at": _time(row.created_ts),
    }


def _time(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _save_outcomes(
    connection: Connection[Any], outcomes: Sequence[tuple[int, OutcomeRecord]]
) -> None:
    """Add or refresh outcomes, given with the ids of their markets; whichever token held an index before gives it up."""
    unique = {outcome.token_id: (market_id, outcome) for market_id, outcome in outcomes}
    values = [
        {
            "market_id": market_id,
            "outcome_index": outcome.outcome_index,
            "token_id": outcome.token_id,
            "name": outcome.name,
            "price": price(outcome.price_pico),
            "payout_micro": outcome.payout_micro,
        }
        for market_id, outcome in unique.values()
    ]
    given = {
        "markets": [row["market_id"] for row in values],
        "tokens": [row["token_id"] for row in values],
    }
    SQL.run(connection, "free_indexes", **given, indexes=[row["outcome_index"] for row in values])
    SQL.run(connection, "note_payouts", **given, payouts=[row["payout_micro"] for row in values])
    Bulk(connection).upsert("outcome", ["token_id"], values, merge=OUTCOME_MERGE)


def save_resolutions(connection: Connection[Any], rows: Sequence[ResolutionRecord]) -> int:
    """Note payouts and mark the markets RESOLVED; returns how many were not before, or changed."""
    unique = list({row.condition_id: row for row in _named(connection, rows)}.values())
    conditions = [row.condition_id for row in unique]
    SQL.run(connection, "lock", conditions=conditions)
    vectors = [
        (row.condition_id, place, payout)
        for row in unique
        for place, payout in enumerate(row.payouts_micro)
    ]
    owners, places, payouts = ([vector[part] for vector in vectors] for part in range(3))
    paid = SQL.run(connection, "pay", conditions=owners, places=places, payouts=payouts)
    return SQL.run(
        connection,
        "resolve",
        conditions=conditions,
        times=[_time(row.resolved_ts) for row in unique],
        sources=[row.source for row in unique],
        paid=[row[0] for row in paid],
    ).rowcount


def _named(connection: Connection[Any], rows: Sequence[ResolutionRecord]) -> list[ResolutionRecord]:
    """The resolutions by condition; one that names its question only is looked up, and left out where nobody asked it."""
    questions = [row.question_id for row in rows if not row.condition_id]
    found = dict(SQL.run(connection, "by_question", questions=questions)) if questions else {}
    named = [
        row if row.condition_id else replace(row, condition_id=found.get(row.question_id, ""))
        for row in rows
    ]
    return [row for row in named if row.condition_id]


def save_interest(connection: Connection[Any], rows: Sequence[InterestRecord]) -> None:
    """Note the open interest of markets."""
    conditions, values = [row.condition_id for row in rows], [usd(row.value_micro) for row in rows]
    SQL.run(connection, "lock", conditions=conditions)
    SQL.run(connection, "save_interest", conditions=conditions, values=values)


def named_conditions(connection: Connection[Any], limit: int) -> list[str]:
    """Condition ids of markets that only rows of trades named, the longest unasked first."""
    return _conditions(connection, "named", limit=limit)


def gone_conditions(connection: Connection[Any], since: datetime, limit: int) -> list[str]:
    """Condition ids of markets thought open that nobody has shown since, the longest unseen first."""
    return _conditions(connection, "gone", since=since, limit=limit)


def unresolved_conditions(connection: Connection[Any], limit: int) -> list[str]:
    """Condition ids of markets that are closed but whose payouts are not known yet.

    Those somebody holds shares of come first, then the longest unasked.
    """
    return _conditions(connection, "unresolved", limit=limit)


def touch_conditions(connection: Connection[Any], conditions: Sequence[str]) -> None:
    """Note that these were asked for, so that the next run begins with others."""
    SQL.run(connection, "lock", conditions=list(conditions))
    SQL.run(connection, "touch", conditions=list(conditions))


def interesting_conditions(connection: Connection[Any], most: int, rest_s: float) -> list[str]:
    """Condition ids of all watched markets, then of `most` others, open ones by their volume of a day first.

    Those whose holders were read within the last `rest_s` seconds are left out.
    """
    return _conditions(connection, "interesting", most=most, rest=rest_s)


def held_conditions(connection: Connection[Any], watched: bool = True) -> list[str]:
    """Condition ids of open markets in which some known wallet holds shares, and of watched ones.

    Watched ones come first, then those whose price was looked at longest ago.

    Args:
        connection: as `sm_ingest`.
        watched: watched ones nobody holds, too.
    """
    return _conditions(connection, "held", watched=watched)


def _conditions(connection: Connection[Any], name: str, **parameters: Any) -> list[str]:
    return [row[0] for row in SQL.run(connection, name, **parameters)]
