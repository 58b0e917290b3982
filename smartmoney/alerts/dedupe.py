"""What fires once, not too often, and not too much: de-duplication, cool-down, spacing per event, caps.

Time here is the time of the events, so the same rows give the same answer whenever they are read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from smartmoney.alerts.inputs import Firing


class Dedupe:
    """Decides which firings of one rule become alerts.

    Attributes:
        earlier: firings of this rule that became alerts before.
        accepted: firings let through, in order.
        capped: firings that passed everything but the caps.
        dropped: how many were held back, by reason.
    """

    def __init__(
        self,
        earlier: Sequence[Firing],
        since: datetime,
        now: datetime,
        *,
        room: int,
        cooldown: timedelta,
        event_spacing: timedelta,
    ) -> None:
        """Start from what became alerts before.

        Args:
            earlier: those.
            since, now: only events between these may fire.
            room: how many may be let through.
            cooldown: the least time between two alerts on the same wallet and market.
            event_spacing: the least time between alerts on two markets of one event for one wallet.
        """
        self.earlier = earlier
        self.accepted: list[Firing] = []
        self.capped: list[Firing] = []
        self.dropped: Counter[str] = Counter()
        self._since, self._now, self._room = since, now, room
        self._cooldown, self._event_spacing = cooldown, event_spacing
        self._keys: set[str] = set()
        self._subjects: dict[object, list[datetime]] = defaultdict(list)
        self._events: dict[object, list[tuple[datetime, int | None]]] = defaultdict(list)
        for firing in earlier:
            self._remember(firing)

    def offer(self, firing: Firing) -> bool:
        """Is the firing dealt with, let through or lost to a cap? False: what it adds up may count later."""
        if firing.key in self._keys or not self._since <= firing.at <= self._now:
            return False
        if self._cooling(firing):
            self.dropped["cool-down"] += 1
            return False
        if self._event_alerted(firing):
            self.dropped["event"] += 1
            return False
        full = len(self.accepted) >= self._room
        (self.capped if full else self.accepted).append(firing)
        self._remember(firing)
        return True

    def _cooling(self, firing: Firing) -> bool:
        if not self._cooldown:
            return False
        return any(abs(firing.at - at) < self._cooldown for at in self._subjects[firing.subject])

    def _event_alerted(self, firing: Firing) -> bool:
        if firing.event_id is None:
            return False
        others = self._events[firing.trader_id, firing.event_id]
        return any(
            market != firing.market_id and abs(firing.at - at) < self._event_spacing
            for at, market in others
        )

    def _remember(self, firing: Firing) -> None:
        self._keys.add(firing.key)
        self._subjects[firing.subject].append(firing.at)
        if firing.event_id is not None:
            self._events[firing.trader_id, firing.event_id].append((firing.at, firing.market_id))
