"""Read from the store what a rule looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from smartmoney.alerts.facts import (
    Facts,
    Fill,
    Firing,
    Resolution,
    Silence,
    SmartStep,
    TierHistory,
    TierStep,
)
from smartmoney.alerts.parameters import (
    Consensus,
    MarketCrosses,
    MarketResolves,
    RuleKind,
    StreamStale,
    TierChanges,
    TraderMoves,
)
from smartmoney.alerts.rules import Rule, micro
from smartmoney.store import alerts as store_alerts
from smartmoney.store.alerts import Statistic
from smartmoney.store.db import Store


@dataclass(frozen=True)
class Span:
    """Events in [start, now] are looked at; `schedules` holds the seconds between runs of each job."""

    start: datetime
    now: datetime
    schedules: Mapping[str, float]


def gather(store: Store, rule: Rule, span: Span) -> Facts:
    """Everything the rule looks at, known at `span.now`.

    Raises:
        ParameterError: the rule looks at too much.
    """
    return READERS[rule.kind](store, rule, span)


def told(store: Store, rule: Rule, start: datetime) -> list[Firing]:
    """What the rule told that still matters for events from `start` on."""
    rows = store_alerts.fired(store, rule.id, start - rule.memory) if rule.id else []
    return [Firing(**row) for row in rows]


def _markets(store: Store, keys: tuple[str, ...], watched: bool) -> list[int] | None:
    """Ids of the markets a rule names; None is all."""
    return store_alerts.market_ids(store, keys, watched) if keys or watched else None


def _moves(store: Store, rule: Rule, span: Span) -> Facts:
    wanted = rule.parameters
    assert isinstance(wanted, TraderMoves)
    begin = span.start - rule.window
    named = store_alerts.wallet_ids(store, wanted.wallets, wanted.watched)
    wallets = {*named, *store_alerts.wallets_of_tiers(store, wanted.tiers, begin, span.now)}
    markets = _markets(store, wanted.markets, wanted.watched_markets)
    rows = store_alerts.fills(
        store, sorted(wallets), begin, span.now, micro(wanted.min_usd), markets
    )
    fills = [Fill(**row) for row in rows]
    before = store_alerts.held(
        store, ((fill.trader_id, fill.outcome_id, fill.market_id) for fill in fills), begin
    )
    return Facts(
        fills=fills,
        held=before,
        named=frozenset(named),
        tiers=_tiers(store, fills, begin, span.now),
    )


def _consensus(store: Store, rule: Rule, span: Span) -> Facts:
    wanted = rule.parameters
    assert isinstance(wanted, Consensus)
    begin = span.start - rule.window
    wallets = store_alerts.wallets_of_tiers(store, wanted.tiers, begin, span.now)
    markets = _markets(store, wanted.markets, wanted.watched_markets)
    rows = store_alerts.fills(store, wallets, begin, span.now, micro(wanted.min_usd), markets)
    fills = [Fill(**row) for row in rows]
    return Facts(fills=fills, tiers=_tiers(store, fills, begin, span.now))


def _tiers(store: Store, fills: list[Fill], begin: datetime, until: datetime) -> TierHistory:
    return TierHistory(
        store_alerts.tier_history(store, {fill.trader_id for fill in fills}, begin, until)
    )


def _crossings(store: Store, rule: Rule, span: Span) -> Facts:
    wanted = rule.parameters
    assert isinstance(wanted, MarketCrosses)
    markets = _markets(store, wanted.markets, wanted.watched_markets)
    rows = store_alerts.smart_transitions(
        store, Statistic[wanted.measure], wanted.level, span.start, span.now, markets
    )
    return Facts(smart=[SmartStep(**row) for row in rows])


def _tier_changes(store: Store, rule: Rule, span: Span) -> Facts:
    wanted = rule.parameters
    assert isinstance(wanted, TierChanges)
    named = store_alerts.wallet_ids(store, wanted.wallets, wanted.watched)
    rows = store_alerts.tier_transitions(store, named, wanted.tiers, span.start, span.now)
    return Facts(tier_steps=[TierStep(**row) for row in rows], named=frozenset(named))


def _resolutions(store: Store, rule: Rule, span: Span) -> Facts:
    wanted = rule.parameters
    assert isinstance(wanted, MarketResolves)
    listed = _markets(store, wanted.markets, False) or []
    rows = store_alerts.resolutions(store, listed, wanted.watched_markets, span.start, span.now)
    return Facts(
        resolutions=[
            Resolution(
                row["at"], row["market_id"], row["event_id"], _payouts(row["names"], row["payouts"])
            )
            for row in rows
        ]
    )


def _payouts(names: list[str], micro_usd: list[int]) -> tuple[tuple[str, Decimal], ...]:
    return tuple(
        (name, Decimal(paid).scaleb(-6)) for name, paid in zip(names, micro_usd, strict=True)
    )


def _silences(store: Store, rule: Rule, span: Span) -> Facts:
    wanted = rule.parameters
    assert isinstance(wanted, StreamStale)
    least = {
        job: seconds * wanted.times
        for job, seconds in span.schedules.items()
        if seconds and (not wanted.jobs or job in wanted.jobs)
    }
    if not least:
        return Facts()
    reach = span.start - timedelta(seconds=max(least.values())) - timedelta(days=1)
    rows = store_alerts.staleness(store, least, span.start, span.now, reach)
    return Facts(
        silences=[
            Silence(row["job"], row["last"], row["next"], span.schedules[row["job"]])
            for row in rows
        ]
    )


READERS: dict[RuleKind, Callable[[Store, Rule, Span], Facts]] = {
    RuleKind.trader_moves: _moves,
    RuleKind.market_crosses: _crossings,
    RuleKind.consensus: _consensus,
    RuleKind.tier_changes: _tier_changes,
    RuleKind.market_resolves: _resolutions,
    RuleKind.stream_stale: _silences,
}
