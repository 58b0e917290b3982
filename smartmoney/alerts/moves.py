"""Wallets that open, add to, or close a position above a size.

Fills of one wallet, outcome and side within the rule's span are one move. A position is open from its first
fill after holding less than one share; what is bought within the span of that fill opens it, what is bought
later adds to it. A fill that was told once is never counted again, so a late row is told and an early one is
not repeated.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from smartmoney.alerts.facts import Facts, Fill, Firing
from smartmoney.alerts.gate import Gate
from smartmoney.alerts.parameters import Action, TraderMoves
from smartmoney.alerts.rules import Rule, micro

DUST_MICRO = 1_000_000  # one share: worth a dollar at most


@dataclass
class Book:
    """One wallet's dealings in one outcome while walking.

    Attributes:
        held: shares, micro-units; never negative, as history may be incomplete.
        opened_at: when it was last flat and bought; None when that was before the first fill.
        spans: what was told: action, from, to.
        buys, sells: fills not told yet that may still count.
    """

    held: int = 0
    opened_at: datetime | None = None
    spans: list[tuple[Action, datetime, datetime]] = field(default_factory=list)
    buys: deque[Fill] = field(default_factory=deque)
    sells: deque[Fill] = field(default_factory=deque)

    def move(self, fill: Fill) -> tuple[int, int]:
        """Book the fill; returns the shares held before and after it."""
        before = self.held
        if fill.side > 0 and before < DUST_MICRO:
            self.opened_at = fill.ts
        self.held = max(0, before + fill.side * fill.size_micro)
        return before, self.held

    def is_told(self, fill: Fill) -> bool:
        """Was the fill part of something told?"""
        return any(
            start <= fill.ts <= end and (action is Action.closes) == (fill.side < 0)
            for action, start, end in self.spans
        )

    def action(self, fill: Fill, before: int, after: int, span: timedelta) -> Action | None:
        """What the fill is part of; None for a sale that closes nothing."""
        if fill.side < 0:
            return Action.closes if before >= DUST_MICRO > after else None
        opening = self.opened_at is not None and fill.ts - self.opened_at <= span
        told = opening and any(
            action is Action.opens and self.opened_at <= end <= fill.ts  # type: ignore[operator]
            for action, _, end in self.spans
        )
        return Action.opens if opening and not told else Action.adds

    def counted(self, fill: Fill, span: timedelta) -> deque[Fill]:
        """The untold fills of the same side up to `span` back, this one included."""
        recent = self.buys if fill.side > 0 else self.sells
        recent.append(fill)
        while fill.ts - recent[0].ts > span:
            recent.popleft()
        return recent

    def tell(self, action: Action, parts: list[Fill]) -> None:
        """Note that these fills, the newest of their side, were told."""
        self.spans.append((action, parts[0].ts, parts[-1].ts))
        recent = self.sells if action is Action.closes else self.buys
        for _ in parts:
            recent.pop()


def walk(rule: Rule, facts: Facts, gate: Gate) -> None:
    """Offer every move of the rule's wallets to the gate, in the order of time."""
    wanted = rule.parameters
    assert isinstance(wanted, TraderMoves)
    books = _books(facts, gate.told)
    least = micro(wanted.min_usd)
    cap = wanted.cap * 10**12
    for fill in facts.fills:
        book = books[fill.pair]
        before, after = book.move(fill)
        if (
            not fill.traded
            or fill.price_pico > cap
            or book.is_told(fill)
            or not _is_followed(fill, facts, wanted)
        ):
            continue
        action = book.action(fill, before, after, rule.window)
        if action not in wanted.actions and not (
            action is None and Action.closes in wanted.actions
        ):
            continue
        recent = book.counted(fill, rule.window)
        if action is None:
            continue
        parts = [
            part
            for part in recent
            if action is not Action.opens or part.ts >= (book.opened_at or part.ts)
        ]
        if sum(part.cash_micro for part in parts) >= least and gate.offer(
            _firing(rule, action, parts, facts)
        ):
            book.tell(action, parts)


def _books(facts: Facts, told: Sequence[Firing]) -> defaultdict[tuple[int, int], Book]:
    books: defaultdict[tuple[int, int], Book] = defaultdict(Book)
    for pair, shares in facts.held.items():
        books[pair].held = max(0, shares)
    for firing in told:
        if (
            "action" in firing.detail
            and firing.trader_id is not None
            and firing.outcome_id is not None
        ):
            start = datetime.fromisoformat(firing.detail["from"])
            span = (Action(firing.detail["action"]), start, firing.at)
            books[firing.trader_id, firing.outcome_id].spans.append(span)
    return books


def _is_followed(fill: Fill, facts: Facts, wanted: TraderMoves) -> bool:
    return fill.trader_id in facts.named or (
        bool(wanted.tiers) and facts.tiers.at(fill.trader_id, fill.ts)[0] in wanted.tiers
    )


def _firing(rule: Rule, action: Action, parts: list[Fill], facts: Facts) -> Firing:
    last = parts[-1]
    cash, shares = sum(part.cash_micro for part in parts), sum(part.size_micro for part in parts)
    detail = {
        "action": action.value,
        "from": parts[0].ts.isoformat(),
        "usd_micro": cash,
        "shares_micro": shares,
        "fills": len(parts),
        "tier": facts.tiers.at(last.trader_id, last.ts)[0],
    }
    return Firing(
        key=f"{rule.id}:{action}:{last.trader_id}:{last.outcome_id}:{last.ts.timestamp():.0f}",
        at=last.ts,
        trader_id=last.trader_id,
        market_id=last.market_id,
        event_id=last.event_id,
        outcome_id=last.outcome_id,
        direction=-1 if action is Action.closes else 1,
        price=last.price,
        strength=float(cash),
        detail=detail,
    )
