"""What a client asked: parameters with defaults, clamps and the error bodies of each host; cursors it
cannot forge."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from typing import Any

from starlette.datastructures import QueryParams

from smartmoney.ids import is_address

SHORTER = "simulator.shorter"
"""Key of the request scope that makes a v2 page so many times shorter (a fault)."""

_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
ALIASES = {
    "condition_id": "condition",
    "condition_ids": "condition",
    "market": "condition",
    "proxy_wallet": "user",
    "asset": "token_id",
    "asset_id": "token_id",
}
CONTRACTS = frozenset(
    {
        "0x4d97dcd97ec945f40cf65f87097ace5ea0476045",
        "0x4bfb41d5b3570defd03c39a9a4d8de6bd8b8982e",
        "0xc5d563a36ae78145c45a50134d48a1215220f80a",
        "0xd91e80cf2e7be2e162c6513ced06f1dd0da35296",
        "0xe111180000d2663c0091e4f400237545b87b996b",
        "0xe2222d279d744050d28e00520010520000310f59",
        "0xc011a7e12a19f7b1f670d46f03b03f3342e82dfb",
        "0xe3333700ca9d93003f00f0f71f8515005f6c00aa",
    }
)


class Refused(Exception):
    """The request is answered with an error status; `parameter` and `code` are for v2 bodies."""

    def __init__(
        self, text: str, status: int = 400, parameter: str | None = None, code: str = ""
    ) -> None:
        super().__init__(text)
        self.text, self.status, self.parameter, self.code = text, status, parameter, code


class Query:
    """Query parameters of one request; unknown ones are ignored."""

    def __init__(self, params: QueryParams, snake: bool = False, shorter: int = 1) -> None:
        self.shorter = shorter
        self._many: dict[str, list[str]] = {}
        for key, value in params.multi_items():
            name = _CAMEL.sub(r"_\1", key).lower() if snake else key
            self._many.setdefault(ALIASES.get(name, name) if snake else name, []).append(value)

    def has(self, name: str) -> bool:
        """Whether a non-empty value was given."""
        return any(self._many.get(name, ()))

    def text(self, name: str, default: str = "") -> str:
        """The last value given."""
        return self._many.get(name, [default])[-1]

    def many(self, name: str) -> list[str]:
        """All values, repeated or separated by commas; empty ones dropped."""
        return [
            part.strip()
            for value in self._many.get(name, [])
            for part in value.split(",")
            if part.strip()
        ]

    def number(self, name: str, default: float) -> float:
        """A number."""
        if not self.has(name):
            return default
        try:
            return float(self.text(name))
        except ValueError:
            raise Refused(f"invalid value for query param '{name}'", parameter=name) from None

    def integer(self, name: str, default: int, low: int = 0, high: int | None = None) -> int:
        """An integer; too large is clamped to `high`, too small refused."""
        value = self.number(name, default)
        if value != int(value) or value < low:
            raise Refused(f"invalid value for query param '{name}'", parameter=name)
        return int(value) if high is None else min(int(value), high)

    def flag(self, name: str, default: bool) -> bool:
        """A boolean: true/false, 1/0."""
        if not self.has(name):
            return default
        value = self.text(name).lower()
        if value not in ("true", "false", "1", "0"):
            raise Refused(f"invalid value for query param '{name}'", parameter=name)
        return value in ("true", "1")

    def choice(self, name: str, allowed: Iterable[str], default: str) -> str:
        """One of the allowed words, upper or lower case as given in `allowed`."""
        value = self.text(name, default) or default
        found = {word.lower(): word for word in allowed}.get(value.lower())
        if found is None:
            raise Refused(f"invalid value for query param '{name}'", parameter=name)
        return found

    def user(self, required: bool = True) -> str | None:
        """A wallet address in lower case."""
        if not self.has("user"):
            if required:
                raise Refused("required query param 'user' not provided", parameter="user")
            return None
        value = self.text("user")
        if not is_address(value.lower()):
            raise Refused("invalid value for query param 'user'", parameter="user")
        return value.lower()

    def items(self) -> list[tuple[str, str]]:
        """All parameters but the paging ones, sorted: what a cursor is bound to."""
        skip = ("cursor", "after_cursor", "limit", "offset", "next_cursor")
        return sorted(
            (name, value)
            for name, values in self._many.items()
            if name not in skip
            for value in values
        )


class Cursors:
    """Opaque cursors: base64url of a 32-byte MAC and a JSON body, bound to a route and to filters."""

    def __init__(self, seed: int) -> None:
        self._key = hashlib.sha256(b"cursor %d" % seed).digest()

    def make(self, route: str, bound: Any, **place: Any) -> str:
        """A cursor for `route` that is valid only together with the same `bound` filters."""
        body = json.dumps({"v": 1, "k": route, "oh": _digest(bound), **place}).encode()
        return (
            base64.urlsafe_b64encode(hmac.digest(self._key, body, "sha256") + body)
            .decode()
            .rstrip("=")
        )

    def read(self, text: str, route: str, bound: Any) -> dict[str, Any]:
        """The place a cursor stands for.

        Raises:
            Refused: the cursor is not ours, or of another route, or its filters changed.
        """
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            body = json.loads(raw[32:])
        except (ValueError, UnicodeDecodeError):
            raise Refused("invalid cursor", parameter="cursor") from None
        if (
            not hmac.compare_digest(hmac.digest(self._key, raw[32:], "sha256"), raw[:32])
            or body["k"] != route
        ):
            raise Refused("invalid cursor", parameter="cursor")
        if body["oh"] != _digest(bound):
            raise Refused("cursor does not match the request's filters", parameter="cursor")
        checked: dict[str, Any] = body
        return checked


def _digest(bound: Any) -> str:
    return hashlib.sha256(json.dumps(bound, sort_keys=True, default=str).encode()).hexdigest()[:16]
