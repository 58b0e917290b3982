"""Which markets and events a list of gamma means, and in what order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from polymarket_sim.accounts import quotes
from polymarket_sim.accounts.served import Served
from polymarket_sim.api.gamma_parts import iso
from polymarket_sim.protocol.query import Query, Refused
from polymarket_sim.protocol.wire import micro

MARKET_ORDERS = (
    "id",
    "volume",
    "volumeNum",
    "volume24hr",
    "volume1wk",
    "liquidity",
    "liquidityNum",
    "startDate",
    "endDate",
    "createdAt",
    "slug",
    "question",
)
EVENT_ORDERS = (
    "id",
    "volume",
    "volume24hr",
    "volume1wk",
    "liquidity",
    "startDate",
    "endDate",
    "createdAt",
    "slug",
    "title",
)


class GammaLists:
    """Filters and orders of gamma's lists over one world."""

    def __init__(self, served: Served) -> None:
        self.served = served

    def markets(self, query: Query) -> list[int]:
        """Markets that match the filters, in the order asked; closed ones only when `closed=true`."""
        world = self.served.world
        keys = {
            "id": lambda m: m.gamma_id,
            "slug": lambda m: m.slug,
            "condition_ids": lambda m: m.condition_id,
            "question_ids": lambda m: m.question_id,
        }
        found = _among(range(len(world.markets)), query, keys, world.markets)
        closed = query.flag("closed", False)
        found = [n for n in found if (world.markets[n].closed_at is not None) == closed]
        if query.has("clob_token_ids"):
            tokens = {
                world.token_index.get(token, (None,))[0] for token in query.many("clob_token_ids")
            }
            found = [n for n in found if n in tokens]
        if query.has("tag_id"):
            found = [n for n in found if self._tagged(world.markets[n].event, query)]
        found = self._bounded(
            query, found, "volume_num", lambda n: int(self.served.volumes().usd["all"][n])
        )
        found = self._bounded(
            query, found, "liquidity_num", lambda n: quotes.liquidity(self.served, n)
        )
        found = _dated(query, found, lambda n: (world.markets[n].open_at, world.markets[n].end_at))
        return self._ordered(query, found, MARKET_ORDERS, self._market_key)

    def events(self, query: Query) -> list[int]:
        """Events that match the filters, in the order asked."""
        world = self.served.world
        keys = {"id": lambda e: e.gamma_id, "slug": lambda e: e.slug}
        found = _among(range(len(world.events)), query, keys, world.events)
        if query.has("closed"):
            closed = query.flag("closed", False)
            found = [
                n
                for n in found
                if all(world.markets[m].closed_at is not None for m in world.events[n].markets)
                == closed
            ]
        if query.has("tag_id") or query.has("tag_slug"):
            found = [n for n in found if self._tagged(n, query)]
        if query.has("exclude_tag_id"):
            barred = set(query.many("exclude_tag_id"))
            found = [n for n in found if not barred & {tag.id for tag in world.events[n].tags}]
        found = self._bounded(query, found, "volume", self._event_volume)
        found = _dated(
            query, found, lambda n: (world.events[n].created_at + 3_600, world.events[n].end_at)
        )
        return self._ordered(query, found, EVENT_ORDERS, self._event_key)

    def _event_volume(self, number: int) -> int:
        return int(self.served.volumes().usd["all"][self.served.world.events[number].markets].sum())

    def _tagged(self, event: int, query: Query) -> bool:
        tags = self.served.world.events[event].tags
        slugs, values = {tag.slug for tag in tags}, query.many("tag_id")
        mine = {tag.id for tag in tags}
        match = all if query.text("tag_match") == "all" else any
        return (not values or match(tag in mine for tag in values)) and (
            not query.has("tag_slug") or query.text("tag_slug") in slugs
        )

    def _bounded(
        self, query: Query, found: list[int], name: str, value: Callable[[int], int]
    ) -> list[int]:
        if not (query.has(f"{name}_min") or query.has(f"{name}_max")):
            return found
        low, high = query.number(f"{name}_min", 0) * 1e6, query.number(f"{name}_max", 1e18) * 1e6
        return [n for n in found if low <= value(n) <= high]

    def _ordered(
        self, query: Query, found: list[int], allowed: Sequence[str], key: Callable[[str, int], Any]
    ) -> list[int]:
        if not query.has("order"):
            return found
        for field in reversed(query.many("order")):
            if field not in allowed:
                raise Refused("order fields are not valid", 422)
            found = sorted(
                found, key=lambda n: key(field, n), reverse=not query.flag("ascending", False)
            )
        return found

    def _market_key(self, field: str, number: int) -> Any:
        info, usd = self.served.world.markets[number], self.served.volumes().usd
        plain = {
            "id": int(info.gamma_id),
            "startDate": info.open_at,
            "createdAt": info.open_at,
            "endDate": info.end_at,
            "slug": info.slug,
            "question": info.question,
        }
        if field in plain:
            return plain[field]
        if field == "volume":
            return str(micro(int(usd["all"][number])))
        if field.startswith("liquidity"):
            return quotes.liquidity(self.served, number)
        return int(
            usd[{"volumeNum": "all", "volume24hr": "24hr", "volume1wk": "1wk"}[field]][number]
        )

    def _event_key(self, field: str, number: int) -> Any:
        info, usd = self.served.world.events[number], self.served.volumes().usd
        plain = {
            "id": int(info.gamma_id),
            "startDate": info.created_at,
            "createdAt": info.created_at,
            "endDate": info.end_at,
            "slug": info.slug,
            "title": info.title,
        }
        if field in plain:
            return plain[field]
        if field == "liquidity":
            return sum(quotes.liquidity(self.served, m) for m in info.markets)
        return int(
            usd[{"volume": "all", "volume24hr": "24hr", "volume1wk": "1wk"}[field]][
                info.markets
            ].sum()
        )


def _among(
    numbers: Sequence[int],
    query: Query,
    keys: dict[str, Callable[[Any], str]],
    infos: Sequence[Any],
) -> list[int]:
    found = list(numbers)
    for name, key in keys.items():
        if query.has(name):
            values = set(query.many(name))
            found = [n for n in found if key(infos[n]) in values]
    return found


def _dated(query: Query, found: list[int], span: Callable[[int], tuple[int, int]]) -> list[int]:
    for name, place, sign in (
        ("start_date_min", 0, 1),
        ("start_date_max", 0, -1),
        ("end_date_min", 1, 1),
        ("end_date_max", 1, -1),
    ):
        if query.has(name):
            limit = query.text(name).replace("+00:00", "Z")
            found = [
                n
                for n in found
                if (iso(span(n)[place]) >= limit) == (sign > 0) or iso(span(n)[place]) == limit
            ]
    return found
