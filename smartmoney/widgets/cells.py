"""A cell of a table, card or header: text, what hovering shows, a tone, and at times a small drawing.

A cell is a JSON dict the browser turns into DOM nodes, never into markup: t text, h hover, c tone (gain,
loss; yes, no; dim, amber, red), k kind (tier, chip, interval, spark, bars, flags, buttons), u link, n a note in small type,
v values of a drawing, y the full text that a copy button copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from smartmoney import formats
from smartmoney.formats import DASH, Number
from smartmoney.schema import FLAGS
from smartmoney.text import LINE, sanitize
from smartmoney.widgets import links

Cell = dict[str, Any]
LEAN_TONES = {"YES": "yes", "NO": "no", "MIXED": "amber", "INSUFFICIENT": "dim"}
STATUS_TONES = {"OPEN": "", "CLOSED": "amber", "RESOLVED": "dim"}
COVERAGE_TONES = {"complete": "gain", "partial": "amber", "conflicted": "red", "unchecked": "dim"}
SIDE_WORDS = {"BUY": "bought", "SELL": "sold"}
REACH = 8.0
"""Points an interval bar shows to either side of zero, at least."""
MOST_POINTS = 40
LONGEST_HOVER = 600
LEAST_SURE = 0.001
"""Probabilities nearer to 0 or 1 than this are not distinguished."""


def line(value: str | None, most: int = 90) -> str:
    """What strangers wrote, on one line of at most so many characters."""
    return sanitize(value or "", most, LINE)


def missing(reason: str) -> Cell:
    """An en dash, and why nothing stands here."""
    return {"t": DASH, "h": reason, "c": "dim"}


def _toned(value: Number) -> str:
    return "gain" if value > 0 else "loss" if value < 0 else ""


def text(
    value: str | None,
    hover: str = "",
    *,
    most: int = 90,
    tone: str = "",
    link: str = "",
    note: str = "",
) -> Cell:
    """A stranger's text or ours, cut at `most` and whole on hover; a dash where there is none."""
    if not value:
        return missing(hover or "not known")
    whole = hover or (value if len(value) > most else "")
    cell = {"t": line(value, most), "h": line(whole, 1000), "c": tone, "u": link, "n": note}
    return {key: part for key, part in cell.items() if part}


def number(value: Number | None, reason: str = "not computed") -> Cell:
    """A count with thousands separators."""
    return missing(reason) if value is None else {"t": f"{value:,.0f}"}


def alarm(value: int, tone: str = "red") -> Cell:
    """A count that should be nothing: it has a tone as soon as it is not."""
    return {"t": f"{value:,}", "c": tone if value else ""}


def gain(value: Number | None, reason: str = "not computed") -> Cell:
    """USD with sign and colour together; the full value on hover."""
    if value is None:
        return missing(reason)
    return {
        "t": formats.signed_usd(value),
        "h": formats.full_usd(value),
        "c": _toned(value),
    }


def usd(value: Number | None, reason: str = "not reported") -> Cell:
    """USD without a colour; the full value on hover."""
    if value is None:
        return missing(reason)
    return {"t": formats.usd(value), "h": formats.full_usd(value)}


def cents(price: Number | None, reason: str = "no price") -> Cell:
    """A price in cents; the exact price on hover."""
    if price is None:
        return missing(reason)
    return {"t": formats.cents(price), "h": f"${float(price):.6f} per share"}


def cents_change(change: Number | None, reason: str = "no price a day ago") -> Cell:
    """A change of price in cents, with sign and colour."""
    if change is None:
        return missing(reason)
    return {"t": formats.signed_cents(change), "c": _toned(change)}


def shares(value: Number | None, reason: str = "not reported") -> Cell:
    """Shares, compact; the exact number on hover."""
    if value is None:
        return missing(reason)
    return {"t": formats.compact(value), "h": f"{value:,} shares"}


def rate(value: Number | None, n: int | None, reason: str = "nothing decided yet") -> Cell:
    """A rate with its n beside it."""
    if value is None:
        return missing(reason)
    return {"t": formats.percent(value), "n": f"n={n:,}" if n is not None else "n=?"}


def share(value: Number | None, reason: str = "not computed", note: str = "") -> Cell:
    """A share in percent."""
    if value is None:
        return missing(reason)
    return {"t": formats.percent(value), **({"n": note} if note else {})}


def decimal(value: float | None, reason: str = "not computed", digits: int = 3) -> Cell:
    """A plain number with so many digits after the point."""
    return missing(reason) if value is None else {"t": formats.decimal(value, digits)}


def probability(value: float | None, reason: str = "not computed") -> Cell:
    """A probability with three decimals, which never claims certainty."""
    if value is None:
        return missing(reason)
    if not LEAST_SURE <= value <= 1 - LEAST_SURE:
        return {"t": f"> {1 - LEAST_SURE}" if value > 0.5 else f"< {LEAST_SURE}"}
    return decimal(value)


def score(value: float | None, reason: str = "not known without liquidity") -> Cell:
    """A plain score with one decimal."""
    return decimal(value, reason, 1)


def points(value: float | None, reason: str = "not computed") -> Cell:
    """Percentage points with their sign."""
    return missing(reason) if value is None else {"t": formats.points(value)}


def factor(value: float | None, n: int | None) -> Cell:
    """Gross gains over gross losses; that there were no losses is said in words."""
    if value is not None:
        return {"t": f"{value:.2f}"}
    return {"t": "no losses", "n": f"n={n:,}"} if n else missing("nothing decided yet")


def size(count: int | None, reason: str = "not known") -> Cell:
    """Bytes."""
    return missing(reason) if count is None else {"t": formats.byte_size(count)}


