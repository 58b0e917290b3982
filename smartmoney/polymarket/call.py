"""One request and one answer, in words that go into logs and messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from smartmoney.polymarket.budget import Limit
from smartmoney.polymarket.retry import Reply, Verdict

Param = str | int | bool | Sequence[str | int] | None


@dataclass(frozen=True, slots=True)
class Response:
    """A good answer.

    Attributes:
        json: the decoded body; whole numbers are int, others Decimal of their own text.
        body: the bytes as they came, unpacked.
        headers: by lower-case name.
        route: host and route asked, such as `data/v2/activity`.
        trace_id: the API's id of this answer, or "".
        age_s: seconds the answer spent in caches on the way.
    """

    json: Any
    body: bytes
    headers: Mapping[str, str]
    route: str
    trace_id: str
    age_s: float


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it will be sent, and the limits it counts under."""

    host: str
    route: str
    url: str
    query: tuple[tuple[str, str], ...]
    limits: tuple[Limit, ...]

    def __str__(self) -> str:
        query = ", ".join(f"{name}={value[:80]}" for name, value in self.query)
        return f"{self.host}{self.route} ({query})" if query else f"{self.host}{self.route}"


def filled(route: str, path: Mapping[str, str]) -> str:
    """The route with each `{name}` replaced by its value, quoted so that it stays one step of the path."""
    return route.format_map({name: quote(value, safe="") for name, value in path.items()})


def pairs(params: Mapping[str, Param], joined: bool) -> tuple[tuple[str, str], ...]:
    """The query as name and text; None is left out, a list is comma-joined or repeated."""
    return tuple((name, text) for name, value in params.items() for text in _texts(value, joined))


def _texts(value: Param, joined: bool) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, (str, int)):
        return [str(value)]
    texts = [str(each) for each in value]
    return [",".join(texts)] if joined and texts else texts


def response(call: Call, reply: Reply, verdict: Verdict) -> Response:
    """The answer as the rest of smartmoney sees it."""
    age = reply.headers.get("age", "0")
    return Response(
        json=verdict.value,
        body=reply.body,
        headers=reply.headers,
        route=f"{call.host}{call.route}",
        trace_id=reply.headers.get("x-trace-id", ""),
        age_s=float(age) if age.isdecimal() else 0.0,
    )


def refusal(call: Call, verdict: Verdict) -> str:
    """One sentence for a refused request: route, parameters, what the API said."""
    answer = verdict.value if isinstance(verdict.value, dict) else {}
    extra = [
        f"{name} {answer[name]}"
        for name in ("parameter", "trace_id")
        if isinstance(answer.get(name), str)
    ]
    return (
        f"{call} was refused: {verdict.why}"
        + (f" [{', '.join(extra)}]"[:200] if extra else "")
        + "."
    )


def unavailable(call: Call, verdict: Verdict, attempt: int) -> str:
    """One sentence for a request given up."""
    if verdict.no_route:
        return (
            f"No route to {urlsplit(call.url).hostname}: check the network, or use "
            "SMARTMONEY_SOURCE=simulator: make demo."
        )
    tries = f"{attempt} {'try' if attempt == 1 else 'tries'}"
    return f"{call} gave no good answer in {tries} (last: {verdict.why}); the next run goes on from here."
