"""What Polymarket lists: events, markets, outcomes, traders and boards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import Connection

from smartmoney.polymarket.types import (
    BoardRecord,
    EventRecord,
    InterestRecord,
    MarketRecord,
    ResolutionRecord,
    TraderRecord,
)
from smartmoney.store.load import Saved
from smartmoney.store.spellings import use_short_spelling

MARKET_FIELDS = (
    "condition_id",
    "gamma_id",
    "event_id",
    "slug",
    "question",
    "description",
    "category",
    "status",
    "neg_risk",
    "group_item_title",
    "fee_rate",
    "liquidity",
    "volume",
    "volume_24h",
    "price",
    "best_bid",
    "best_ask",
    "last_trade_price",
    "price_change_24h",
    "start_date",
    "end_date",
    "closed_at",
    "resolved_at",
    "open_interest",
    "neg_risk_market_id",
    "question_id",
    "version",
    "created_at",
)


def usd(micro: int | None) -> Decimal | None:
    """Micro-units as an exact decimal of USD or shares."""
    return None if micro is None else Decimal(micro).scaleb(-6)


def price(pico: int | None) -> Decimal | None:
    """1e-12 units as an exact decimal price."""
    return None if pico is None else Decimal(pico).scaleb(-12)


def save_traders(connection: Connection[Any], rows: Sequence[TraderRecord], found_by: str) -> Saved:
    """Add wallets, and refresh the names of known ones. Names are free text: escape wherever shown."""
    unique = {row.address: row for row in rows}
    if not unique:
        return Saved()
    ordered = [unique[address] for address in sorted(unique)]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into trader as t (address, name, pseudonym, x_username, verified, found_by) "
            "select a, n, p, x, coalesce(v, false), %s from unnest(%s::text[], %s::text[], %s::text[], %s::text[], "
            "%s::boolean[]) as r(a, n, p, x, v) on conflict (address) do update set "
            "name = case when excluded.name <> '' then excluded.name else t.name end, "
            "pseudonym = case when excluded.pseudonym <> '' then excluded.pseudonym else t.pseudonym end, "
            "x_username = case when excluded.x_username <> '' then excluded.x_username else t.x_username end, "
            "verified = t.verified or excluded.verified, updated_at = now() returning (xmax = 0)",
            [
                found_by,
                [r.address for r in ordered],
                [r.name for r in ordered],
                [r.pseudonym for r in ordered],
                [r.x_username for r in ordered],
                [r.verified for r in ordered],
            ],
        )
        new = sum(1 for row in cursor.fetchall() if row[0])
    return Saved(new, len(ordered) - new)


def save_board(
    connection: Connection[Any], board: str, rows: Sequence[BoardRecord], fetched_at: datetime
) -> Saved:
    """Keep a board as it stood; a snapshot, never a base for deletes."""
    saved = save_traders(connection, [row.trader for row in rows], "leaderboard")
    unique = {row.trader.address: row for row in reversed(rows)}
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into leaderboard_entry (fetched_at, board, trader_id, rank, pnl_usdc, volume) "
            "select %s, %s, id, %s, %s, %s from trader where address = %s on conflict do nothing",
            [
                (fetched_at, board, row.rank, usd(row.pnl_micro), usd(row.volume_micro), address)
                for address, row in unique.items()
            ],
        )
    return saved


def save_events(connection: Connection[Any], rows: Sequence[EventRecord]) -> dict[str, int]:
    """Add or refresh events; returns the id per gamma id."""
    unique = {row.gamma_id: row for row in rows}
    ids: dict[str, int] = {}
    with connection.cursor() as cursor:
        for gamma_id in sorted(unique):
            row = unique[gamma_id]
            cursor.execute(
                "insert into event as e (gamma_id, slug, title, category, tags, neg_risk, neg_risk_market_id, end_date,"
                " closed, volume, liquidity) values (%s, %s, %s, %s, %s, %s, %s, to_timestamp(%s), %s, %s, %s) "
                "on conflict (gamma_id) do update set slug = excluded.slug, title = excluded.title, "
                "category = coalesce(excluded.category, e.category), "
                "tags = case when excluded.tags = '{}' then e.tags else excluded.tags end, "
                "neg_risk = excluded.neg_risk, neg_risk_market_id = excluded.neg_risk_market_id, "
                "end_date = excluded.end_date, closed = excluded.closed, "
                "volume = coalesce(excluded.volume, e.volume), liquidity = coalesce(excluded.liquidity, e.liquidity), "
                "updated_at = now() returning id",
                [
                    gamma_id,
                    row.slug,
                    row.title,
                    row.category,
                    list(row.tags),
                    row.neg_risk,
                    row.neg_risk_market_id,
                    row.end_ts,
                    row.closed,
                    usd(row.volume_micro),
                    usd(row.liquidity_micro),
                ],
            )
            ids[gamma_id] = cursor.fetchone()[0]  # type: ignore[index]
    return ids


def _market_values(row: MarketRecord, event_id: int | None) -> list[Any]:
    return [
        row.condition_id,
        row.gamma_id,
        event_id,
        row.slug,
        row.question,
        row.description,
        row.category or (row.event.category if row.event else None),
        row.status,
        row.neg_risk,
        row.group_item_title,
        usd(row.fee_rate_micro),
        usd(row.liquidity_micro),
        usd(row.volume_micro),
        usd(row.volume_24h_micro),
        price(row.price_pico),
        price(row.best_bid_pico),
        price(row.best_ask_pico),
        price(row.last_trade_price_pico),
        price(row.price_change_24h_pico),
        row.start_ts,
        row.end_ts,
        row.closed_ts,
        row.resolved_ts,
        usd(row.open_interest_micro),
        row.neg_risk_market_id,
        row.question_id,
        row.version,
        row.created_ts,
    ]


def _market_statement() -> str:
    times = {"start_date", "end_date", "closed_at", "resolved_at", "created_at"}
    kept = {
        "gamma_id",
        "event_id",
        "category",
        "fee_rate",
        "closed_at",
        "resolved_at",
        "start_date",
        "end_date",
        "group_item_title",
        "open_interest",
        "neg_risk_market_id",
        "question_id",
        "created_at",
    }
    places = ", ".join("to_timestamp(%s)" if name in times else "%s" for name in MARKET_FIELDS)
    changes = ", ".join(
        f"{name} = coalesce(excluded.{name}, m.{name})"
        if name in kept
        else "status = case when m.status = 'RESOLVED' then m.status else excluded.status end"
        if name == "status"
        else f"{name} = case when excluded.{name} <> '' then excluded.{name} else m.{name} end"
        if name in {"slug", "question", "description", "version"}
        else f"{name} = excluded.{name}"
        for name in MARKET_FIELDS[1:]
    )
    return (
        f"insert into market as m ({', '.join(MARKET_FIELDS)}) values ({places}) "
        f"on conflict (condition_id) do update set {changes}, updated_at = now(), "
        "priced_at = case when excluded.price is null then m.priced_at else now() end "
        "returning id, (xmax = 0)"
    )


MARKET_STATEMENT = _market_statement()


def save_markets(
    connection: Connection[Any], rows: Sequence[MarketRecord], looked_at: datetime
) -> Saved:
    """Add or refresh markets with their events and outcomes; the price of an open market is appended to its history.

    A market once RESOLVED stays so, and a payout once known is kept; payouts come only from routes that know them.
    """
    unique = {row.condition_id: row for row in rows}
    use_short_spelling(connection, [row.condition_id for row in rows if row.version == "v2"])
    events = save_events(connection, [row.event for row in unique.values() if row.event])
    new = 0
    with connection.cursor() as cursor:
        for condition_id in sorted(unique):
            row = unique[condition_id]
            cursor.execute(
                MARKET_STATEMENT,
                _market_values(row, events.get(row.event.gamma_id) if row.event else None),
            )
            market_id, inserted = cursor.fetchone()  # type: ignore[misc]
            new += inserted
            _save_outcomes(cursor, market_id, row)
            if row.status == "OPEN" and row.price_pico is not None:
                cursor.execute(
                    "insert into market_price (market_id, ts, price, source) values (%s, %s, %s, 'gamma') "
                    "on conflict do nothing",
                    [market_id, looked_at, price(row.price_pico)],
                )
    return Saved(new, len(unique) - new)


def _save_outcomes(cursor: Any, market_id: int, row: MarketRecord) -> None:
    cursor.execute(
        "update outcome o set outcome_index = null where market_id = %s and not exists (select 1 from "
        "unnest(%s::text[], %s::int[]) as x(token, place) where token = o.token_id and place = o.outcome_index)",
        [
            market_id,
            [outcome.token_id for outcome in row.outcomes],
            [outcome.outcome_index for outcome in row.outcomes],
        ],
    )
    _note_resolution(cursor, market_id, row)
    for outcome in row.outcomes:
        cursor.execute(
            "insert into outcome as o (market_id, outcome_index, token_id, name, price, payout_micro) "
            "values (%s, %s, %s, %s, %s, %s) on conflict (token_id) do update set "
            "outcome_index = excluded.outcome_index, "
            "name = case when excluded.name <> '' then excluded.name else o.name end, "
            "price = coalesce(excluded.price, o.price), payout_micro = coalesce(excluded.payout_micro, o.payout_micro)",
            [
                market_id,
                outcome.outcome_index,
                outcome.token_id,
                outcome.name,
                price(outcome.price_pico),
                outcome.payout_micro,
            ],
        )


def _note_resolution(cursor: Any, market_id: int, row: MarketRecord) -> None:
    """Note when a market's payouts were first known, or changed: its holders are scored again after that."""
    known = [outcome for outcome in row.outcomes if outcome.payout_micro is not None]
    if known:
        cursor.execute(
            "update market set resolution_seen_at = now() where id = %s and exists (select 1 from "
            "unnest(%s::text[], %s::int[]) as x(token, payout) left join outcome o on o.token_id = x.token "
            "where o.payout_micro is distinct from x.payout)",
            [
                market_id,
                [outcome.token_id for outcome in known],
                [outcome.payout_micro for outcome in known],
            ],
        )


