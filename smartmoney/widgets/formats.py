"""Numbers and times as people read them. Every function takes what a read returns and gives text."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

REORDER = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
JOINERS = frozenset("\u200c\u200d\ufe0f")
DASH = "–"
STEPS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
UNITS = ((31_536_000, "y"), (2_592_000, "mo"), (86_400, "d"), (3_600, "h"), (60, "min"))

Number = int | float | Decimal


def compact(value: Number) -> str:
    """Three figures and a suffix: 1.23M, 45.6k, 789, 0.12; a real minus sign."""
    size = abs(float(value))
    sign = "−" if value < 0 else ""
    for step, suffix in STEPS:
        if size >= step * 0.9995:
            return f"{sign}{_three(size / step)}{suffix}"
    if size == 0 or size >= 100:
        return f"{sign}{size:.0f}"
    return f"{sign}{size:.2f}"


def _three(size: float) -> str:
    return f"{size:.2f}" if size < 9.995 else f"{size:.1f}" if size < 99.95 else f"{size:.0f}"


def usd(value: Number) -> str:
    """Compact USD without a plus sign: $1.23M, −$45.6k."""
    text = compact(value)
    return f"−${text[1:]}" if text.startswith("−") else f"${text}"


def gain(value: Number) -> str:
    """Compact USD with its sign: +$1.23M, −$45.6k, $0."""
    return f"+{usd(value)}" if value > 0 and usd(value) != "$0.00" else usd(value)


def usd_full(value: Number) -> str:
    """USD to the cent: −$1,234,567.89."""
    amount = Decimal(str(value)).quantize(Decimal("0.01"))
    return f"{'−' if amount < 0 else ''}${abs(amount):,.2f}"


def cents(price: Number) -> str:
    """A price of a share in cents, one decimal: 41.2¢."""
    return f"{float(price) * 100:.1f}¢"


def percent(value: Number, digits: int = 1) -> str:
    """A share in percent: 53.1 %."""
    return f"{'−' if value < 0 else ''}{abs(float(value)) * 100:.{digits}f} %"


def points(value: Number) -> str:
    """Percentage points with sign: +3.2 pp."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{abs(float(value)):.1f} pp"


def short_address(address: str) -> str:
    """0x1234…abcd."""
    return f"{address[:6]}…{address[-4:]}" if len(address) > 12 else address


def utc(moment: datetime) -> str:
    """2026-11-22 14:05:09 UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def span(seconds: float) -> str:
    """A duration in its largest unit: 45 s, 5 min, 3 h, 12 d."""
    for size, unit in UNITS:
        if seconds >= size:
            return (
                f"{seconds / size:.0f} {unit}"
                if seconds >= size * 1.5 or unit != "y"
                else f"1 {unit}"
            )
    return f"{max(seconds, 0):.0f} s"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, or in how long: 5 min ago, in 3 h, now."""
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 1:
        return "now"
    return f"{span(seconds)} ago" if seconds > 0 else f"in {span(-seconds)}"


def size_of(count: int) -> str:
    """Bytes: 12.3 MB."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if amount < 1000 or unit == "TB":
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"


def words(text: str, longest: int = 90) -> str:
    """Text on one line, cut at `longest` characters, without characters that hide or reorder what follows."""
    shown = "".join(" " if letter.isspace() else letter for letter in text if letter not in REORDER)
    line = " ".join(
        "".join(letter for letter in shown if letter.isprintable() or letter in JOINERS).split()
    )
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
