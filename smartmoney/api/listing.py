"""A list as it is answered: one page as JSON, kept for seconds, or every row of the filter as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from smartmoney.api.answers import answers
from smartmoney.api.params import ListQuery
from smartmoney.api.wire import encoded, exact, shaped, utc
from smartmoney.spreadsheet import cell
from smartmoney.store.db import Store
from smartmoney.store.reads import ListFilter, Page

MOST_ROWS = 500
CSV = "text/csv; charset=utf-8"
FILE = {"text/csv": {"schema": {"type": "string"}}}
KEY = re.compile(r"-?[0-9]{1,78}")
"""A key written as text, because JavaScript rounds it."""
Read = Callable[[Store, Any], dict[str, Any]]


def envelope(
    model: type[BaseModel],
    rows: Sequence[Mapping[str, Any]],
    *,
    total: int | None,
    as_of: datetime | None,
    version: str | None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """The body of a list of `model`."""
    return {
        "asOf": as_of,
        "scoreVersion": version,
        "total": total,
        "nextCursor": cursor,
        "items": [shaped(model, row) for row in rows],
    }


def paged(
    model: type[BaseModel], page: Page, version: str | None, as_of: datetime | None = None
) -> dict[str, Any]:
    """The body of one page of a list."""
    return envelope(
        model,
        page.rows,
        total=page.total,
        as_of=page.as_of or as_of,
        version=version,
        cursor=page.next_cursor,
    )


async def listed(
    request: Request, query: ListQuery, model: type[BaseModel], key: Sequence[Any], read: Read
) -> Response:
    """Answer a list.

    Args:
        request: the request.
        query: what it asks for.
        model: of a row.
        key: what tells this list from others, beside its filter.
        read: the store and a filter to the body of that page.
    """
    filters = query.filters()
    if query.format == "csv":
        return await _file(request, model, filters, read)
    return await answers(request).listed(
        request, (*key, filters), lambda store: read(store, filters)
    )


async def _file(
    request: Request, model: type[BaseModel], filters: ListFilter, read: Read
) -> Response:
    """Every row as CSV, page by page; the first page is read before anything is sent."""
    run = answers(request).run
    names = [info.alias or name for name, info in model.model_fields.items()]
    first = await run(lambda store: read(store, filters.but(limit=MOST_ROWS)))

    async def lines() -> AsyncIterator[bytes]:
        yield _lines([names])
        body = first
        while True:
            yield _lines([[_cell(row[name]) for name in names] for row in body["items"]])
            cursor = body["nextCursor"]
            if cursor is None:
                return
            following = filters.but(limit=MOST_ROWS, cursor=cursor)
            body = await run(lambda store: read(store, following))  # noqa: B023 (awaited at once)

    return StreamingResponse(lines(), headers={"Cache-Control": "no-store"}, media_type=CSV)


def _lines(rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return exact(value)
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict) or (
        isinstance(value, list) and value and isinstance(value[0], dict)
    ):
        return encoded(value).decode()
    return value if isinstance(value, str) and KEY.fullmatch(value) else cell(value)
