"""Combos of a wallet: what became of them, their legs, and what a share paid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from smartmoney.errors import ApiRefused, ShapeChanged
from smartmoney.ingest import pages
from smartmoney.ingest.outcome import SyncOutcome
from smartmoney.ingest.work_queue import Lease
from smartmoney.polymarket import combos
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.pages import FeedPage
from smartmoney.polymarket.types import (
    ActivityRecord,
    ComboActivity,
    ComboPosition,
    ComboRecord,
    PositionRecord,
    ResolutionRecord,
)
from smartmoney.store import db
from smartmoney.store.db import PostgresConnection
from smartmoney.store.markets import catalog
from smartmoney.store.markets.combos import save_legs
from smartmoney.store.wallets import positions
from smartmoney.store.wallets.activity import save_activity
from smartmoney.store.wallets.fills import prepare
from smartmoney.store.wallets.identity import Occurrences

SOURCE = "combos"
RESULT = "combo position"
"""Source of a combo's payouts."""


def read_combos(lease: Lease, client: Client, outcome: SyncOutcome) -> None:
    """Read the life and the results of a wallet's combos; what these routes refuse leaves the rest as it is."""
    occurrences, at = Occurrences(), datetime.now(UTC)

    def keep_activity(page: FeedPage[Any]) -> None:
        rows: list[ComboActivity] = page.rows
        _keep_activity(lease, page, [row.activity for row in rows], occurrences, outcome)
        save_legs(lease.connection, [row.combo for row in rows])

    def keep_positions(page: FeedPage[Any]) -> None:
        rows: list[ComboPosition] = page.rows
        _keep_positions(lease, [row.position for row in rows], at, outcome)
        save_legs(lease.connection, [row.combo for row in rows])
        resolved = _resolutions([row.combo for row in rows])
        pages.committed(lease.connection, outcome, _keep_results, lease.address, page, resolved)

    _walk(combos.combo_activity(client, lease.address), keep_activity, lease, outcome)
    _walk(combos.combo_positions(client, lease.address), keep_positions, lease, outcome)


def _walk(
    walk: Iterator[FeedPage[Any]],
    keep: Callable[[FeedPage[Any]], None],
    lease: Lease,
    outcome: SyncOutcome,
) -> None:
    try:
        for page in walk:
            keep(page)
            if not lease.may_go_on():
                return
    except (ApiRefused, ShapeChanged) as error:
        outcome.note(f"The combos of {lease.address} could not be read: {error}")


def _keep_activity(
    lease: Lease,
    page: FeedPage[Any],
    rows: Sequence[ActivityRecord],
    occurrences: Occurrences,
    outcome: SyncOutcome,
) -> None:
    connection = lease.connection
    own = [row for row in rows if row.address == lease.address and row.tx_hash]
    prepare(connection, lease.address, [row.market for row in own if row.market], [])

    def write(
        connection: PostgresConnection[Any], counted: SyncOutcome, numbered: Occurrences
    ) -> Occurrences:
        saved = save_activity(connection, own, numbered := numbered.copied())
        counted.count("combo activities", len(own), saved)
        pages.keep(connection, page, SOURCE, lease.address, counted)
        return numbered

    occurrences.counts = pages.committed(connection, outcome, write, occurrences).counts


def _keep_positions(
    lease: Lease, rows: Sequence[PositionRecord], at: datetime, outcome: SyncOutcome
) -> None:
    connection = lease.connection
    own = [row for row in rows if row.address == lease.address and row.market.token_id]
    prepare(connection, lease.address, [row.market for row in own], [])
    saved = db.committed(connection, lambda: positions.save_positions(connection, own, at))
    outcome.count("combo positions", len(own), saved)


def _keep_results(
    connection: PostgresConnection[Any],
    outcome: SyncOutcome,
    address: str,
    page: FeedPage[Any],
    resolved: list[ResolutionRecord],
) -> None:
    outcome.add("combos resolved", catalog.save_resolutions(connection, resolved))
    pages.keep(connection, page, SOURCE, address, outcome)


def _resolutions(rows: Sequence[ComboRecord]) -> list[ResolutionRecord]:
    return [
        ResolutionRecord(
            condition_id=row.condition_id,
            resolved_ts=row.resolved_ts,
            payouts_micro=row.payouts_micro,
            source=RESULT,
        )
        for row in rows
        if row.payouts_micro is not None
    ]
