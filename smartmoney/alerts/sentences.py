"""One sentence per firing, from templates; every text from outside is made harmless first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from smartmoney import formats
from smartmoney.alerts.facts import Firing
from smartmoney.alerts.parameters import RuleKind
from smartmoney.alerts.plain import plain
from smartmoney.formats import utc_minute

Names = Mapping[tuple[str, int], tuple[str, str]]
LONGEST = 500
VERBS = {"opens": "opened", "adds": "added to", "closes": "closed"}


def sentence(kind: RuleKind, firing: Firing, names: Names) -> str:
    """What happened, in one line of at most 500 letters."""
    return TEMPLATES[kind](firing, names)[:LONGEST]


def usd(micro: int) -> str:
    """USD, whole from 100 up."""
    return formats.long_usd(Decimal(micro).scaleb(-6))


def cents(price: Decimal | None) -> str:
    """A price in cents, one decimal."""
    return "an unknown price" if price is None else formats.cents(price)


def wallet(trader_id: int | None, names: Names) -> str:
    """Name and short address of a wallet."""
    address, name = names.get(("trader", trader_id or 0), ("", ""))
    short = formats.short_address(address) if address else f"wallet {trader_id}"
    shown = plain(name, 32)
    return f"“{shown}” ({short})" if shown else short


def market(firing: Firing, names: Names) -> str:
    """The question in quotes."""
    key, question = names.get(("market", firing.market_id or 0), ("", ""))
    return f"“{plain(question) or key[:10] or firing.market_id}”"


def outcome(firing: Firing, names: Names) -> str:
    """The outcome's name."""
    return plain(names.get(("outcome", firing.outcome_id or 0), ("", ""))[1], 40) or "an outcome"


def _move(firing: Firing, names: Names) -> str:
    what = firing.detail
    tier = f"{what['tier']}-tier " if what.get("tier") else ""
    per_share = Decimal(what["usd_micro"]) / max(what["shares_micro"], 1)
    fills = "1 fill" if what["fills"] == 1 else f"{what['fills']:,} fills"
    got = "for" if what["action"] == "closes" else "with"
    return (
        f"{tier}{wallet(firing.trader_id, names)} {VERBS[what['action']]} {outcome(firing, names)} in "
        f"{market(firing, names)} {got} {usd(what['usd_micro'])} at {cents(per_share)} in {fills}, "
        f"{utc_minute(firing.at)}."
    )


def _crossing(firing: Firing, names: Names) -> str:
    what = firing.detail
    verb = "rose through" if what["went"] == "up" else "fell through"
    return (
        f"{what['measure']} of {market(firing, names)} {verb} {what['level']:g}: "
        f"from {what['before']:.3g} to {what['value']:.3g}, "
        f"lean {what['lean']}, price {cents(firing.price)}, {utc_minute(firing.at)}."
    )


def _consensus(firing: Firing, names: Names) -> str:
    what = firing.detail
    shown = ", ".join(wallet(trader, names) for trader in what["wallets"][:3])
    more = f" and {what['count'] - 3} more" if what["count"] > 3 else ""
    return (
        f"{what['count']} smart wallets bought {outcome(firing, names)} in {market(firing, names)} for "
        f"{usd(what['usd_micro'])} net, now at {cents(firing.price)}: {shown}{more}, {utc_minute(firing.at)}."
    )


def _tier(firing: Firing, names: Names) -> str:
    what = firing.detail
    verb = "rose" if what["rose"] else "fell"
    who = wallet(firing.trader_id, names)
    return f"{who} {verb} from tier {what['before']} to {what['tier']}, {utc_minute(firing.at)}."


def _resolved(firing: Firing, names: Names) -> str:
    paid = ", ".join(
        f"{plain(name, 40) or 'an outcome'} pays {Decimal(payout).normalize():f}"
        for name, payout in firing.detail["payouts"][:6]
    )
    return f"{market(firing, names)} resolved: {paid}, {utc_minute(firing.at)}."


def _stale(firing: Firing, _: Names) -> str:
    what = firing.detail
    ended = what.get("next")
    until = f"; it works again since {utc_minute(datetime.fromisoformat(ended))}" if ended else ""
    return (
        f"{what['job']} has not succeeded since {utc_minute(datetime.fromisoformat(what['last']))}, "
        f"though it is due every {what['schedule_s'] / 60:,.0f} min{until}."
    )


TEMPLATES: dict[RuleKind, Callable[[Firing, Names], Any]] = {
    RuleKind.trader_moves: _move,
    RuleKind.market_crosses: _crossing,
    RuleKind.consensus: _consensus,
    RuleKind.tier_changes: _tier,
    RuleKind.market_resolves: _resolved,
    RuleKind.stream_stale: _stale,
}
