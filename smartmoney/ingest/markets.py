"""Markets with events, prices and resolutions: all open ones, and the closed ones our traders were in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from smartmoney.errors import ApiRefused, ShapeChanged
from smartmoney.ids import is_combo, spellings
from smartmoney.ingest import pages, resolving
from smartmoney.ingest.outcome import Progress, SyncOutcome, silent
from smartmoney.polymarket import market_endpoints
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.market_endpoints import MOST_IDS
from smartmoney.polymarket.pages import FeedPage
from smartmoney.polymarket.types import InterestRecord, MarketRecord, PricePoint, ResolutionRecord
from smartmoney.settings import Settings
from smartmoney.store import db, streams
from smartmoney.store.db import PostgresConnection, Store
from smartmoney.store.markets import catalog, prices
from smartmoney.store.markets.groups import groups_to_complete, note_whole
from smartmoney.units import DAY_SECONDS

SOURCE = "markets"
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
    """Refresh every open market, complete those only named by trades, and fetch what has resolved.

    Of watched markets, and those smart money is in, the prices from before our first look are fetched too.

    Closed markets are asked for until their payouts are known, and never again after that.

    Args:
        store: as `sm_ingest`.
        client: asks the API.
        settings: how many requests run at once.
        closed_limit: most markets completed, and most resolutions asked for, in this run.
        progress: told while it works.
        max_seconds: after this no further closed market is begun; the next run goes on with the others.
        history_limit: most markets whose price history is fetched in this run.

    Raises:
        TemporaryError, ShapeChanged, WalkStuck: what is stored stays, the next run begins again.
    """
    run = _Run(
        store, client, settings.worker_concurrency, progress, until=time.monotonic() + max_seconds
    )
    run.refresh_open()
    run.complete_missing(closed_limit)
    run.complete_groups(closed_limit)
    run.resolve(closed_limit)
    run.measure_interest()
    run.fill_history(history_limit)
    return run.outcome


Step = Callable[[PostgresConnection[Any], list[str]], int]


@dataclass
class _Run:
    """One run of the job."""

    store: Store
    client: Client
    at_once: int
    progress: Progress
    until: float
    outcome: SyncOutcome = field(default_factory=SyncOutcome)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def refresh_open(self) -> None:
        """Every open market, with its price of now; a page with too many odd rows ends this list, and nothing else."""
        with self.store.session() as connection:
            try:
                for number, page in enumerate(
                    market_endpoints.markets(self.client, closed=False), 1
                ):
                    self._save(connection, page, "open")
                    self.progress(number, number, f"{self.outcome.read['markets']} open markets")
            except ShapeChanged as error:
                self._fail(connection, "open", error)
            else:
                streams.complete(connection, SOURCE, "open", watermark=self.began, due_in_s=0)

    def _fail(self, connection: PostgresConnection[Any], key: str, error: ShapeChanged) -> None:
        """Note that one stream stopped; a fault that concerns all of them ends the run."""
        if not error.one_stream:
            raise error
        streams.fail(connection, SOURCE, key, str(error), 0)
        self.outcome.fail(f"{SOURCE} {key}", str(error))

    def complete_missing(self, limit: int) -> None:
        """Markets that only trades named, and those that left the open list."""
        with self.store.session() as connection:
            missing = catalog.missing_conditions(connection, self.began, limit)
        found = self._in_batches(missing, self._ask_markets, "markets completed")
        unknown = len([each for each in missing if not is_combo(each)]) - found
        if unknown > 0:
            self.outcome.note(
                f"{unknown} markets that trades name were not listed by the API; asked again later."
            )

    def complete_groups(self, limit: int) -> None:
        """Every market of the events in which somebody converted: a conversion gives shares of each."""
        with self.store.session() as connection:
            groups = dict(groups_to_complete(connection, GROUP_AGAIN_S, limit))

        def ask(connection: PostgresConnection[Any], batch: list[str]) -> int:
            return sum(self._ask_group(connection, group, groups[group]) for group in batch)

        self._in_batches(list(groups), ask, "events with conversions asked for whole")

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

    def resolve(self, limit: int) -> None:
        """Payouts of closed markets from whatever route knows them; a market price is never taken for a resolution."""
        with self.store.session() as connection:
            waiting = catalog.unresolved_conditions(connection, limit)
        self._in_batches(waiting, self._ask_payouts, "closed markets asked for their payouts")

    def measure_interest(self) -> None:
        """Open interest of the open markets somebody we know is in: what coverage of holders is measured by."""
        with self.store.session() as connection:
            held = catalog.held_conditions(connection)
        self._in_batches(held, self._ask_interest, "open markets asked for their open interest")

    def fill_history(self, limit: int) -> None:
        """Prices since each market began, for its chart: the newest come from our own looks."""
        with self.store.session() as connection:
            tokens = prices.history_due(connection, HISTORY_AGAIN_DAYS, limit)

        def ask(connection: PostgresConnection[Any], batch: list[str]) -> int:
            return sum(
                self._ask_history(connection, condition, tokens[condition]) for condition in batch
            )

        self._in_batches(list(tokens), ask, "prices of before")

    def _ask_history(self, connection: PostgresConnection[Any], condition: str, token: str) -> int:
        new = 0
        try:
            for page in market_endpoints.prices_history(self.client, token, "max", HISTORY_STEP_S):
                new += pages.committed(connection, self.outcome, _keep_history, condition, page)
        except ApiRefused as error:
            self.outcome.note(f"The price history of {condition} was refused: {error}")
        prices.note_history(connection, condition)
        self.outcome.add("prices of before", new)
        return new

    def _ask_markets(self, connection: PostgresConnection[Any], batch: list[str]) -> int:
        """Closed and open ones apart: the API never gives both in one answer."""
        found: set[str] = set()
        for closed in (True, False):
            left = [condition for condition in batch if condition not in found]
            asked = [other for condition in left for other in spellings(condition)]
            for start in range(0, len(asked), MOST_IDS):
                part = asked[start : start + MOST_IDS]
                for page in market_endpoints.markets(self.client, closed, part):
                    self._save(connection, page, "by condition")
                    found |= {each for row in page.rows for each in spellings(row.condition_id)}
        return len(found & set(batch))

    def _ask_payouts(self, connection: PostgresConnection[Any], batch: list[str]) -> int:
        """The routes that know, one after the other, each for the markets those before said nothing of."""
        left = [condition for condition in batch if not is_combo(condition)]
        for route in resolving.ROUTES:
            if not left:
                break
            try:
                for page in route(self.client, left):
                    pages.committed(connection, self.outcome, _keep_resolutions, page)
                    answered = {row.condition_id for row in page.rows}
                    left = [condition for condition in left if condition not in answered]
            except ApiRefused as error:
                self.outcome.note(f"A route of resolutions was refused: {error}")
        return len(batch)

    def _ask_interest(self, connection: PostgresConnection[Any], batch: list[str]) -> int:
        for page in market_endpoints.open_interest(self.client, batch):
            pages.committed(connection, self.outcome, _keep_interest, page)
        return len(batch)

    def _save(
        self, connection: PostgresConnection[Any], page: FeedPage[MarketRecord], key: str
    ) -> None:
        pages.committed(connection, self.outcome, _keep_markets, key, page, self.began)

    def _in_batches(self, conditions: list[str], step: Step, words: str) -> int:
        """Work off twenty at a time, several at once.

        Returns:
            The sum of what the steps returned, and one for each market that time did not suffice for.
        """
        batches = iter(
            [conditions[start : start + MOST_IDS] for start in range(0, len(conditions), MOST_IDS)]
        )
        lock, total = threading.Lock(), -(-len(conditions) // MOST_IDS)
        workers = max(1, min(self.at_once, total))
        done = [0, 0]

        def work(_: int) -> None:
            with self.store.session() as connection:
                while (batch := self._next(batches, lock)) is not None:
                    try:
                        count = step(connection, batch)
                    except ShapeChanged as error:
                        count = 0
                        self._fail(connection, words, error)
                    db.committed(connection, partial(catalog.touch_conditions, connection, batch))
                    with lock:
                        done[0], done[1] = done[0] + 1, done[1] + count
                        self.progress(done[0], total, f"{done[1]} {words}")

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, range(workers)))
        return done[1] + sum(len(batch) for batch in batches)

    def _next(self, batches: Iterator[list[str]], lock: threading.Lock) -> list[str] | None:
        with lock:
            return next(batches, None) if time.monotonic() < self.until else None


def _keep_markets(
    connection: PostgresConnection[Any],
    outcome: SyncOutcome,
    key: str,
    page: FeedPage[MarketRecord],
    at: datetime,
) -> None:
    """Markets, quarantine and cursor; a page that ends the reading moves no cursor."""
    saved = catalog.save_markets(connection, page.rows, at)
    outcome.count("markets", len(page.rows), saved)
    pages.keep(connection, page, SOURCE, key, outcome)
    if page.stop is None:
        streams.advance(connection, SOURCE, key, cursor=page.next_cursor, cursor_params=page.params)


def _keep_history(
    connection: PostgresConnection[Any],
    outcome: SyncOutcome,
    condition: str,
    page: FeedPage[PricePoint],
) -> int:
    seconds, picos = [row.ts for row in page.rows], [row.price_pico for row in page.rows]
    new = prices.save_history(connection, condition, seconds, picos)
    pages.keep(connection, page, "prices", condition, outcome)
    return new


def _keep_resolutions(
    connection: PostgresConnection[Any], outcome: SyncOutcome, page: FeedPage[ResolutionRecord]
) -> None:
    outcome.count("resolutions", len(page.rows))
    outcome.add("markets resolved", catalog.save_resolutions(connection, page.rows))
    pages.keep(connection, page, "resolutions", "by condition", outcome)


def _keep_interest(
    connection: PostgresConnection[Any], outcome: SyncOutcome, page: FeedPage[InterestRecord]
) -> None:
    catalog.save_interest(connection, page.rows)
    outcome.count("open interests", len(page.rows))
    pages.keep(connection, page, "open interest", "by condition", outcome)
