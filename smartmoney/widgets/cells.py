"""A cell of a table, card or header: text, what hovering shows, a tone, and at times a small drawing.

A cell is a JSON dict the browser turns into DOM nodes, never into markup: t text, h hover, c tone (gain,
loss, dim, amber, red), k kind (tier, chip, interval, spark, bars, flags, buttons), u link, n a note in small type,
v values of a drawing, y the full text that a copy button copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from smartmoney.widgets import formats, links, palette
from smartmoney.widgets.formats import DASH, Number

Cell = dict[str, Any]
LEAN_TONES = {"YES": "gain", "NO": "loss", "MIXED": "amber", "INSUFFICIENT": "dim"}
STATUS_TONES = {"OPEN": "gain", "CLOSED": "amber", "RESOLVED": "dim"}
COVERAGE_TONES = {"complete": "gain", "partial": "amber", "conflicted": "red", "unchecked": "dim"}
FLAG_WORDS = {
    "MM": "market maker: most of its volume rests in the book",
    "BOT": "automated: trades too often and too evenly for a person",
    "WASH": "trades with itself or in circles",
    "FARM": "trades for rewards, not for outcomes",
    "ONE_EVENT": "one event makes most of its result",
    "HEDGER": "holds both sides most of the time",
    "PARTIAL": "part of its history is missing",
}


def none(reason: str) -> Cell:
    """An en dash, and why nothing stands here."""
    return {"t": DASH, "h": reason, "c": "dim"}


def text(
    value: str | None, hover: str = "", tone: str = "", link: str = "", note: str = ""
) -> Cell:
    """Plain text; an en dash for none."""
    if not value:
        return none(hover or "not known")
    cell = {
        "t": formats.words(value),
        "h": formats.words(hover or (value if len(value) > 90 else ""), 1000),
        "c": tone,
        "u": link,
        "n": note,
    }
    return {key: part for key, part in cell.items() if part}


def number(value: Number | None, reason: str = "not computed") -> Cell:
    """A count with thousands separators."""
    return none(reason) if value is None else {"t": f"{value:,.0f}"}


def gain(value: Number | None, reason: str = "not computed") -> Cell:
    """USD with sign and colour together; the full value on hover."""
    if value is None:
        return none(reason)
    tone = "gain" if value > 0 else "loss" if value < 0 else ""
    return {"t": formats.gain(value), "h": formats.usd_full(value), "c": tone}


def usd(value: Number | None, reason: str = "not reported") -> Cell:
    """USD without a colour; the full value on hover."""
    return (
        none(reason) if value is None else {"t": formats.usd(value), "h": formats.usd_full(value)}
    )


def cents(price: Number | None, reason: str = "no price") -> Cell:
    """A price in cents; the exact price on hover."""
    return (
        none(reason)
        if price is None
        else {"t": formats.cents(price), "h": f"${float(price):.6f} per share"}
    )


def cents_change(change: Number | None, reason: str = "no price a day ago") -> Cell:
    """A change of price in cents, with sign and colour."""
    if change is None:
        return none(reason)
    value = float(change) * 100
    sign, tone = ("+", "gain") if value > 0 else ("−", "loss") if value < 0 else ("", "")
    return {"t": f"{sign}{abs(value):.1f}¢", "c": tone}


def shares(value: Number | None) -> Cell:
    """Shares, compact; the exact number on hover."""
    return (
        none("not reported")
        if value is None
        else {"t": formats.compact(value), "h": f"{value:,} shares"}
    )


def rate(value: Number | None, n: int | None, reason: str = "nothing decided yet") -> Cell:
    """A rate with its n beside it."""
    if value is None:
        return none(reason)
    return {"t": formats.percent(value), "n": f"n={n:,}" if n is not None else "n=?"}


def share(value: Number | None, reason: str = "not computed", note: str = "") -> Cell:
    """A share in percent."""
    if value is None:
        return none(reason)
    return {"t": formats.percent(value), **({"n": note} if note else {})}


def probability(value: float | None, reason: str = "not computed") -> Cell:
    """A probability with three decimals."""
    return none(reason) if value is None else {"t": f"{value:.3f}"}


def score(value: float | None, reason: str = "not known without liquidity") -> Cell:
    """A plain score with one decimal."""
    return none(reason) if value is None else {"t": f"{value:.1f}"}


def factor(value: float | None, n: int | None) -> Cell:
    """Gross gains over gross losses; no losses are said in words."""
    if value is not None:
        return {"t": f"{value:.2f}"}
    return {"t": "no losses", "n": f"n={n:,}"} if n else none("nothing decided yet")


def when(moment: datetime | None, now: datetime, reason: str = "never") -> Cell:
    """Relative time; UTC on hover."""
    return (
        none(reason)
        if moment is None
        else {"t": formats.ago(moment, now), "h": formats.utc(moment)}
    )


def tier(value: str | None, reason: str = "not scored yet") -> Cell:
    """A tier's badge."""
    return none(reason) if value is None else {"t": value, "k": "tier", "h": f"tier {value}"}


