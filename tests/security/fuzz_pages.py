"""A fuzzer's target: the body of a page, read as the client reads it. Whatever comes, rows are exact or refused.

.venv/bin/python -m tests.security.fuzz_pages -max_total_time=600
.venv/bin/python -m tests.security.fuzz_pages a-crash-file
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields, is_dataclass
from typing import Any

import atheris

with atheris.instrument_imports(include=["smartmoney.polymarket"]):
    from smartmoney.errors import ShapeChanged
    from smartmoney.polymarket import endpoints, market_endpoints, pages
    from smartmoney.polymarket.call import Response
    from smartmoney.polymarket.clock import Clock
    from smartmoney.polymarket.shapes import Observer, expected
    from smartmoney.polymarket.wire import decode

MOST = 2**63 - 1
ROUTES = (
    endpoints.ACTIVITY,
    endpoints.POSITIONS,
    endpoints.LEADERBOARD,
    market_endpoints.HOLDERS,
    market_endpoints.RESOLUTIONS,
    market_endpoints.MARKETS,
)
WALLET, HASH, TOKEN = f'"0x{"ab" * 20}"', f'"0x{"cd" * 32}"', f'"{"7" * 77}"'
GOOD = {
    **dict.fromkeys(("proxy_wallet", "proxyWallet", "user_id", "user"), WALLET),
    **dict.fromkeys(("condition_id", "conditionId", "transaction_hash", "transactionHash"), HASH),
    **dict.fromkeys(("token_id", "asset", "opposite_token_id"), TOKEN),
    "clobTokenIds": f'"[\\"{"7" * 77}\\", \\"8\\"]"',
    "timestamp": "1788886609",
    "last_event_at": "1788886609",
    "type": '"TRADE"',
    "side": '"BUY"',
    "status": '"OPEN"',
    "closed": "false",
    "outcomes": '"[\\"Yes\\", \\"No\\"]"',
    "outcomePrices": '"[\\"0.4\\", \\"0.6\\"]"',
    "endDate": '"2026-12-31T00:00:00Z"',
    "payouts": '["1", "0"]',
    "price": "0.93",
}
ODD = (
    "null",
    '""',
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "-0",
    "1e-300",
    "[]",
    "{}",
    "true",
    '"\\u0000"',
    '"\\ud800"',
    "999",
    f'"{"9" * 78}"',
    "9" * 400,
    '"9999-12-31"',
    '"0x"',
    "-1",
    "0.1e1",
)


def value(given: atheris.FuzzedDataProvider, name: str) -> str:
    """JSON of one field: what belongs there, something odd, a number, or anything."""
    kind = given.ConsumeIntInRange(0, 9)
    if kind < 6:
        return GOOD.get(name, "1.5")
    if kind < 8:
        return ODD[given.ConsumeIntInRange(0, len(ODD) - 1)]
    if kind == 8:
        return f"{given.ConsumeInt(9)}.{abs(given.ConsumeInt(4))}"
    return json.dumps(given.ConsumeUnicode(40))


def body_of(given: atheris.FuzzedDataProvider, route: Any) -> bytes:
    """A page of rows of the route's own fields."""
    names = sorted({*route.key_fields, *(name for name, _ in expected(route.path))})
    rows = [
        "{"
        + ",".join(
            f'"{name}":{value(given, name)}' for name in names if given.ConsumeIntInRange(0, 15)
        )
        + "}"
        for _ in range(given.ConsumeIntInRange(1, 24))
    ]
    text = "[" + ",".join(rows) + "]"
    if route.nested:
        text = f'[{{"{route.nested}":{text}}}]'
    return (f'{{"{route.rows_key}":{text},"pagination":{{}}}}' if route.rows_key else text).encode(
        "utf-8", "surrogatepass"
    )


class Asking:
    """What reading a page needs of a client."""

    def __init__(self) -> None:
        self.shapes = Observer(Clock())


def sound(value: Any) -> None:
    """A record may hold only what the tables can: whole numbers of 64 bits, text without NUL or lone surrogates."""
    assert not isinstance(value, float), "a float"
    if isinstance(value, int):
        assert -MOST - 1 <= value <= MOST
    elif isinstance(value, str):
        assert "\0" not in value
        value.encode("utf-8")
    elif isinstance(value, (tuple, list)):
        for part in value:
            sound(part)
    elif is_dataclass(value):
        for each in fields(value):
            sound(getattr(value, each.name))


def target(data: bytes) -> None:
    """The first byte names the route; half of the bodies are made of its fields, the others are the bytes themselves."""
    given = atheris.FuzzedDataProvider(data)
    route = ROUTES[given.ConsumeIntInRange(0, len(ROUTES) - 1)]
    body = body_of(given, route) if given.ConsumeBool() else given.ConsumeBytes(4_000)
    try:
        decoded = decode(body)
    except ValueError:
        return
    try:
        page = pages.read(
            Asking(),
            route,
            Response(decoded, body, {}, route.path, "", 0.0),
            route.envelope(decoded),
            {},
        )  # type: ignore[arg-type]
    except ShapeChanged:
        return
    for record in page.rows:
        sound(record)
    for bad in page.bad:
        assert isinstance(bad.raw, bytes) and bad.reason


if __name__ == "__main__":
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
