"""Short ways to write rules and facts for the pure tests; minutes count from NOW."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from smartmoney.alerts.dispatch import Evaluation, evaluate
from smartmoney.alerts.inputs import Fill, Firing, RuleInputs, TierHistory
from smartmoney.alerts.rules import Rule, parse

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=30)


def minute(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


def rule(kind: str = "trader_moves", **parameters: Any) -> Rule:
    if kind == "trader_moves" and not parameters.keys() & {"wallets", "tiers", "watched"}:
        parameters["tiers"] = ["S"]
    return Rule(1, "a rule", *parse(kind, parameters), starts_at=LONG_AGO)


def fill(
    at: float,
    usd: float = 500,
    side: int = 1,
    trader: int = 1,
    outcome: int = 1,
    price: float = 0.5,
    market: int | None = None,
    event: int | None = None,
    key: int = 0,
    traded: bool = True,
) -> Fill:
    """A fill at a minute; outcomes 1 and 2 are of market 1, 3 and 4 of market 2, and so on."""
    return Fill(
        minute(at),
        key,
        trader,
        market or (outcome + 1) // 2,
        event,
        outcome,
        side,
        round(usd / price * 1e6),
        round(usd * 1e6) if traded else 0,
        round(price * 1e12),
        traded,
        other_id=outcome + 1 if outcome % 2 else outcome - 1,
    )


def everywhere(at: float, shares: float, side: int, trader: int = 1) -> list[Fill]:
    """A split (side 1) or a merge (-1) of so many dollars of market 1."""
    return [
        fill(at, shares * 0.5, side, trader, outcome, price=0.5, traded=False) for outcome in (1, 2)
    ]


def facts(fills: list[Fill], tiers: dict[int, str] | None = None, **values: Any) -> RuleInputs:
    known = tiers or {wallet: "S" for wallet in {one.trader_id for one in fills}}
    history = TierHistory({wallet: [(LONG_AGO, tier, False)] for wallet, tier in known.items()})
    ordered = sorted(fills, key=lambda one: (one.ts, -one.side, one.traded, one.key))
    return RuleInputs(fills=ordered, tiers=values.pop("history", history), **values)


def judge(
    rule_: Rule,
    facts_: RuleInputs,
    told: tuple[Firing, ...] = (),
    start: datetime | None = None,
    now: datetime | None = None,
    room: int = 10**9,
) -> Evaluation:
    return evaluate(
        rule_, facts_, told, start or NOW - timedelta(days=2), now or NOW + timedelta(days=2), room
    )
