"""The live stream: new trades of watched and top-tier wallets within a minute, and the alerts they make.

The feed says who traded; the wallet is then read from REST as every sync reads it, so a trade is stored once whatever way it came,
and what the feed missed (a cut connection, the maker's side) comes with the next read of its wallet.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from smartmoney import ingest
from smartmoney.alerts import RuleKind
from smartmoney.errors import ApiUnavailable, SmartmoneyError, StoreUnavailable, UserError
from smartmoney.jobs.alerting import evaluate_alerts
from smartmoney.jobs.latency import Latency, spread
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.runner import JobRun, job, opened, run_job
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.feed import Heard, TradeFeed
from smartmoney.settings import Settings
from smartmoney.store import alerts as store_alerts
from smartmoney.store.db import Store
from smartmoney.store.streams import live
from smartmoney.store.streams.budget import PostgresBudget

log = logging.getLogger(__name__)

SETTLE_S = 2.0
"""A trade is looked for so long after it was heard: REST shows it a moment later."""
AGAIN_S = 45.0
"""Every followed wallet is read at least so often, for what the feed does not tell."""
GIVE_UP_S = 180.0
EVALUATE_S = 10.0
FOLLOW_S = 60.0
HEARTBEAT_S = 10.0
MOST_AT_ONCE = 50
READ_S = 30.0
WAIT_AFTER_ERROR_S = 15.0
SILENT_S = 300.0
"""On an open line, so long without a trade of anybody at all is a fault of the feed: there are several every second."""
REMEMBERED = 100_000
FED_BY_FILLS = (RuleKind.trader_moves, RuleKind.consensus)


@dataclass
class Waiting:
    """Trades of one wallet that were heard and are not stored yet."""

    trades: dict[str, Heard] = field(default_factory=dict)
    tries: int = 0
    next_at: float = 0.0


@dataclass
class Watch:
    """What is kept between the reports of a stream. Times are Unix seconds.

    Attributes:
        store, client, settings, feed: what it works with.
        again_s: every followed wallet is read at least so often.
        wallets: ids of the followed wallets by address.
        waiting: trades heard and not stored yet, by wallet.
        read_at: when each wallet was last read.
        seconds: from a trade to its row, of those heard since the last report.
        latency: how long it took to hear, store and tell trades, of the newest ten thousand.
        known: (wallet, transaction) of the trades heard lately: the feed tells a trade once by type, and one type may
            lag the other by an hour.
        counts: what came and changed since the last report.
    """

    store: Store
    client: Client
    settings: Settings
    feed: TradeFeed
    again_s: float = AGAIN_S
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    wallets: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    read_at: dict[str, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    latency: Latency = field(default_factory=Latency)
    known: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)
    counts: Counter[str] = field(default_factory=Counter)
    error: str = ""
    gaps: tuple[int, int] = (0, 0)
    owed: bool = False
    followed_at: float = 0.0
    evaluated_at: float = 0.0
    heartbeat_at: float = 0.0

    def turn(self) -> None:
        """Hear, read what is due, tell what came of it; takes a second when there is nothing to do.

        Raises:
            StoreUnavailable: the database is away.
        """
        self._hear(self.feed.take(1.0))
        now = time.time()
        if now - self.followed_at >= FOLLOW_S:
            self.wallets, self.followed_at = (
                live.followed(self.store, self.settings.smart_tiers),
                now,
            )
        if self.gaps != (self.feed.connects, self.feed.lost):
            self.gaps = (self.feed.connects, self.feed.lost)
            self.read_at = dict.fromkeys(self.wallets, now - self.again_s + SETTLE_S)
        if due := self.due(now):
            self._read(due)
        if self.owed and now - self.evaluated_at >= EVALUATE_S:
            self._evaluate(now)
        if now - self.heartbeat_at >= HEARTBEAT_S:
            self.heartbeat_at = now
            live.heartbeat(self.store, stream_trades.job.name, self.started_at, self.health())

    def _hear(self, news: Iterable[Heard]) -> None:
        for trade in news:
            key = (trade.wallet, trade.tx)
            if trade.wallet not in self.wallets or key in self.known:
                continue
            self.known[key] = None
            if len(self.known) > REMEMBERED:
                self.known.popitem(last=False)
            self.counts["trades heard"] += 1
            self.latency.note("heard", [trade.at - trade.ts])
            waiting = self.waiting.setdefault(trade.wallet, Waiting(next_at=trade.at + SETTLE_S))
            waiting.trades[trade.tx] = trade

    def due(self, now: float) -> list[str]:
        """Wallets to read now: those heard of first, then those not read for long; at most `MOST_AT_ONCE`."""
        heard = [wallet for wallet, waiting in self.waiting.items() if waiting.next_at <= now]
        old = sorted(
            (
                wallet
                for wallet in self.wallets
                if now - self.read_at.get(wallet, 0.0) >= self.again_s
            ),
            key=lambda wallet: self.read_at.get(wallet, 0.0),
        )
        return list(dict.fromkeys([*heard, *old]))[:MOST_AT_ONCE]

    def _read(self, due: list[str]) -> None:
        try:
            outcome = ingest.sync_trader_trades(
                self.store, self.client, self.settings, due, len(due), READ_S
            )
            self.counts["fills new"] += outcome.written["fills new"]
            self.owed = self.owed or outcome.written["fills new"] > 0
            self.error = next(iter(outcome.failed.values()), "")
        except StoreUnavailable:
            raise
        except SmartmoneyError as error:
            self.error = str(error)
            log.warning("Reading %d wallets failed: %s", len(due), error)
        self.counts["wallets read"] += len(due)
        now = time.time()
        self.read_at.update(dict.fromkeys(due, now))
        self._settle([wallet for wallet in due if wallet in self.waiting], now)

    def _settle(self, wallets: list[str], now: float) -> None:
        """Forget what is stored by now; look for the rest again, later and later, and not for ever."""
        if not wallets:
            return
        wanted = [trade for wallet in wallets for trade in self.waiting[wallet].trades.values()]
        since = datetime.fromtimestamp(min(trade.ts for trade in wanted), UTC)
        stored = live.arrived(self.store, wallets, {trade.tx for trade in wanted}, since)
        for trade in wanted:
            here = (trade.wallet, trade.tx) in stored
            if here:
                self.seconds.append(max(0.0, now - trade.ts))
                self.latency.note("stored", [now - trade.ts])
            elif now - trade.at > GIVE_UP_S:
                self.counts["heard and never found"] += 1
            if here or now - trade.at > GIVE_UP_S:
                del self.waiting[trade.wallet].trades[trade.tx]
        for wallet in wallets:
            waiting = self.waiting[wallet]
            waiting.tries += 1
            waiting.next_at = now + 2.0 ** min(waiting.tries, 5)
            if not waiting.trades:
                del self.waiting[wallet]

    def _evaluate(self, now: float) -> None:
        """Evaluate the rules that look at fills; when somebody else is at it, again a little later."""
        before, self.evaluated_at = self.evaluated_at or now, now
        rules = [row["id"] for row in store_alerts.rules(self.store) if row["kind"] in FED_BY_FILLS]
        if not rules:
            self.owed = False
            return
        try:
            report = evaluate_alerts(rules=rules, store=self.store, settings=self.settings)
        except UserError as error:
            log.warning("The rules were not evaluated: %s", error)
            return
        self.owed = report.status == "already running"
        self.counts["alerts"] += report.written.get("alerts", 0)
        if report.written.get("alerts"):
            since = datetime.fromtimestamp(min(before, now), UTC)
            self.latency.note("told", live.alert_seconds(self.store, rules, since))

    def health(self) -> dict[str, object]:
        """How the stream is, for the health page: `lag_s` is the age of the newest frame, answers to pings included."""
        newest, now = self.feed.last_frame_at, time.time()
        silent = self.feed.trades_silent_s(now)
        return {
            "connected": self.feed.connected,
            "lag_s": None if newest is None else round(now - newest, 1),
            "wallets": len(self.wallets),
            "waiting": sum(len(waiting.trades) for waiting in self.waiting.values()),
            "reconnects": max(0, self.feed.connects - 1),
            "trades_silent_s": None if silent is None else round(silent),
            "latency": self.latency.rows(),
            "error": (self.feed.error or self.silence() or self.error)[:300],
        }

    def silence(self) -> str:
        """What to say of an open line on which nobody trades, or ""."""
        silent = self.feed.trades_silent_s(time.time())
        if silent is None or silent < SILENT_S:
            return ""
        return f"the line is open and answers, but it has told no trade of anybody for {silent / 60:.0f} minutes"

    def follow(self, seconds: float, report: JobReport) -> None:
        """Follow the feed for a while, then report; what was heard and is not stored yet is kept for the next call.

        Raises:
            ApiUnavailable: the feed was away or silent at the end.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.turn()
        self.report(report)

    def report(self, report: JobReport) -> None:
        """Say what was read and written since the last report, and count from 0 again.

        Raises:
            ApiUnavailable: the feed was away or silent at the end; the trades came from REST alone.
        """
        counts, seconds = self.counts, self.seconds
        self.counts, self.seconds = Counter(), []
        report.read = {
            name: counts[name] for name in ("trades heard", "wallets read", "heard and never found")
        }
        report.read |= {"wallets followed": len(self.wallets), "connections": self.feed.connects}
        report.written = {name: counts[name] for name in ("fills new", "alerts")}
        took = ""
        if seconds:
            found = spread(seconds)
            took = (
                f" {found['half']:.0f} s after they happened (nine of ten within {found['nine_of_ten']:.0f} s, "
                f"the slowest {found['slowest']:.0f} s)"
            )
        report.sentences = [
            f"{len(self.wallets)} wallets followed: {counts['trades heard']} of their trades heard, "
            f"{counts['fills new']} fills stored{took}, {counts['alerts']} alerts raised."
        ]
        if not self.feed.connected:
            raise ApiUnavailable(
                f"The trade feed is away ({self.feed.error}); wallets are read by REST meanwhile."
            )
        if silence := self.silence():
            raise ApiUnavailable(f"The trade feed is silent: {silence}; wallets are read by REST.")