def save_resolutions(connection: Connection[Any], rows: Sequence[ResolutionRecord]) -> int:
    """Note payouts and mark the markets RESOLVED; returns how many were not before, or changed."""
    changed = 0
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(
                "update outcome o set payout_micro = x.payout from market m, unnest(%s::int[]) with ordinality as "
                "x(payout, place) where (m.condition_id = %s or (%s = '' and m.question_id = %s)) "
                "and o.market_id = m.id and o.outcome_index = x.place - 1 "
                "and o.payout_micro is distinct from x.payout",
                [list(row.payouts_micro), row.condition_id, row.condition_id, row.question_id],
            )
            paid = cursor.rowcount
            cursor.execute(
                "update market set status = 'RESOLVED', "
                "resolved_at = coalesce(to_timestamp(%s), resolved_at), resolution_source = %s, "
                "resolution_seen_at = now(), updated_at = now() "
                "where (condition_id = %s or (%s = '' and question_id = %s)) and (%s > 0 or status <> 'RESOLVED')",
                [
                    row.resolved_ts,
                    row.source,
                    row.condition_id,
                    row.condition_id,
                    row.question_id,
                    paid,
                ],
            )
            changed += cursor.rowcount
    return changed


def missing_conditions(connection: Connection[Any], since: datetime, limit: int) -> list[str]:
    """Condition ids to ask for one by one: markets that only rows named, and those that left the open list."""
    return [
        row[0]
        for row in connection.execute(
            "select condition_id from market where gamma_id is null or (status = 'OPEN' and updated_at < %s) "
            "order by (gamma_id is null) desc, updated_at, id limit %s",
            [since, limit],
        )
    ]


