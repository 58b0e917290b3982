"""What the sync jobs ask the database besides their streams: locks, pace, names, positions not shown any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from smartmoney.polymarket.types import MarketStub
from smartmoney.store import dims, load
from smartmoney.store.locks import lock_number


@dataclass(frozen=True)
class Pace:
    """What decides how soon a wallet is read again.

    Attributes:
        tier: its tier, or None while it has no score.
        idle_days: days since its last activity, or None where it has none.
        named: it has a display name.
        watched: it is on the watchlist.
    """

    tier: str | None = None
    idle_days: float | None = None
    named: bool = False
    watched: bool = False


def pace(connection: Connection[Any], address: str) -> Pace:
    """A wallet's tier, rest and standing; the default for one that is not known."""
    row = connection.execute(
        "select tier, extract(epoch from now() - last_active_at)::float8 / 86400, name <> '', "
        "exists (select from watchlist w where w.trader_id = trader.id) from trader "
        "where address = %s",
        [address],
    ).fetchone()
    return Pace(*row) if row else Pace()


def hold(connection: Connection[Any], stream: str) -> bool:
    """Become the stream's only writer for as long as the connection lives; False where another is."""
    row = connection.execute("select pg_try_advisory_lock(%s)", [lock_number(stream)]).fetchone()
    return bool(row and row[0])


def settle_later(connection: Connection[Any]) -> None:
    """Let this connection's commits reach the disk a moment later, in their order.

    A crash of the server may then take the last pages back, but always rows, quarantine and cursor together, and a later
    commit never without the earlier ones: the next run reads those pages again.
    """
    connection.execute("set synchronous_commit = off")


def let_go(connection: Connection[Any], stream: str) -> None:
    """Give the stream free."""
    connection.execute("select pg_advisory_unlock(%s)", [lock_number(stream)])


def renew(connection: Connection[Any], source: str, key: str, lease_s: float) -> None:
    """Lengthen the lease of a stream that is being worked on."""
    connection.execute(
        "update ingestion_state set leased_until = now() + make_interval(secs => %s) "
        "where source = %s and key = %s and leased_until is not null",
        [lease_s, source, key],
    )


def prepare(
    connection: Connection[Any], address: str, stubs: Sequence[MarketStub], seconds: Sequence[int]
) -> None:
    """Make what a page's rows refer to, outside the page's own transaction.

    Two writers whose pages name the same new market or month would otherwise wait for each other, even in a circle.
    What is made and then not referred to does no harm.

    Args:
        connection: in autocommit mode.
        address: the wallet.
        stubs: markets and tokens the page names.
        seconds: when its fills happened.
    """
    if seconds:
        load.ensure_partitions(connection, min(seconds), max(seconds))
    dims.outcome_ids(connection, stubs)
    dims.trader_ids(connection, [address])


def due_count(connection: Connection[Any], source: str) -> int:
    """How many streams of a source are due and free."""
    row = connection.execute(
        "select count(*) from ingestion_state where source = %s and due_at <= now() "
        "and (leased_until is null or leased_until < now())",
        [source],
    ).fetchone()
    return int(row[0]) if row else 0


def unseen_positions(
    connection: Connection[Any], address: str, seen_token_ids: Sequence[str]
) -> list[str]:
    """The tokens of the wallet's positions that are stored as held, and not among those seen now; combos apart."""
    rows = connection.execute(
        "select o.token_id from position p join trader t on t.id = p.trader_id join outcome o on o.id = p.outcome_id "
        "join market m on m.id = p.market_id and m.condition_id !~ '^0x(?!01|02)[0-9a-f]{62}$' "
        "where t.address = %s and p.status <> 'CLOSED' and p.absent_since is null and o.token_id <> all(%s)",
        [address, list(seen_token_ids)],
    ).fetchall()
    return sorted(row[0] for row in rows)