@job(
    every=0,
    schedule="Seconds between reports of the live trade feed, which brings trades of watched and top wallets "
    "within a minute (300 is good); 0: off.",
    has_notebook=False,
    late="new trades of watched and top wallets come with the next sync only",
)
def stream_trades(run: JobRun, *, seconds: float = 300.0) -> None:
    """Follow the live feed for a while: store new trades of watched and top-tier wallets, and raise their alerts.

    Args:
        run: store, settings and report.
        seconds: how long.

    Raises:
        ApiUnavailable: the feed was away at the end.
    """
    with watching(run.store, run.settings) as watch:
        watch.follow(seconds, run.report)


@contextmanager
def watching(store: Store | None, settings: Settings, again_s: float = AGAIN_S) -> Iterator[Watch]:
    """A watch with the feed open.

    Raises:
        SettingError: an address may not be asked.
    """
    with (
        opened(store, settings) as own,
        Client(settings, PostgresBudget(own)) as client,
        TradeFeed(settings) as feed,
    ):
        yield Watch(own, client, settings, feed, again_s)


def report_once(watch: Watch, seconds: float) -> JobReport:
    """One run of `stream_trades` that goes on with a watch.

    Raises:
        ApiUnavailable: the feed was away at the end.
    """
    parameters = {"seconds": seconds}
    return run_job(watch.store, stream_trades.job, parameters, partial(watch.follow, seconds))


def watch_forever(settings: Settings) -> None:
    """Follow the feed until the process is told to stop, with a report every SCHEDULE_STREAM_TRADES_S.

    Raises:
        SettingError: an address may not be asked.
    """
    seconds = settings.schedules()[stream_trades.job.name] or 300.0
    with watching(None, settings) as watch:
        while True:
            try:
                report = report_once(watch, seconds)
                if report.status == "already running":
                    time.sleep(WAIT_AFTER_ERROR_S)
            except SmartmoneyError as error:
                log.warning("%s", error)
                time.sleep(WAIT_AFTER_ERROR_S)
