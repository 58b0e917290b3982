"""A walk over a paged route: where it is, whether it is done, and whether it goes in circles.

A walk makes the parameters of the next request, every one of them on every page, and takes what was answered.
A short or an empty page is never the end: that is a null cursor.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smartmoney.errors import ShapeChanged, WalkStuck
from smartmoney.polymarket.call import Param

MOST_EMPTY_PAGES = 100
MOST_SAME_PAGES = 3
"""Rows that are equal in every field exist, and a server may cut its pages anywhere between them; more pages of the
same few rows than this, one after the other, are a cursor that leads nowhere."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """The rows of one answer before they are read, and the cursor that leads on (None: the end)."""

    rows: Sequence[Any]
    next_cursor: str | None = None


class Walk:
    """Follows the cursor each page hands out, until it is null.

    Attributes:
        finished: there is nothing more to ask.
        pages: pages taken so far.
        repeating: the page just taken is the few equal rows of the one before; what follows tells whether they are
            rows of their own.
    """

    def __init__(
        self, params: Mapping[str, Param], name: str = "cursor", cursor: str | None = None
    ) -> None:
        """Start at the first page, or where an earlier walk stopped.

        Args:
            params: filters, sent again with every cursor.
            name: the parameter the cursor goes into.
            cursor: what the last page of the earlier walk handed out.
        """
        self.finished = False
        self.pages = 0
        self.repeating = False
        self._params, self._name = dict(params), name
        self._cursor = cursor
        self._cursors: set[str] = set()
        self._fingerprints: set[bytes] = set()
        self._empty = 0
        self._last, self._same = b"", 0

    def params(self) -> dict[str, Param]:
        """All parameters of the next request."""
        return self._params if self._cursor is None else {**self._params, self._name: self._cursor}

    def advance(self, page: RawPage) -> None:
        """Move past a page.

        Raises:
            WalkStuck: the walk repeats itself.
        """
        self._refuse_repeats(page.rows)
        self.pages += 1
        self.finished = page.next_cursor is None
        if page.next_cursor in self._cursors:
            raise WalkStuck(
                f"The cursor of page {self.pages} was handed out before; the walk goes in circles."
            )
        self._cursor = page.next_cursor
        self._cursors |= {page.next_cursor} if page.next_cursor else set()

    def _refuse_repeats(self, rows: Sequence[Any]) -> None:
        """Refuse a page that came before. Pages of one row, or of equal rows, may repeat a few times honestly."""
        self._empty = 0 if rows else self._empty + 1
        if self._empty > MOST_EMPTY_PAGES:
            raise WalkStuck(
                f"{MOST_EMPTY_PAGES} empty pages in a row, each with a cursor to another."
            )
        if not rows:
            return
        text = repr((len(rows), rows[0], rows[len(rows) // 2], rows[-1]))
        fingerprint = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
        self._same = self._same + 1 if fingerprint == self._last else 1
        self._last = fingerprint
        equal = all(row == rows[0] for row in rows)
        self.repeating = equal and self._same > 1
        if equal:
            full = len(rows) == self._params.get("limit")
            if self._same > (MOST_EMPTY_PAGES if full else MOST_SAME_PAGES):
                raise WalkStuck(
                    f"The same page came {self._same} times in a row, each time with a new cursor."
                )
            return
        if fingerprint in self._fingerprints:
            raise WalkStuck(f"A page of {len(rows)} rows came a second time.")
        self._fingerprints.add(fingerprint)


def v2_page(value: Any) -> RawPage:
    """Rows and cursor of the data API's second version.

    Raises:
        ShapeChanged: rows or pagination are missing, or contradict each other.
    """
    pagination = value.get("pagination") if isinstance(value, dict) else None
    if not isinstance(pagination, dict) or not isinstance(value.get("data"), list):
        raise ShapeChanged(
            "A list answer has no data, or no pagination; that is not the end of a walk."
        )
    cursor = pagination.get("next_cursor")
    if "next_cursor" not in pagination or not (
        cursor is None or (isinstance(cursor, str) and cursor)
    ):
        raise ShapeChanged(f"The next cursor is missing or odd: {str(cursor)[:60]!r}.")
    if "has_more" in pagination and pagination["has_more"] is not (cursor is not None):
        raise ShapeChanged("The pagination says both that there is more and that there is not.")
    return RawPage(value["data"], cursor)


def single_page(value: Any) -> RawPage:
    """Rows of a v2 answer that is never paged.

    Raises:
        ShapeChanged: there are none.
    """
    if not isinstance(value, dict) or not isinstance(value.get("data"), list):
        raise ShapeChanged("An answer has no list of data.")
    return RawPage(value["data"])


def keyset_page(value: Any, name: str) -> RawPage:
    """Rows and cursor of a gamma keyset list; the cursor is left out on the last page.

    Raises:
        ShapeChanged: the rows are missing.
    """
    if not isinstance(value, dict) or not isinstance(value.get(name), list):
        raise ShapeChanged(f"A keyset answer has no list of {name}.")
    cursor = value.get("next_cursor")
    if not (cursor is None or isinstance(cursor, str)):
        raise ShapeChanged(f"The next cursor is odd: {str(cursor)[:60]!r}.")
    return RawPage(value[name], cursor or None)