def when(moment: datetime | None, now: datetime, reason: str = "never") -> Cell:
    """Relative time; UTC on hover."""
    if moment is None:
        return missing(reason)
    return {"t": formats.ago(moment, now), "h": formats.utc(moment)}


def tier(value: str | None, reason: str = "not scored yet") -> Cell:
    """A tier's badge."""
    return missing(reason) if value is None else {"t": value, "k": "tier", "h": f"tier {value}"}


def chip(value: str | None, tone: str = "", hover: str = "", reason: str = "not known") -> Cell:
    """A word in a coloured frame."""
    if not value:
        return missing(reason)
    explained = {"h": line(hover, LONGEST_HOVER)} if hover else {}
    return {"t": value, "k": "chip", "c": tone, **explained}


def outcome(name: str | None, index: int | None, most: int = 18) -> Cell:
    """An outcome as a chip: the first of its market in the colour of YES, the others in that of NO."""
    return chip(line(name or "?", most), _side(index), name or "")


def _side(index: int | None) -> str:
    return "" if index is None else "yes" if index == 0 else "no"


def flags(values: Sequence[str] | None) -> Cell:
    """A wallet's flags, each explained on hover."""
    if not values:
        return {"t": ""}
    explained = "; ".join(f"{flag}: {FLAGS.get(flag, 'flagged')}" for flag in values)
    return {"t": " ".join(values), "k": "flags", "v": list(values), "h": explained}


def buttons(key: Any, *pairs: tuple[str, str]) -> Cell:
    """Buttons of a row: pairs of command and label, sent with the row's key."""
    return {"k": "buttons", "i": key, "v": [list(pair) for pair in pairs]}


def reach(rows: Iterable[Mapping[str, Any]]) -> float:
    """How far the edge bars of these rows must reach so that none is cut: one scale for a whole table."""
    ends = [row.get(end) for row in rows for end in ("skill_lo", "skill_hi")]
    return float(max(REACH, *(abs(end) for end in ends if end is not None), REACH))


def interval(
    value: float | None,
    low: float | None,
    high: float | None,
    *,
    reach: float = REACH,
    reason: str = "not computed",
    unit: str = "pp",
    tones: tuple[str, str] = ("gain", "loss"),
) -> Cell:
    """A value with its 90 % interval, as a bar over [-reach, reach]; `tones` for one wholly above zero, or below."""
    if value is None:
        return missing(reason)
    written = formats.points(value) if unit == "pp" else formats.signed(value)
    if low is None or high is None:
        return {"t": written, "h": "no interval"}
    return {
        "t": written,
        "k": "interval",
        "v": [max(min(part / reach, 1.0), -1.0) for part in (low, value, high)],
        "h": f"90 % interval {between(low, high, 1 if unit == 'pp' else 2)} {unit}".rstrip(),
        "c": tones[0] if low > 0 else tones[1] if high < 0 else "",
    }


def between(low: float, high: float, digits: int = 2) -> str:
    """The bounds of an interval in words: −0.25 to +0.40."""
    return f"{formats.signed(low, digits)} to {formats.signed(high, digits)}"


def spark(values: Sequence[float] | None, what: str, *, around_zero: bool = False) -> Cell:
    """A small line of at most 40 values, or bars around zero."""
    if not values or len(values) < 2:
        return missing(f"too few points of {what}")
    thin = list(values)[:: max(len(values) // MOST_POINTS, 1)]
    rising = values[-1] >= (0 if around_zero else values[0])
    return {
        "t": "",
        "k": "bars" if around_zero else "spark",
        "v": [float(f"{part:.6g}") for part in thin],
        "h": f"{what}, {len(values)} points",
        "c": "gain" if rising else "loss",
    }


def wallet(address: str, name: str | None, verified: bool = False) -> Cell:
    """A trader by display name or short address, linked to its page; the address can be copied."""
    named = bool(name and name.strip())
    return {
        "t": line(name, 28) if named else formats.short_address(address),
        "h": f"{line(name, 300)} · {address}" if named else address,
        "u": links.trader(address),
        "y": address,
        **({"n": "✓"} if verified else {}),
    }


def copyable(identifier: str, **more: Any) -> Cell:
    """A long hexadecimal name in brief, whole on hover, with a copy button."""
    return {"t": formats.short_address(identifier), "h": identifier, "y": identifier, **more}


def transaction(tx_hash: str) -> Cell:
    """A transaction hash, linked to the explorer."""
    link = links.transaction_in_explorer(tx_hash)
    return {"t": formats.short_address(tx_hash), "h": tx_hash, "u": link}


def question(title: str | None, market_id: int | None, note: str = "") -> Cell:
    """A market's question, linked to its page."""
    return {
        "t": line(title or "untitled", 88),
        "h": line(title, LONGEST_HOVER),
        "u": links.market(market_id) if market_id else "",
        **({"n": line(note, 60)} if note else {}),
    }


def lean(
    label: str | None,
    value: float | None,
    low: float | None = None,
    high: float | None = None,
    *,
    bare: bool = False,
) -> Cell:
    """Which way smart money leans, with its interval on hover; `bare` leaves the number to the hover too."""
    if label is None:
        return missing("no smart money here")
    tone = LEAN_TONES.get(label, "")
    if value is None:
        return chip(label, tone, "fewer than 3 smart wallets: withheld")
    bounds = "" if low is None or high is None else f", 90 % interval {between(low, high)}"
    written = formats.signed(value)
    return {
        **chip(label, tone, f"lean {written}{bounds}"),
        **({} if bare else {"n": written}),
    }
