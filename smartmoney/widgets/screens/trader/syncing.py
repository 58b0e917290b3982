"""A sync that was started from the page, and in words how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from smartmoney import formats
from smartmoney.store.reads import Row
from smartmoney.widgets.cells import line

FETCHING = ("sync_trader_trades", "sync_trader_positions")
SCORING = "calculate_rarity_scores"
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Syncing:
    """A sync that has not ended.

    Attributes:
        since: when it was started.
        runs: ids of the Prefect runs that fetch; None where Prefect did not answer.
        scoring: id of the run that scores; None before it was started, "" where Prefect did not answer.
    """

    since: datetime
    runs: list[str | None]
    scoring: str | None = None

    def waits(self, row: Row) -> bool:
        """Has the stream not ended, well or badly, since this was started?"""
        return max(row["last_success_at"] or NEVER, row["last_error_at"] or NEVER) < self.since

    def fetched(self, rows: Sequence[Row]) -> bool:
        """Have all streams ended?"""
        return bool(rows) and not any(self.waits(row) for row in rows)

    def scored(self, stamp: Row) -> bool:
        """Has everybody been scored since?"""
        return (stamp.get("scores_as_of") or NEVER) >= self.since

    def notes(self) -> list[str]:
        """What stands beside the streams."""
        if self.scoring:
            return ["scoring"]
        return (
            [] if all(self.runs) else ["Prefect does not answer: the next scheduled run takes it"]
        )


def failed_last(row: Row) -> bool:
    """Did the stream's newest attempt fail?"""
    return (row["last_error_at"] or NEVER) > (row["last_success_at"] or NEVER)


def stream_note(row: Row, now: datetime, syncing: Syncing | None) -> str:
    """How far one stream is."""
    if syncing is not None and syncing.waits(row):
        state = "running" if row["leased"] else "waiting for its run"
    elif failed_last(row):
        state = f"failed: {line(row['last_error'] or 'no reason given', 80)}"
    elif row["last_success_at"]:
        state = f"read {formats.ago(row['last_success_at'], now)}"
    else:
        state = "never read"
    return f"{row['source']} {state}"
