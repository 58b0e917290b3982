"""Wallets that open, add to, or close a position above a size.

A position is net exposure to an outcome (`smartmoney.alerts.exposure`). Changes of one wallet, outcome and direction within
the rule's span are one move. A position is open from its first addition after it was flat; what is added within the span of
that opens it, what is added later adds to it. A change that became an alert once never counts again, so a late row fires and
an early one does not fire twice.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from smartmoney.alerts import phrases
from smartmoney.alerts.dedupe import Dedupe
from smartmoney.alerts.exposure import Change, changes
from smartmoney.alerts.inputs import Fill, Firing, RuleInputs, Span
from smartmoney.alerts.kinds.options import MarketRule, RuleKind, Usd, WalletRule
from smartmoney.alerts.kinds.reading import read_fills
from smartmoney.alerts.phrases import Names
from smartmoney.net_exposure import is_flat
from smartmoney.store import alerts as store_alerts
from smartmoney.store.db import Store
from smartmoney.units import PICO, to_micro


class Action(StrEnum):
    """What a wallet does with a position."""

    opens = "opens"
    adds = "adds"
    closes = "closes"


VERBS = {Action.opens: "opened", Action.adds: "added to", Action.closes: "closed"}


class TraderMoves(WalletRule, MarketRule):
    """A wallet opens, adds to, or closes a position above a size.

    Attributes:
        wallets, tiers, watched: who: these wallets, those of these tiers at that time, those on the
            watchlist.
        actions: which moves.
        min_usd: least size of a move: USD paid (opens, adds) or received (closes).
        within_minutes: fills of one wallet, outcome and side in this span are one move.
        markets, watched_markets: where; everywhere by default.
    """

    kind: ClassVar[RuleKind] = RuleKind.trader_moves

    actions: tuple[Action, ...] = Field(tuple(Action), min_length=1)
    min_usd: Usd = Decimal(1_000)
    within_minutes: int = Field(60, ge=1, le=1_440)

    @property
    def window(self) -> timedelta:
        """The span that one move may take."""
        return timedelta(minutes=self.within_minutes)

    def read(self, store: Store, span: Span) -> RuleInputs:
        """Fills of the rule's wallets, what they held before, and their tiers."""
        begin = span.start - self.window
        named = store_alerts.wallet_ids(store, self.wallets, self.watched)
        of_tiers = store_alerts.wallets_of_tiers(store, self.tiers, begin, span.now)
        return read_fills(
            store,
            {*named, *of_tiers},
            begin,
            span.now,
            to_micro(self.min_usd),
            self.market_ids(store),
            frozenset(named),
        )

    def evaluate(self, rule_id: int, inputs: RuleInputs, dedupe: Dedupe) -> None:
        """Offer every move of the rule's wallets."""
        positions = _positions(dedupe.earlier)
        for change in changes(inputs.fills, inputs.held):
            position = positions[change.fill.pair]
            position.move(change)
            parts = self._parts(change, position, inputs)
            if sum(part.cash_micro for part in parts) < to_micro(self.min_usd) or not parts:
                continue
            action = position.action(change, self.window)
            if action and dedupe.offer(_firing(rule_id, action, parts, change, inputs)):
                position.note(action, parts)

    def _parts(self, change: Change, position: Position, inputs: RuleInputs) -> list[Fill]:
        """The fills that add up to a move with this one, none where it is no move the rule asks for."""
        fill = change.fill
        dear = fill.price_pico > self.cap * PICO
        if dear or position.is_alerted(fill) or not self._follows(fill, inputs):
            return []
        action = position.action(change, self.window)
        if (action or Action.closes) not in self.actions:
            return []
        recent = position.counted(fill, self.window)
        if action is None:
            return []
        opened = position.opened_at if action is Action.opens else None
        return [part for part in recent if opened is None or part.ts >= opened]

    def _follows(self, fill: Fill, inputs: RuleInputs) -> bool:
        return fill.trader_id in inputs.named or (
            bool(self.tiers) and inputs.tiers.at(fill.trader_id, fill.ts)[0] in self.tiers
        )

    def sentence(self, firing: Firing, names: Names) -> str:
        """Who did what, where, for how much."""
        detail = firing.detail
        tier = f"{detail['tier']}-tier " if detail.get("tier") else ""
        per_share = Decimal(detail["usd_micro"]) / max(detail["shares_micro"], 1)
        fills = "1 fill" if detail["fills"] == 1 else f"{detail['fills']:,} fills"
        link = "for" if detail["action"] == Action.closes else "with"
        verb = "changed sides to" if detail.get("flipped") else VERBS[detail["action"]]
        return (
            f"{tier}{phrases.wallet(firing.trader_id, names)} {verb} {phrases.outcome(firing, names)} "
            f"in {phrases.market(firing, names)} {link} {phrases.usd(detail['usd_micro'])} at "
            f"{phrases.cents(per_share)} in {fills}, {phrases.utc_minute(firing.at)}."
        )


