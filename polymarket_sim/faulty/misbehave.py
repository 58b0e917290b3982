"""Misbehaviour on request: rules say on which routes, when, and what goes wrong; a middleware carries them
out."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from polymarket_sim.faulty import faults
from polymarket_sim.faulty.exchange import Exchange


@dataclass
class Rule:
    """One misbehaviour.

    Attributes:
        route: glob on the path, host prefix included, such as "/data/v2/*" or "*".
        what: a name of `faults.FAULTS`.
        nth: fire on these matching requests only, counted from 1 (an int or several).
        probability: fire by chance (seeded by the world).
        next: fire on the next so many matching requests, then never again.
        options: details of the fault, see `faults`.
    """

    route: str
    what: str
    nth: int | list[int] | None = None
    probability: float | None = None
    next: int | None = None
    options: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    fired: int = 0

    def fires(self, path: str, chance: random.Random) -> bool:
        """Whether this request is hit; counts it."""
        if not fnmatchcase(path, self.route):
            return False
        self.seen += 1
        wanted = [self.nth] if isinstance(self.nth, int) else self.nth
        hit = wanted is None or self.seen in wanted
        hit = hit and (self.probability is None or chance.random() < self.probability)
        hit = hit and (self.next is None or self.fired < self.next)
        self.fired += hit
        return hit


def rule_of(described: Mapping[str, Any]) -> Rule:
    """A rule from JSON; keys that are not attributes of `Rule` become options.

    Raises:
        ValueError: no route, or no fault of that name.
    """
    if "route" not in described or described.get("what") not in faults.FAULTS:
        raise ValueError(
            f"a rule needs a 'route' and a 'what' of: {', '.join(sorted(faults.FAULTS))}"
        )
    known = {item.name for item in fields(Rule)} - {"options", "seen", "fired"}
    options = {
        **described.get("options", {}),
        **{k: v for k, v in described.items() if k not in known | {"options"}},
    }
    return Rule(**{name: described[name] for name in known if name in described}, options=options)


class Misbehaviour:
    """The rules in force. The first rule that fires wins; `tick` lets the world go on between two pages."""

    def __init__(self, rules: list[Rule], seed: int, tick: Callable[[int], None]) -> None:
        self.rules = rules
        self._chance = random.Random(seed)
        self._memory: dict[str, Any] = {}
        self._tick = tick

    def add(self, route: str, what: str, **more: Any) -> Rule:
        """Add a rule, as `rule_of` reads it; returns it, for its counters."""
        rule = rule_of({"route": route, "what": what, **more})
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Behave again."""
        self.rules.clear()

    def around(self, app: ASGIApp) -> ASGIApp:
        """The application with this misbehaviour in front of it."""

        async def misbehaving(scope: Scope, receive: Receive, send: Send) -> None:
            exchange = Exchange(scope, receive, send, app, self._memory, self._tick)
            faults.unwrap(exchange)
            hits = [rule for rule in list(self.rules) if rule.fires(scope["path"], self._chance)]
            if hits:
                await faults.FAULTS[hits[0].what](exchange, hits[0].options)
            elif any(rule.what in faults.WATCHING for rule in self.rules):
                await faults.watch(exchange)
            else:
                await app(exchange.scope, receive, send)

        return misbehaving