def chip(value: str | None, tone: str = "", hover: str = "", reason: str = "not known") -> Cell:
    """A word in a coloured frame."""
    return (
        none(reason)
        if not value
        else {
            "t": value,
            "k": "chip",
            "c": tone,
            **({"h": formats.words(hover, 600)} if hover else {}),
        }
    )


def flags(values: Sequence[str] | None) -> Cell:
    """A wallet's flags, each explained on hover."""
    if not values:
        return {"t": ""}
    explained = "; ".join(f"{flag}: {FLAG_WORDS.get(flag, 'flagged')}" for flag in values)
    return {"t": " ".join(values), "k": "flags", "v": list(values), "h": explained}


REACH = 8.0  # points an interval bar shows to either side of zero, at least


def reach(rows: Iterable[Mapping[str, Any]]) -> float:
    """How far the interval bars of these rows must reach, so that none of them is cut: one scale for a whole table."""
    ends = (
        abs(row[end])
        for row in rows
        for end in ("skill_lo", "skill_hi")
        if row.get(end) is not None
    )
    return max(REACH, *ends, REACH)


def interval(
    value: float | None,
    low: float | None,
    high: float | None,
    reach: float = REACH,
    reason: str = "not computed",
    unit: str = "pp",
) -> Cell:
    """A value with its 90 % interval, as a bar over [-reach, reach]."""
    if value is None:
        return none(reason)
    written = formats.points(value) if unit == "pp" else f"{value:+.2f}".replace("-", "−")
    if low is None or high is None:
        return {"t": written, "h": "no interval"}
    between = f"{low:+.1f} to {high:+.1f} {unit}" if unit == "pp" else f"{low:+.2f} to {high:+.2f}"
    tone = "gain" if low > 0 else "loss" if high < 0 else ""
    bar = [max(min(part / reach, 1.0), -1.0) for part in (low, value, high)]
    return {
        "t": written,
        "k": "interval",
        "v": bar,
        "h": f"90 % interval {between}".replace("-", "−"),
        "c": tone,
    }


def spark(values: Sequence[float] | None, what: str, zero: bool = False) -> Cell:
    """A small line (or, with `zero`, bars around zero) of at most 40 values."""
    if not values or len(values) < 2:
        return none(f"too few points of {what}")
    thin = list(values)[:: max(len(values) // 40, 1)]
    rising = values[-1] >= (0 if zero else values[0])
    return {
        "t": "",
        "k": "bars" if zero else "spark",
        "v": [float(f"{part:.6g}") for part in thin],
        "h": f"{what}, {len(values)} points",
        "c": "gain" if rising else "loss",
    }


def wallet(address: str, name: str | None, verified: bool = False) -> Cell:
    """A trader by display name or short address, linked to its page; the address can be copied."""
    label = formats.words(name, 28) if name and name.strip() else formats.short_address(address)
    hover = f"{formats.words(name, 300)} · {address}" if name and name.strip() else address
    return {
        "t": label,
        "h": hover,
        "u": links.trader(address),
        "y": address,
        **({"n": "✓"} if verified else {}),
    }


def question(text_: str, market_id: int | None, note: str = "") -> Cell:
    """A market's question, linked to its page."""
    link = links.market(market_id) if market_id else ""
    return {
        "t": formats.words(text_ or "untitled", 88),
        "h": formats.words(text_, 600),
        "u": link,
        **({"n": formats.words(note, 60)} if note else {}),
    }


def lean(
    label: str | None,
    value: float | None,
    low: float | None = None,
    high: float | None = None,
    bare: bool = False,
) -> Cell:
    """Which way smart money leans, with its interval on hover; `bare` leaves the number to the hover too."""
    if label is None:
        return none("no smart money here")
    if value is None:
        return chip(label, LEAN_TONES.get(label, ""), "fewer than 3 smart wallets: withheld")
    between = "" if low is None or high is None else f", 90 % interval {low:+.2f} to {high:+.2f}"
    return {
        **chip(label, LEAN_TONES.get(label, ""), f"lean {value:+.2f}{between}".replace("-", "−")),
        **({} if bare else {"n": f"{value:+.2f}".replace("-", "−")}),
    }


def tone_of_tier(value: str | None) -> str:
    """The colour of a tier, for drawings."""
    return palette.TIERS.get(value or "", palette.MUTED)
