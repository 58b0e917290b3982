"""Walks over paged routes: where they are, whether they are done, and whether they go in circles.

A walk makes the parameters of the next request, every one of them on every page, and takes what came. A
short or an empty page is never the end: a cursor walk ends with a null cursor, an offset walk with an empty
page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from smartmoney.errors import ShapeChanged, WalkStuck
from smartmoney.polymarket.call import Param

MOST_EMPTY_PAGES = 100


@dataclass(frozen=True, slots=True)
class RawPage:
    """The rows of one answer before they are read, and the cursor that leads on (None: the end)."""

    rows: Sequence[Any]
    next_cursor: str | None = None


class Walk(Protocol):
    """What every walk can tell.

    Attributes:
        finished: there is nothing more to ask.
        pages: pages taken so far.
    """

    finished: bool
    pages: int

    def params(self) -> dict[str, Param]:
        """All parameters of the next request."""

    def take(self, page: RawPage) -> None:
        """Move past a page.

        Raises:
            WalkStuck: the walk repeats itself, or meets a point it cannot pass.
        """


class _Seen:
    """Remembers pages by fingerprint, and counts empty ones in a row."""

    def __init__(self) -> None:
        self._prints: set[bytes] = set()
        self._empty = 0

    def check(self, rows: Sequence[Any]) -> None:
        """Refuse a page that came before. Pages of one row, or of equal rows, may repeat honestly."""
        self._empty = 0 if rows else self._empty + 1
        if self._empty > MOST_EMPTY_PAGES:
            raise WalkStuck(
                f"{MOST_EMPTY_PAGES} empty pages in a row, each with a cursor to another."
            )
        if len(rows) < 2 or all(row == rows[0] for row in rows):
            return
        told = repr((len(rows), rows[0], rows[len(rows) // 2], rows[-1])).encode("utf-8", "replace")
        print_ = hashlib.blake2b(told, digest_size=16).digest()
        if print_ in self._prints:
            raise WalkStuck(f"A page of {len(rows)} rows came a second time.")
        self._prints.add(print_)


class CursorWalk:
    """Follows the cursor each page hands out, until it is null."""

    def __init__(
        self, params: Mapping[str, Param], name: str = "cursor", end: str | None = None
    ) -> None:
        """Start at the first page.

        Args:
            params: filters, sent again with every cursor.
            name: the parameter the cursor goes into.
            end: a cursor that means the end, where null does not.
        """
        self._params, self._name, self._end = dict(params), name, end
        self.place: str | None = None
        self.finished = False
        self.pages = 0
        self._cursors: set[str] = set()
        self._seen = _Seen()

    def params(self) -> dict[str, Param]:
        """All parameters of the next request."""
        return self._params if self.place is None else {**self._params, self._name: self.place}

    def take(self, page: RawPage) -> None:
        """Move past a page; see `Walk.take`."""
        self._seen.check(page.rows)
        self.pages += 1
        self.finished = page.next_cursor is None or page.next_cursor == self._end
        if not self.finished and page.next_cursor in self._cursors:
            raise WalkStuck(
                f"The cursor of page {self.pages} was handed out before; the walk goes in circles."
            )
        self.place = None if self.finished else page.next_cursor
        self._cursors |= {self.place} if self.place else set()


class OffsetWalk:
    """Counts rows, until a page is empty or the offset cap is met.

    Attributes:
        capped: the route gives nothing beyond the offset reached; there may be more rows.
    """

    def __init__(self, params: Mapping[str, Param], limit: int, cap: int) -> None:
        """Start at the first row.

        Args:
            params: filters, sent again with every offset.
            limit: rows asked for at once.
            cap: the largest offset the route takes.
        """
        self._params, self._limit, self._cap = dict(params), limit, cap
        self.offset = 0
        self.finished = False
        self.capped = False
        self.pages = 0
        self._seen = _Seen()

    def params(self) -> dict[str, Param]:
        """All parameters of the next request."""
        return {**self._params, "limit": self._limit, "offset": self.offset}

    def take(self, page: RawPage) -> None:
        """Move past a page; see `Walk.take`."""
        self.pages += 1
        if not page.rows:
            self.finished = True
            return
        self._seen.check(page.rows)
        self.offset += len(page.rows)
        if self.offset > self._cap:
            self.refused()

    def refused(self) -> None:
        """The route would not take the offset."""
        self.finished = self.capped = True


class WindowWalk:
    """Offset walks one after the other, each from the last second of the one before; oldest rows first.

    The boundary second is read again, because a cap can fall inside it: whoever numbers equal rows starts
    that second anew (see `restarted`).

    Attributes:
        start: first second of the current window.
        restarted: the last `take` opened a new window.
    """

    def __init__(
        self, params: Mapping[str, Param], limit: int, cap: int, start: int, ts: str = "timestamp"
    ) -> None:
        """Start at a second.

        Args:
            params: filters but `start`.
            limit, cap: as of `OffsetWalk`.
            start: first second asked for.
            ts: the field that holds a row's second.
        """
        self._params, self._limit, self._cap, self._ts = dict(params), limit, cap, ts
        self.start, self.finished, self.pages, self.restarted = start, False, 0, False
        self._last = start
        self._inner = self._window()

    def _window(self) -> OffsetWalk:
        return OffsetWalk({**self._params, "start": self.start}, self._limit, self._cap)

    def params(self) -> dict[str, Param]:
        """All parameters of the next request."""
        return self._inner.params()

    def take(self, page: RawPage) -> None:
        """Move past a page; see `Walk.take`."""
        self._last = max(
            [self._last, *(row[self._ts] for row in page.rows if type(row.get(self._ts)) is int)]
        )
        self._inner.take(page)
        self._after()

    def refused(self) -> None:
        """The route would not take the offset: go on in a new window."""
        self._inner.refused()
        self._after()

    def _after(self) -> None:
        self.pages += 1
        self.restarted = self._inner.capped
        if self._inner.capped:
            if self._last <= self.start:
                raise WalkStuck(
                    f"Second {self.start} holds more rows than the route gives for one second; what lies "
                    "behind it cannot be reached this way, and the data is incomplete from there on."
                )
            self.start = self._last
            self._inner = self._window()
        self.finished = self._inner.finished


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


def array_page(value: Any) -> RawPage:
    """Rows of an answer that is a plain array (v1).

    Raises:
        ShapeChanged: it is none.
    """
    if not isinstance(value, list):
        raise ShapeChanged("An answer that should be an array is none.")
    return RawPage(value)


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