def unresolved_conditions(connection: Connection[Any], limit: int) -> list[str]:
    """Condition ids of markets that are closed but whose payouts are not known yet, the longest unasked first."""
    return [
        row[0]
        for row in connection.execute(
            "select condition_id from market where status = 'CLOSED' order by updated_at, id limit %s",
            [limit],
        )
    ]


def touch_conditions(connection: Connection[Any], conditions: Sequence[str]) -> None:
    """Note that these were asked for, so that the next run begins with others."""
    connection.execute(
        "update market set updated_at = now() where condition_id = any(%s)", [list(conditions)]
    )


def interesting_conditions(connection: Connection[Any], most: int, rest_s: float) -> list[str]:
    """Condition ids of all watched markets, then of `most` others, open ones by their volume of a day first.

    Those whose holders were read within the last `rest_s` seconds are left out.
    """
    return [
        row[0]
        for row in connection.execute(
            "select r.condition_id from (select m.condition_id, w.id is null as others, row_number() over ("
            "partition by w.id is null order by (m.status <> 'OPEN'), m.volume_24h desc nulls last, m.id) as place "
            "from market m left join watchlist w on w.market_id = m.id) as r "
            "left join ingestion_state s on s.source = 'discover' and s.key = r.condition_id "
            "where (not r.others or r.place <= %s) "
            "and (s.last_success_at is null or s.last_success_at < now() - make_interval(secs => %s)) "
            "order by r.others, r.place",
            [most, rest_s],
        )
    ]


def held_conditions(connection: Connection[Any]) -> list[str]:
    """Condition ids of open markets in which some known wallet holds shares."""
    return [
        row[0]
        for row in connection.execute(
            "select condition_id from market m where status = 'OPEN' and (exists (select 1 from position p "
            "where p.market_id = m.id and p.status = 'OPEN') or exists (select 1 from ledger_position l "
            "where l.market_id = m.id and l.shares_micro > 0)) order by id"
        )
    ]


def save_interest(connection: Connection[Any], rows: Sequence[InterestRecord]) -> None:
    """Note the open interest of markets."""
    connection.execute(
        "update market m set open_interest = x.micro / 1e6 from unnest(%s::text[], %s::numeric[]) as x(condition, micro) "
        "where m.condition_id = x.condition",
        [[row.condition_id for row in rows], [row.value_micro for row in rows]],
    )
