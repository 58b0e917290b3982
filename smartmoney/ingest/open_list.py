"""The list of all open markets, walked on from where the last run stopped: one turn takes as many runs as it needs.

A quarter of a million markets are 2,500 pages. The cursor is kept, so that a turn goes on after a restart, and what the turn did not show
has left the list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from smartmoney.errors import ApiRefused, WalkStuck
from smartmoney.polymarket import market_endpoints
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.pages import FeedPage
from smartmoney.polymarket.types import MarketRecord
from smartmoney.store import streams
from smartmoney.store.db import PostgresConnection

SOURCE, KEY = "markets", "open"
Save = Callable[[PostgresConnection[Any], FeedPage[MarketRecord], dict[str, Any]], None]


@dataclass
class ListTurn:
    """One turn through the list.

    Attributes:
        began: when it began; what is in the list then and stays is seen before it ends.
        pages: taken so far.
        cursor: where it goes on; None at its beginning.
        last_pages: pages of the turn before this one; None where there was none.
        complete_at: up to when the list is known to be complete; None where no turn has ended.
    """

    began: datetime
    pages: int = 0
    cursor: str | None = None
    last_pages: int | None = None
    complete_at: datetime | None = None

    @classmethod
    def read(cls, connection: PostgresConnection[Any], now: datetime) -> ListTurn:
        """The turn under way, or a new one."""
        state = streams.get(connection, SOURCE, KEY)
        turn = cls(now, last_pages=state.note.get("last_pages"), complete_at=state.watermark)
        if state.cursor and "began" in state.note:
            turn.began = datetime.fromisoformat(state.note["began"])
            turn.pages, turn.cursor = state.note["pages"], state.cursor
        return turn

    def note(self) -> dict[str, Any]:
        """What is kept beside the cursor."""
        return {
            "began": self.began.isoformat(),
            "pages": self.pages,
            "last_pages": self.last_pages,
        }


def walk(
    connection: PostgresConnection[Any],
    client: Client,
    turn: ListTurn,
    save: Save,
    over: Callable[[], bool],
) -> bool:
    """Go on with a turn until it ends or time is up; True when it ended.

    Args:
        connection: of a session.
        client: asks the API.
        turn: where it goes on; moved.
        save: stores a page with the note that is kept beside its cursor, in one transaction.
        over: is the time up?

    Raises:
        ShapeChanged: a page is not what it should be; its good rows are stored, the turn stays where it was.
        WalkStuck: the list goes in circles; the next run begins a new turn.
    """
    began_inside = turn.cursor is not None
    try:
        for page in market_endpoints.markets(client, closed=False, cursor=turn.cursor):
            began_inside = False
            turn.pages += 1
            save(connection, page, turn.note())
            if page.stop is None:
                turn.cursor = page.next_cursor
            if turn.cursor is not None and page.stop is None and over():
                return False
    except ApiRefused:
        _restart(connection, turn)
        if began_inside:  # a cursor kept for hours is no longer taken
            return walk(connection, client, turn, save, over)
        raise
    except WalkStuck:
        _restart(connection, turn)
        raise
    turn.last_pages, turn.complete_at = turn.pages, turn.began
    streams.advance(connection, SOURCE, KEY, cursor=None, note=turn.note())
    streams.complete(connection, SOURCE, KEY, watermark=turn.began, due_in_s=0)
    return True


def _restart(connection: PostgresConnection[Any], turn: ListTurn) -> None:
    turn.began, turn.pages, turn.cursor = datetime.now(UTC), 0, None
    streams.advance(connection, SOURCE, KEY, cursor=None, note=turn.note())