@dataclass
class Position:
    """One wallet's exposure to one outcome while walking.

    Attributes:
        largest: the most it was since it was opened, micro-shares.
        opened_at: when it was last flat and added to; None when that was before the first fill.
        spans: what became alerts: action, from, to.
        added, reduced: changes without an alert that may still count.
    """

    largest: int = 0
    opened_at: datetime | None = None
    spans: list[tuple[Action, datetime, datetime]] = field(default_factory=list)
    added: deque[Fill] = field(default_factory=deque)
    reduced: deque[Fill] = field(default_factory=deque)

    def move(self, change: Change) -> None:
        """Book a change."""
        self.largest = max(self.largest, change.before)
        if change.fill.side > 0 and is_flat(change.before, self.largest):
            self.opened_at, self.largest = change.fill.ts, 0
        self.largest = max(self.largest, change.after)

    def is_alerted(self, fill: Fill) -> bool:
        """Was the fill part of an alert?"""
        return any(
            start <= fill.ts <= end and (action is Action.closes) == (fill.side < 0)
            for action, start, end in self.spans
        )

    def action(self, change: Change, span: timedelta) -> Action | None:
        """What the change is part of; None for a reduction that closes nothing."""
        if change.fill.side < 0:
            closed = is_flat(change.after, self.largest)
            return Action.closes if closed and not is_flat(change.before, self.largest) else None
        opened = self.opened_at
        if opened is None or change.fill.ts - opened > span:
            return Action.adds
        alerted = any(
            action is Action.opens and opened <= end <= change.fill.ts
            for action, _, end in self.spans
        )
        return Action.adds if alerted else Action.opens

    def counted(self, fill: Fill, span: timedelta) -> deque[Fill]:
        """The changes of the same direction up to `span` back that count, this one included."""
        recent = self.added if fill.side > 0 else self.reduced
        recent.append(fill)
        while fill.ts - recent[0].ts > span:
            recent.popleft()
        return recent

    def note(self, action: Action, parts: Sequence[Fill]) -> None:
        """Remember that these, the newest of their direction, became an alert."""
        self.spans.append((action, parts[0].ts, parts[-1].ts))
        recent = self.reduced if action is Action.closes else self.added
        for _ in parts:
            recent.pop()


def _positions(earlier: Iterable[Firing]) -> defaultdict[tuple[int, int], Position]:
    positions: defaultdict[tuple[int, int], Position] = defaultdict(Position)
    for firing in earlier:
        if "action" in firing.detail and firing.trader_id and firing.outcome_id:
            start = datetime.fromisoformat(firing.detail["from"])
            span = (Action(firing.detail["action"]), start, firing.at)
            positions[firing.trader_id, firing.outcome_id].spans.append(span)
    return positions


def _firing(
    rule_id: int, action: Action, parts: Sequence[Fill], change: Change, inputs: RuleInputs
) -> Firing:
    last = parts[-1]
    cash, shares = sum(part.cash_micro for part in parts), sum(part.size_micro for part in parts)
    detail = {
        "action": action.value,
        "from": parts[0].ts.isoformat(),
        "usd_micro": cash,
        "shares_micro": shares,
        "fills": len(parts),
        "tier": inputs.tiers.at(last.trader_id, last.ts)[0],
        **({"flipped": True} if change.flipped else {}),
    }
    return Firing(
        key=f"{rule_id}:{action}:{last.trader_id}:{last.outcome_id}:{last.ts.timestamp():.0f}",
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
