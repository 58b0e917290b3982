"""Numbers and times as people read them, once for pages, analyses, alerts and the command line.

Every function takes a known value and returns text. A minus is the real minus sign.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

DASH = "–"
"""What stands where nothing is known."""
STEPS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
UNITS = ((31_536_000, "y"), (2_592_000, "mo"), (86_400, "d"), (3_600, "h"), (60, "min"))
SECOND = (1, "s")
BYTES = ("B", "kB", "MB", "GB", "TB")

Number = int | float | Decimal


def decimal(value: Number, digits: int = 2) -> str:
    """A plain number with so many digits after the point: −0.25."""
    return f"{value:.{digits}f}".replace("-", "−")


def signed(value: Number, digits: int = 2) -> str:
    """A plain number with its sign: +0.25, −0.25, 0.00."""
    return f"+{decimal(value, digits)}" if value > 0 else decimal(value, digits)


def compact(value: Number) -> str:
    """Three figures and a suffix: 1.23M, 45.6k, 789, 0.12."""
    size = abs(float(value))
    sign = "−" if value < 0 else ""
    for step, suffix in STEPS:
        if size >= step * 0.9995:
            return f"{sign}{_three_figures(size / step)}{suffix}"
    if size == 0 or size >= 100:
        return f"{sign}{size:.0f}"
    return f"{sign}{size:.2f}"


def _three_figures(size: float) -> str:
    return f"{size:.2f}" if size < 9.995 else f"{size:.1f}" if size < 99.95 else f"{size:.0f}"


def usd(value: Number) -> str:
    """Compact USD without a plus sign: $1.23M, −$45.6k."""
    text = compact(value)
    return f"−${text[1:]}" if text.startswith("−") else f"${text}"


def signed_usd(value: Number) -> str:
    """Compact USD with its sign: +$1.23M, −$45.6k, $0."""
    return f"+{usd(value)}" if value > 0 and usd(value) != "$0.00" else usd(value)


def full_usd(value: Number) -> str:
    """USD to the cent: −$1,234,567.89."""
    amount = Decimal(str(value)).quantize(Decimal("0.01"))
    return f"{'−' if amount < 0 else ''}${abs(amount):,.2f}"


def long_usd(value: Number) -> str:
    """USD as a sentence has it, whole from 100 up: $12.50, $4,470."""
    return f"${value:,.0f}" if abs(float(value)) >= 100 else f"${value:,.2f}"


def cents(price: Number) -> str:
    """A price of a share in cents, one decimal: 41.2¢."""
    return f"{float(price) * 100:.1f}¢".replace("-", "−")


def signed_cents(change: Number) -> str:
    """A difference of prices in cents, with its sign: +1.2¢."""
    return f"{'+' if change > 0 else ''}{cents(change)}"


def percent(value: Number, digits: int = 1) -> str:
    """A share in percent: 53.1 %."""
    return f"{'−' if value < 0 else ''}{abs(float(value)) * 100:.{digits}f} %"


def signed_percent(value: Number, digits: int = 1) -> str:
    """A share in percent with its sign: +3.1 %."""
    return f"{'+' if value > 0 else ''}{percent(value, digits)}"


def points(value: Number) -> str:
    """Percentage points with sign: +3.2 pp."""
    return f"{signed(value, 1)} pp"


def short_address(address: str) -> str:
    """A long hexadecimal name in brief: 0x1234…abcd."""
    return f"{address[:6]}…{address[-4:]}" if len(address) > 12 else address


def utc(moment: datetime) -> str:
    """A moment to the second: 2026-11-22 14:05:09 UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def utc_minute(moment: datetime) -> str:
    """A moment to the minute: 2026-11-22 14:05 UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def span(seconds: float) -> str:
    """A duration in its largest unit: 45 s, 5 min, 3 h, 12 d."""
    size, unit = next((each for each in UNITS if seconds >= each[0]), SECOND)
    return f"{max(seconds, 0) / size:.0f} {unit}"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, or in how long: 5 min ago, in 3 h, now."""
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 1:
        return "now"
    return f"{span(seconds)} ago" if seconds > 0 else f"in {span(-seconds)}"


def byte_size(count: int) -> str:
    """Bytes: 12.3 MB."""
    amount = float(count)
    for unit in BYTES[:-1]:
        if amount < 1000:
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} {BYTES[-1]}"
