"""What can go wrong, by name: refusals, broken transport, odd pages, drifted fields, impossible values.

Options of a fault are given beside it in the rule: `retry_after` (text of the header), `status`, `field`,
`to`, `value`,
`row` (index; all rows if left out), `seconds`, `ticks`, `every`, `times`.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from polymarket_sim.faulty.exchange import Answer, Exchange, Fault
from polymarket_sim.protocol.query import SHORTER
from polymarket_sim.protocol.wire import Num, dumps

Options = Mapping[str, Any]
HTML = {"content-type": "text/html; charset=UTF-8", "server": "cloudflare"}
BLOCK_PAGE = (
    b"<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head>"
    b"<body><h1>Sorry, you have been blocked</h1></body></html>"
)
LIMIT_PAGE = (
    b"<!DOCTYPE html><html><head><title>Access denied | error 1015</title></head>"
    b"<body>You are being rate limited</body></html>"
)
EDGE_TEXT = {"content-type": "text/plain", "server": "cloudflare", "retry-after": "0"}
AGAIN = "again."
CURSORS = ("cursor", "after_cursor")
DRIP_SECONDS = 0.2


def _refusal(status: int, body: bytes | None = None, headers: Options | None = None) -> Fault:
    async def fault(exchange: Exchange, options: Options) -> None:
        code = int(options.get("status", status))
        found = dict(headers or {"content-type": "application/json"})
        if options.get("retry_after") is not None:
            found["retry-after"] = str(options["retry_after"])
        text = json.dumps(
            {"error": options.get("text", "refused"), "retryable": code >= 429}
        ).encode()
        await exchange.answer(Answer(code, found, text if body is None else body))

    return fault


async def drip(exchange: Exchange, options: Options) -> None:
    """One byte at a time, for ever."""
    await exchange.send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"application/json")],
        }
    )
    gone = asyncio.create_task(_gone(exchange))
    while not gone.done():
        await exchange.send({"type": "http.response.body", "body": b" ", "more_body": True})
        await asyncio.sleep(float(options.get("seconds", DRIP_SECONDS)))


async def _gone(exchange: Exchange) -> None:
    while (await exchange.receive())["type"] != "http.disconnect":
        pass


async def slow(exchange: Exchange, options: Options) -> None:
    """The right answer, late."""
    await asyncio.sleep(float(options.get("seconds", 1.0)))
    await exchange.app(exchange.scope, exchange.receive, exchange.send)


async def cut(exchange: Exchange, options: Options) -> None:
    """Half the body, then the connection closes; the length was promised."""
    answer = await exchange.proper()
    await _broken(
        exchange,
        answer.headers | {"content-length": str(len(answer.body))},
        answer.body[: len(answer.body) // 2],
    )


async def wrong_length(exchange: Exchange, options: Options) -> None:
    """The whole body, but more was promised."""
    answer = await exchange.proper()
    await _broken(
        exchange, answer.headers | {"content-length": str(len(answer.body) + 10)}, answer.body
    )


async def bad_gzip(exchange: Exchange, options: Options) -> None:
    """A gzip stream that ends too early, correctly framed."""
    answer = await exchange.proper()
    packed = gzip.compress(answer.body + b" " * 64)
    await exchange.answer(
        Answer(200, answer.headers | {"content-encoding": "gzip"}, packed[: len(packed) // 2])
    )


async def _broken(exchange: Exchange, headers: Mapping[str, str], body: bytes) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await exchange.send({"type": "http.response.start", "status": 200, "headers": pairs})
    await exchange.send({"type": "http.response.body", "body": body, "more_body": True})
    raise ConnectionAbortedError("cut on purpose")


# Pages


def parse(body: bytes) -> Any:
    """JSON with its numbers kept as text, to be written back by `wire.dumps` unchanged."""
    return json.loads(body, parse_float=Num, parse_int=Num)


def rows_of(payload: Any) -> list[Any] | None:
    """The list of rows in a reply, whatever its envelope."""
    if isinstance(payload, list):
        return payload
    names = ("data", "markets", "events", "history") if isinstance(payload, dict) else ()
    return next((payload[name] for name in names if isinstance(payload.get(name), list)), None)


async def _rewritten(exchange: Exchange, change: Callable[[Any, list[Any]], None]) -> None:
    answer = await exchange.proper()
    payload = parse(answer.body) if answer.status == 200 else None
    rows = rows_of(payload)
    if rows is not None:
        change(payload, rows)
        answer.body = dumps(payload).encode("utf-8", "surrogatepass")
    await exchange.answer(answer)


async def watch(exchange: Exchange) -> None:
    """Answer properly, and remember pages for `repeat`, `stale` and `shift`."""
    answer = await exchange.proper()
    remembered = exchange.memory.setdefault(exchange.key, {})
    remembered.setdefault("first", answer)
    remembered["last"] = answer
    await exchange.answer(answer)


async def repeat(exchange: Exchange, options: Options) -> None:
    """The page before this one, again."""
    known = exchange.memory.get(exchange.key, {}).get("last")
    await (exchange.answer(known) if known else watch(exchange))


async def stale(exchange: Exchange, options: Options) -> None:
    """The first page ever served for these parameters, from a cache: same rows, same trace id."""
    known = exchange.memory.get(exchange.key, {}).get("first")
    await (exchange.answer(known) if known else watch(exchange))


async def shift(exchange: Exchange, options: Options) -> None:
    """Rows moved down by one since the page before: its last row comes again, ours is not seen."""
    known = exchange.memory.get(exchange.key, {}).get("last")
    before = rows_of(parse(known.body)) if known else None

    def change(payload: Any, rows: list[Any]) -> None:
        if before and rows:
            rows[:] = [before[-1], *rows[:-1]]

    await _rewritten(exchange, change)


async def empty(exchange: Exchange, options: Options) -> None:
    """No rows, but a cursor that leads to the page that should have come (v2 and gamma keyset); else no
    rows."""
    own = AGAIN + base64.urlsafe_b64encode(exchange.query().encode()).decode()

    def change(payload: Any, rows: list[Any]) -> None:
        rows.clear()
        if isinstance(payload, dict) and "pagination" in payload:
            payload["pagination"] |= {"has_more": True, "next_cursor": own}
        elif isinstance(payload, dict):
            payload["next_cursor"] = own

    await _rewritten(exchange, change)


async def endless(exchange: Exchange, options: Options) -> None:
    """The first row alone, for ever, each time with a cursor never seen before that leads to itself."""
    turns = exchange.memory["turns"] = exchange.memory.get("turns", 0) + 1
    own = base64.urlsafe_b64encode((exchange.query().rstrip("&") + "&" * turns).encode()).decode()

    def change(payload: Any, rows: list[Any]) -> None:
        del rows[1:]
        if isinstance(payload, dict) and "pagination" in payload:
            payload["pagination"] |= {"has_more": True, "next_cursor": AGAIN + own}

    await _rewritten(exchange, change)


def unwrap(exchange: Exchange) -> None:
    """Turn a cursor of `empty` back into the parameters it stands for."""
    for name, value in parse_qsl(exchange.query()):
        if name in CURSORS and value.startswith(AGAIN):
            exchange.ask_again(
                base64.urlsafe_b64decode(value.removeprefix(AGAIN)).decode("latin-1")
            )


async def short(exchange: Exchange, options: Options) -> None:
    """A third of the rows asked for, nothing skipped."""
    params = dict(parse_qsl(exchange.query(), keep_blank_values=True))
    if "/v2/" in exchange.scope["path"]:
        exchange.mark(SHORTER, 3)
    else:
        params["limit"] = str(max(1, int(params.get("limit", 100)) // 3))
        exchange.ask_again(urlencode(params))
    await exchange.app(exchange.scope, exchange.receive, exchange.send)


async def no_pagination(exchange: Exchange, options: Options) -> None:
    """The pagination object (or the cursor) is missing."""

    def change(payload: Any, rows: list[Any]) -> None:
        if isinstance(payload, dict):
            payload.pop("pagination", None)
            payload.pop("next_cursor", None)

    await _rewritten(exchange, change)


async def head_insert(exchange: Exchange, options: Options) -> None:
    """New rows arrive just before the request is answered."""
    exchange.tick(int(options.get("ticks", 5)))
    await exchange.app(exchange.scope, exchange.receive, exchange.send)


async def late(exchange: Exchange, options: Options) -> None:
    """Every `every`-th row is not there yet; the rows appear when the rule ends."""
    every = int(options.get("every", 4))

    def change(payload: Any, rows: list[Any]) -> None:
        rows[:] = [row for row in rows if zlib.crc32(dumps(row).encode("utf-8", "replace")) % every]

    await _rewritten(exchange, change)


async def parameter(exchange: Exchange, options: Options) -> None:
    """A parameter is taken to be something else than asked (`field`, `value`): a changed default."""
    kept = [
        pair
        for pair in parse_qsl(exchange.query(), keep_blank_values=True)
        if pair[0] != options["field"]
    ]
    exchange.ask_again(urlencode([*kept, (str(options["field"]), str(options["value"]))]))
    await exchange.app(exchange.scope, exchange.receive, exchange.send)


# Fields and values


def _in_rows(edit: Callable[[dict[str, Any], Options], None]) -> Fault:
    async def fault(exchange: Exchange, options: Options) -> None:
        def change(payload: Any, rows: list[Any]) -> None:
            for row in _chosen(rows, options):
                edit(row, options)

        await _rewritten(exchange, change)

    return fault


def _chosen(rows: list[Any], options: Options) -> Iterator[dict[str, Any]]:
    wanted = options.get("row")
    for number, row in enumerate(rows):
        if isinstance(row, dict) and (
            wanted is None or number in (wanted if isinstance(wanted, list) else [wanted])
        ):
            yield row


def _rename(row: dict[str, Any], options: Options) -> None:
    if options["field"] in row:
        row[options.get("to", f"{options['field']}_new")] = row.pop(options["field"])


def _drop(row: dict[str, Any], options: Options) -> None:
    row.pop(options["field"], None)


def _add(row: dict[str, Any], options: Options) -> None:
    row[options.get("field", "brandNewField")] = options.get("value", "brand new")


def _retype(row: dict[str, Any], options: Options) -> None:
    """A number becomes text, text becomes a list."""
    value = row.get(options["field"])
    if options["field"] in row:
        row[options["field"]] = str(value) + "" if isinstance(value, Num) else [value]


def _new_type(row: dict[str, Any], options: Options) -> None:
    if "type" in row:
        row["type"] = options.get("value", "STAKE")


async def rename_envelope(exchange: Exchange, options: Options) -> None:
    """The list of rows is found under another name."""

    def change(payload: Any, rows: list[Any]) -> None:
        for name in (
            [name for name, value in payload.items() if value is rows]
            if isinstance(payload, dict)
            else ()
        ):
            payload[options.get("to", "result")] = payload.pop(name)

    await _rewritten(exchange, change)


BAD_VALUES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "nul": (("title", "name", "question"), '"a\\u0000b"'),
    "surrogate": (("title", "name", "question"), '"a\\ud800b"'),
    "nan": (("size", "current_size", "price"), "NaN"),
    "infinity": (("size", "current_size", "price"), "Infinity"),
    "overflow": (("size", "current_size", "price"), "1e400"),
    "negative": (("size", "current_size", "amount"), "-5"),
    "price": (("price", "curPrice", "current_price"), "1.7"),
    "empty-date": (("endDate", "end_date", "timestamp"), '""'),
    "digits78": (("asset", "token_id"), '"' + "9" * 78 + '"'),
    "year9999": (("endDate", "end_date", "timestamp"), '"9999-12-31T23:59:59Z"'),
    "huge-title": (("title", "question"), '"' + "x" * 10_000_000 + '"'),
    "rtl": (("title", "name", "question"), '"\u202eevil\u202c \u2066text\u2069"'),
}


def _bad(name: str) -> Fault:
    """A value nobody should send, in `field` or the first usual field there is; in the first row unless
    `row` says."""
    usual, text = BAD_VALUES[name]

    def edit(row: dict[str, Any], options: Options) -> None:
        candidates = [options["field"]] if "field" in options else usual
        for target in [candidate for candidate in candidates if candidate in row][:1]:
            row[target] = Num(options.get("value", text))

    async def fault(exchange: Exchange, options: Options) -> None:
        await _in_rows(edit)(exchange, {"row": 0, **options})

    return fault


WATCHING = ("repeat", "stale", "shift")
FAULTS: Mapping[str, Fault] = {
    "429": _refusal(429),
    "429-html": _refusal(429, LIMIT_PAGE, HTML),
    "1015": _refusal(429, b"error code: 1015", EDGE_TEXT),
    "500": _refusal(500),
    "502": _refusal(502, b"<html>502 Bad Gateway</html>", HTML),
    "503": _refusal(503),
    "521": _refusal(521, b"<html>Web server is down</html>", HTML),
    "522": _refusal(522, b"<html>Connection timed out</html>", HTML),
    "400": _refusal(400),
    "401": _refusal(401),
    "404": _refusal(404),
    "410": _refusal(410),
    "status": _refusal(500),
    "block-403": _refusal(403, BLOCK_PAGE, HTML),
    "block-200": _refusal(200, BLOCK_PAGE, HTML),
    "drip": drip,
    "slow": slow,
    "cut": cut,
    "wrong-length": wrong_length,
    "bad-gzip": bad_gzip,
    "repeat": repeat,
    "stale": stale,
    "shift": shift,
    "empty": empty,
    "endless": endless,
    "short": short,
    "no-pagination": no_pagination,
    "head-insert": head_insert,
    "late": late,
    "parameter": parameter,
    "rename": _in_rows(_rename),
    "missing": _in_rows(_drop),
    "new-field": _in_rows(_add),
    "retype": _in_rows(_retype),
    "new-type": _in_rows(_new_type),
    "rename-envelope": rename_envelope,
    **{f"bad-{name}": _bad(name) for name in BAD_VALUES},
}
