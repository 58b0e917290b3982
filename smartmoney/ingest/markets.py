"""Markets with events, prices and resolutions: what somebody holds, watches or waits for first, then the list of all open ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from smartmoney.errors import ApiRefused, ShapeChanged, WalkStuck
from smartmoney.ids import is_combo, spellings
from smartmoney.ingest import market_pages, open_list, pages, resolving
from smartmoney.ingest.open_list import SOURCE
from smartmoney.ingest.outcome import Progress, SyncOutcome, silent
from smartmoney.ingest.phases import Done, Phases, Step
from smartmoney.polymarket import market_endpoints
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.market_endpoints import MOST_IDS
from smartmoney.polymarket.pages import FeedPage
from smartmoney.polymarket.types import MarketRecord
from smartmoney.settings import Settings
from smartmoney.store import db, streams
from smartmoney.store.db import PostgresConnection, Store
from smartmoney.store.markets import catalog, prices
from smartmoney.store.markets.groups import groups_to_complete, note_whole
from smartmoney.units import DAY_SECONDS

HISTORY_STEP_S = 43_200
"""Twelve hours: finer prices of long ago are not kept by the API."""
HISTORY_AGAIN_DAYS = 7
GROUP_AGAIN_S = float(DAY_SECONDS)


def sync_markets(
    store: Store,
    client: Client,
    settings: Settings,
    closed_limit: int = 20_000,
    progress: Progress = silent,
    max_seconds: float = 300.0,
    history_limit: int = 200,
) -> SyncOutcome:
    """Fetch prices and resolutions of what somebody holds, watches or was in; then go on with the list of all open markets.

    Each part has its share of the time, and says how much it left. The long list is walked in slices: a turn takes as
    many runs as it needs, and what it did not show has left it. Closed markets are asked for until their payouts are
    known, and never again after that. Of watched markets, and those smart money is in, the prices from before our first
    look are fetched too.

    Args:
        store: as `sm_ingest`.
        client: asks the API.
        settings: how many requests run at once.
        closed_limit: most markets completed, and most resolutions asked for, in this run.
        progress: told while it works.
        max_seconds: when the last part ends.
        history_limit: most markets whose price history is fetched in this run.

    Raises:
        TemporaryError, ShapeChanged: what is stored stays, the next run goes on.
    """
    run = _Run(store, client, settings.worker_concurrency, progress, max_seconds)
    parts: list[tuple[str | None, float, Callable[[], int], str]] = [
        ("named", 0.15, partial(run.complete_named, closed_limit), "markets that trades name"),
        ("held", 0.40, run.refresh_held, "open markets that somebody is in or watches"),
        ("payouts", 0.60, partial(run.resolve, closed_limit), "closed markets to ask for payouts"),
        ("groups", 0.65, partial(run.complete_groups, closed_limit), "events with conversions"),
        ("interest", 0.70, run.measure_interest, "markets to ask for their open interest"),
        ("histories", 0.75, partial(run.fill_history, history_limit), "prices of before"),
        (None, 0.90, run.walk_list, "markets of the long list"),
        ("gone", 0.95, partial(run.complete_gone, closed_limit), "markets that left the list"),
        ("settled", 1.00, partial(run.resolve, closed_limit), "markets found closed"),
    ]
    for part in parts:
        run.phases.run(*part)
    return run.outcome


@dataclass
class _Run:
    """One run of the job. Each part returns how many it left undone."""

    store: Store
    client: Client
    at_once: int
    progress: Progress
    max_seconds: float
    outcome: SyncOutcome = field(default_factory=SyncOutcome)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    phases: Phases = field(init=False)
    turn: open_list.ListTurn = field(init=False)
    walked: bool = False
    asked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.phases = Phases(
            self.store,
            SOURCE,
            self.outcome,
            self.at_once,
            self.progress,
            self.began,
            self.max_seconds,
        )
        with self.store.session() as connection:
            self.turn = open_list.ListTurn.read(connection, self.began)

    def complete_named(self, limit: int) -> int:
        """Markets that only trades named."""
        with self.store.session() as connection:
            named = catalog.named_conditions(connection, limit)
        done = self._in_batches(named, self._ask_markets, "markets completed")
        unknown = len([each for each in named if not is_combo(each)]) - done.count - done.left
        if unknown > 0:
            self.outcome.note(
                f"{unknown} markets that trades name were not listed by the API; asked again later."
            )
        return done.left

    def refresh_held(self) -> int:
        """Prices and states of the open markets somebody is in or watches, those looked at longest ago first.

        Where the list of all open markets is no more requests than asking for these one by one, it is walked instead.
        """
        with self.store.session() as connection:
            held = catalog.held_conditions(connection)
        if (self.turn.last_pages or 0) * MOST_IDS < len(held) and self.turn.last_pages:
            return self.walk_list()
        return self._in_batches(held, self._ask_open, "markets in somebody's hands").left

    def walk_list(self) -> int:
        """Go on with the list of all open markets; 0 left is all that can be known of a list without a length."""
        if self.walked:
            return 0
        began = self.turn.began
        with self.store.session() as connection:
            try:
                self.walked = open_list.walk(
                    connection, self.client, self.turn, self._save_listed, lambda: self.phases.over
                )
            except (ShapeChanged, WalkStuck) as error:
                self._fail(connection, open_list.KEY, error)
                return 0
        if not self.walked:
            known = self.turn.complete_at
            self.outcome.note(
                f"The list of all open markets goes on: {self.turn.pages:,} pages since {began:%Y-%m-%d %H:%M} UTC; "
                + (f"complete as of {known:%Y-%m-%d %H:%M} UTC." if known else "not complete yet.")
            )
        return 0

    def _save_listed(
        self,
        connection: PostgresConnection[Any],
        page: FeedPage[MarketRecord],
        note: dict[str, Any],
    ) -> None:
        self._save(connection, page, open_list.KEY, note)
        self.progress(self.turn.pages, self.turn.pages, f"{self.outcome.read['markets']} markets")

    def _fail(
        self, connection: PostgresConnection[Any], key: str, error: ShapeChanged | WalkStuck
    ) -> None:
        """Note that one stream stopped; a fault that concerns all of them ends the run."""
        if isinstance(error, ShapeChanged) and not error.one_stream:
            raise error
        streams.fail(connection, SOURCE, key, str(error), 0)
        self.outcome.fail(f"{SOURCE} {key}", str(error))

    def complete_gone(self, limit: int) -> int:
        """Markets that a whole turn through the list of open ones did not show."""
        if self.turn.complete_at is None:
            return 0
        with self.store.session() as connection:
            gone = catalog.gone_conditions(connection, self.turn.complete_at, limit)
        return self._in_batches(gone, self._ask_markets, "markets that left the list").left

    def complete_groups(self, limit: int) -> int:
        """Every market of the events in which somebody converted: a conversion gives shares of each."""
        with self.store.session() as connection:
            groups = dict(groups_to_complete(connection, GROUP_AGAIN_S, limit))

        def ask(connection: PostgresConnection[Any], batch: list[str]) -> int:
            return sum(self._ask_group(connection, group, groups[group]) for group in batch)

        return self._in_batches(list(groups), ask, "events with conversions asked for whole").left

    def _ask_group(self, connection: PostgresConnection[Any], group: str, event: str | None) -> int:
        """One group: by its event, or else by its questions, whose ids go on from the group's own."""
        rows = market_endpoints.event_markets(self.client, event) if event else []
        if rows:
            saved = db.committed(
                connection, partial(catalog.save_markets, connection, rows, self.began)
            )
            self.outcome.count("markets", len(rows), saved)
        first = int(group, 16)
        questions = [f"0x{first + n:064x}" for n in range(MOST_IDS)]
        for closed in () if rows else (True, False):
            for page in market_endpoints.markets_of_questions(self.client, questions, closed):
                self._save(connection, page, "by question")
                rows = [*rows, *page.rows]
        if rows:
            note_whole(connection, [group])
        return len(rows)

    def resolve(self, limit: int) -> int:
        """Payouts of closed markets from whatever route knows them; a market price is never taken for a resolution."""
        with self.store.session() as connection:
            waiting = catalog.unresolved_conditions(connection, limit)
        waiting = [condition for condition in waiting if condition not in self.asked]
        words = "closed markets asked for their payouts"
        return self._in_batches(waiting, self._ask_payouts, words).left

    def measure_interest(self) -> int:
        """Open interest of the open markets somebody we know is in: what coverage of holders is measured by."""
        with self.store.session() as connection:
            held = catalog.held_conditions(connection, watched=False)
        words = "open markets asked for their open interest"
        return self._in_batches(held, self._ask_interest, words).left

    def fill_history(self, limit: int) -> int:
        """Prices since each market began, for its chart: the newest come from our own looks."""
        with self.store.session() as connection:
            tokens = prices.history_due(connection, HISTORY_AGAIN_DAYS, limit)

        def ask(connection: PostgresConnection[Any], batch: list[str]) -> int:
            return sum(
                self._ask_history(connection, condition, tokens[condition]) for condition in batch
            )

        return self._in_batches(list(tokens), ask, "prices of before").left

    def _ask_history(self, connection: PostgresConnection[Any], condition: str, token: str) -> int:
        new = 0
        try:
            for page in market_endpoints.prices_history(self.client, token, "max", HISTORY_STEP_S):
                new += pages.committed(
                    connection, self.outcome, market_pages.keep_history, condition, page
                )
        except ApiRefused as error:
            self.outcome.note(f"The price history of {condition} was refused: {error}")
        prices.note_history(connection, condition)
        self.outcome.add("prices of before", new)
        return new

    def _ask_markets(self, connection: PostgresConnection[Any], batch: list[str]) -> int:
        return self._ask(connection, batch, (True, False))

    def _ask_open(self, connection: PostgresConnection[Any], batch: list[str]) -> int:
        return self._ask(connection, batch, (False, True))

    def _ask(
        self, connection: PostgresConnection[Any], batch: list[str], order: tuple[bool, bool]
    ) -> int:
        """Closed and open ones apart, the likely ones first: the API never gives both in one answer."""
        found: set[str] = set()
        for closed in order:
            left = [condition for condition in batch if condition not in found]
            asked = [other for condition in left for other in spellings(condition)]
            for start in range(0, len(asked), MOST_IDS):
                part = asked[start : start + MOST_IDS]
                for page in market_endpoints.markets(self.client, closed, part):
                    self._save(connection, page, "by condition")
                    found |= {each for row in page.rows for each in spellings(row.condition_id)}
        self._touch(connection, [condition for condition in batch if condition not in found])
        return len(found & set(batch))

    def _ask_payouts(self, connection: PostgresConnection[Any], batch: list[str]) -> int:
        """The routes that know, one after the other, each for the markets those before said nothing of."""
        left = [condition for condition in batch if not is_combo(condition)]
        self.asked.update(batch)
        for route in resolving.ROUTES:
            if not left:
                break
            try:
                for page in route(self.client, left):
                    pages.committed(connection, self.outcome, market_pages.keep_resolutions, page)
                    answered = {row.condition_id for row in page.rows}
                    left = [condition for condition in left if condition not in answered]
            except ApiRefused as error:
                self.outcome.note(f"A route of resolutions was refused: {error}")
        self._touch(connection, batch)
        return len(batch)

    def _ask_interest(self, connection: PostgresConnection[Any], batch: list[str]) -> int:
        for page in market_endpoints.open_interest(self.client, batch):
            pages.committed(connection, self.outcome, market_pages.keep_interest, page)
        return len(batch)

    def _save(
        self,
        connection: PostgresConnection[Any],
        page: FeedPage[MarketRecord],
        key: str,
        note: dict[str, Any] | None = None,
    ) -> None:
        at = datetime.now(UTC)
        pages.committed(connection, self.outcome, market_pages.keep_markets, key, page, at, note)

    def _in_batches(self, conditions: list[str], step: Step, words: str) -> Done:
        """Twenty at a time; what cannot be read of some fails their stream, and the next run begins with others."""

        def guarded(connection: PostgresConnection[Any], batch: list[str]) -> int:
            try:
                return step(connection, batch)
            except ShapeChanged as error:
                self._fail(connection, words, error)
                self._touch(connection, batch)
                return 0

        return self.phases.batches(conditions, MOST_IDS, guarded, words)

    def _touch(self, connection: PostgresConnection[Any], conditions: list[str]) -> None:
        db.committed(connection, partial(catalog.touch_conditions, connection, conditions))
