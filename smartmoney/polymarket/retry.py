"""What one answer means: take it, ask again, slow down, or stop. One table, decided by status."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from smartmoney.polymarket.wire import decode
from smartmoney.text import sanitize

Action = Literal["take", "again", "slow", "refuse", "block", "give up"]
AGAIN = {408, 425, 500, 502, 504, *range(520, 531)}
SLOW = {429, 503}
BLOCK = {403, 451}
FIRST_WAIT_S = 1.0
LONGEST_BACKOFF_S = 30.0
_PAGE_HEAD = 4_096
_RATE_LIMITED = re.compile(rb"error(?:\s+code)?:?\s*1015", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer, body read to the end and unpacked. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with a reply.

    Attributes:
        action: take; again (own wait); slow (close the route for the wait); refuse; block; give up (no retry,
            though it may work on another day).
        why: a few words for the log and for messages.
        retry_after_s: the wait the server asked for, seconds, or None.
        whole_host: the wait concerns every route of the host.
        no_route: not even a connection came about.
        value: the decoded JSON, where there is any.
        status: the HTTP status, 0 where there was no answer.
    """

    action: Action
    why: str = ""
    retry_after_s: float | None = None
    whole_host: bool = False
    no_route: bool = False
    value: Any = None
    status: int = 0


def judge(reply: Reply, now: float) -> Verdict:
    """Decide what a reply means.

    Args:
        reply: the answer.
        now: Unix seconds, for a Retry-After that is a date.
    """
    value = _value(reply)
    if 200 <= reply.status < 300:
        return _judge_success(reply, value)
    wait = retry_after(reply.headers.get("retry-after"), value, now)
    why = f"{reply.status} {_words(value)}".strip()
    if _RATE_LIMITED.search(reply.body[:_PAGE_HEAD]):
        return Verdict("slow", f"{reply.status} with error 1015", wait, whole_host=True)
    if reply.status in BLOCK or "cf-mitigated" in reply.headers:
        return Verdict("block", why)
    retryable = value.get("retryable") if isinstance(value, dict) else None
    if reply.status in SLOW and retryable is not False:
        return Verdict("slow", why, wait)
    if reply.status in AGAIN | SLOW:
        return Verdict("give up" if retryable is False else "again", why, wait)
    return Verdict(
        "again" if retryable is True else "refuse", why, wait, value=value, status=reply.status
    )


def _judge_success(reply: Reply, value: Any) -> Verdict:
    if value is not _NO_JSON:
        return Verdict("take", value=value)
    if _is_page(reply):
        return Verdict("block", f"{reply.status} with a web page")
    return Verdict("again", f"{reply.status} with a body that is no JSON")


_NO_JSON = object()


def _value(reply: Reply) -> Any:
    """The decoded body. A body that calls itself a web page is never read as JSON."""
    if _is_page(reply):
        return _NO_JSON
    try:
        return decode(reply.body)
    except ValueError:
        return _NO_JSON


def _is_page(reply: Reply) -> bool:
    says_so = reply.headers.get("content-type", "").startswith("text/html")
    return says_so or reply.body[:64].lstrip()[:1] == b"<"


def _words(value: Any) -> str:
    """The API's own error text, made safe for a log line; nothing for a page."""
    text = value.get("error") or value.get("message") if isinstance(value, dict) else None
    return sanitize(text, 200) if isinstance(text, str) else ""


def retry_after(header: str | None, value: Any, now: float) -> float | None:
    """Seconds a server asked to wait, by Retry-After (seconds or date) or the body's `retry_after_seconds`.

    None where it said nothing, or nothing that can be read.
    """
    waits = [wait for wait in (_header_wait(header, now), _body_wait(value)) if wait is not None]
    return max(waits) if waits else None


def _header_wait(header: str | None, now: float) -> float | None:
    if header is None:
        return None
    try:
        return _sane(float(header))
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    return _sane((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now)


def _body_wait(value: Any) -> float | None:
    wait = value.get("retry_after_seconds") if isinstance(value, dict) else None
    try:
        return None if wait is None or isinstance(wait, bool) else _sane(float(wait))
    except (TypeError, ValueError, OverflowError):
        return None


def _sane(seconds: float) -> float | None:
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def backoff(attempt: int, chance: random.Random) -> float:
    """Our own wait after that attempt (from 1): doubling and jittered by a quarter, so always growing."""
    return min(FIRST_WAIT_S * 2.0 ** (attempt - 1), LONGEST_BACKOFF_S) * chance.uniform(0.75, 1.25)


def wait_after(verdict: Verdict, attempt: int, chance: random.Random) -> float:
    """How long to wait: what the server asked for may only raise our own wait."""
    return max(verdict.retry_after_s or 0.0, backoff(attempt, chance))
