"""One page of a route, read: good rows as records, bad rows with their reason and raw text, or a stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from smartmoney.errors import ShapeChanged
from smartmoney.polymarket.call import Param, Response
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.records import Unjoined
from smartmoney.polymarket.shapes import Fields, expected
from smartmoney.polymarket.types import BadRow
from smartmoney.polymarket.values import Unreadable, missing
from smartmoney.polymarket.walks import RawPage, Walk
from smartmoney.polymarket.wire import as_text, row_texts

Record = TypeVar("Record")

BAD_SHARE = 0.05
ROWS_FOR_SHARE = 20
BAD_ROWS_OF_FEW = 1
MISSING_ROWS = 2
LONGEST_RAW = 1_000_000
STOPPED = (
    "what can be read is stored, the rest is in quarantine; reading goes on from the same place once "
    "somebody has looked."
)


@dataclass(frozen=True)
class FeedPage(Generic[Record]):
    """A page of a walk.

    Attributes:
        rows: the records, in the order they came.
        bad: rows that cannot be read.
        route: the route's template, such as `/v2/activity`.
        fields: (field, JSON type) pairs seen in the raw rows and not told in the last minute.
        expected: the pairs the route is expected to have.
        params: the request's parameters, the cursor among them.
        next_cursor: what leads on; None on the last page.
        trace_id: the API's id of the answer, or "".
        age_s: seconds the answer spent in caches.
        stop: why reading does not go on after this page, whose good rows are to be stored and whose cursor is not
            to be followed; None where it does.
    """

    rows: list[Record]
    bad: list[BadRow] = field(default_factory=list)
    route: str = ""
    fields: Fields = field(default_factory=set)
    expected: Fields = field(default_factory=set)
    params: dict[str, Any] = field(default_factory=dict)
    next_cursor: str | None = None
    trace_id: str = ""
    age_s: float = 0.0
    stop: str | None = None


@dataclass(frozen=True)
class Route(Generic[Record]):
    """A paged route and how its rows are read.

    Attributes:
        host, path: where it is.
        envelope: finds rows and cursor in an answer.
        parse: one raw row to a record; None for a row that says nothing yet.
        key_fields: fields without which rows mean nothing; missing in most rows of a page, they stop the
            stream.
        rows_key: member of the answer that holds the rows, for their raw text.
        nested: rows are found inside groups under this member.
    """

    host: str
    path: str
    envelope: Callable[[Any], RawPage]
    parse: Callable[[dict[str, Any]], Record | None]
    key_fields: tuple[str, ...]
    rows_key: str = "data"
    nested: str | None = None


def pages(client: Client, route: Route[Record], walk: Walk) -> Iterator[FeedPage[Record]]:
    """Walk a route to its end.

    A page with too many odd rows is still given, so that its good rows are kept and the others put aside. A page that
    repeats the one before is kept back until another one, or the end, shows that its rows are rows of their own.

    Raises:
        ShapeChanged: the envelope or most rows are not what they were, or the page given last had too many odd rows.
        WalkStuck: the walk repeats itself.
        ApiRefused, ApiThrottled, ApiBlocked, ApiUnavailable: as of `Client.get`.
    """
    kept_back: list[FeedPage[Record]] = []
    while not walk.finished:
        params = walk.params()
        response = client.get(route.host, route.path, params)
        raw = route.envelope(response.json)
        walk.advance(raw)
        page = read(client, route, response, raw, params)
        kept_back.append(page)
        if walk.repeating and not walk.finished and page.stop is None:
            continue
        yield from kept_back
        kept_back.clear()
        if page.stop is not None:
            raise ShapeChanged(page.stop, one_stream=True)


def read(
    client: Client,
    route: Route[Record],
    response: Response,
    raw: RawPage,
    params: dict[str, Param],
) -> FeedPage[Record]:
    """Read the rows of one answer.

    Raises:
        ShapeChanged: a key field is missing in most rows.
    """
    rows = (
        raw.rows
        if route.nested is None
        else [row for group in raw.rows for row in _inner(group, route.nested)]
    )
    _check_keys(route, rows)
    good: list[Record] = []
    odd: dict[int, Unreadable] = {}
    for place, row in enumerate(rows):
        try:
            if (record := _parsed(route, row)) is not None:
                good.append(record)
        except Unreadable as error:
            odd[place] = error
    return FeedPage(
        rows=good,
        bad=_bad_rows(route, response, rows, odd),
        route=route.path,
        fields=client.shapes.fresh(route.path, rows),
        expected=expected(route.path),
        params=dict(params),
        next_cursor=raw.next_cursor,
        trace_id=response.trace_id,
        age_s=response.age_s,
        stop=too_many(
            route.path,
            len(rows),
            [str(error) for error in odd.values() if not isinstance(error, Unjoined)],
        ),
    )


def _inner(group: Any, name: str) -> Sequence[Any]:
    found = group.get(name) if isinstance(group, dict) else None
    return found if isinstance(found, list) else [group]


def _parsed(route: Route[Record], row: Any) -> Record | None:
    if not isinstance(row, dict):
        raise Unreadable("the row is no object")
    if absent := missing(row, route.key_fields):
        raise Unreadable(f"{absent[0]} is missing")
    return route.parse(row)


def _check_keys(route: Route[Any], rows: Sequence[Any]) -> None:
    for name in route.key_fields:
        without = sum(1 for row in rows if not isinstance(row, dict) or name not in row)
        if without >= MISSING_ROWS and 2 * without > len(rows):
            raise ShapeChanged(
                f"{route.path}: {without} of {len(rows)} rows have no {name}; {STOPPED}"
            )


def too_many(route: str, rows: int, reasons: Sequence[str]) -> str | None:
    """Why reading stops, where more than 5 % of a page's rows cannot be read; of fewer than 20 rows, more than one.

    Fills whose market the venue does not name for a moment do not count: that passes.
    """
    most = BAD_SHARE * rows if rows >= ROWS_FOR_SHARE else BAD_ROWS_OF_FEW
    if len(reasons) <= most:
        return None
    return f"{route}: {len(reasons)} of {rows} rows cannot be read, first because {reasons[0]}; {STOPPED}"


def _bad_rows(
    route: Route[Any], response: Response, rows: Sequence[Any], odd: dict[int, Unreadable]
) -> list[BadRow]:
    """The bad rows with the text they came in; a nested row is written again."""
    if not odd:
        return []
    try:
        texts = [] if route.nested else row_texts(response.body, route.rows_key)
    except ValueError:
        texts = []
    return [
        BadRow(
            str(error),
            (texts[place] if place < len(texts) else as_text(rows[place]))[:LONGEST_RAW],
            error.fill if isinstance(error, Unjoined) else None,
        )
        for place, error in odd.items()
    ]
