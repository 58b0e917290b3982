"""Gamma: market and event metadata, tags, search, profiles."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from polymarket_sim.accounts import quotes
from polymarket_sim.accounts.served import Served
from polymarket_sim.api import gamma_objects as objects
from polymarket_sim.model import Tag
from polymarket_sim.protocol.query import Query, Refused
from polymarket_sim.protocol.wire import reply

SCHEMAS = "https://gamma-api.polymarket.com/schemas"
KINDS = {404: "not found error", 422: "validation error", 500: "internal error"}
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
Lister = Callable[[Query], list[int]]


class Gamma:
    """Handlers of the gamma routes over one world."""

    def __init__(self, served: Served) -> None:
        self.served = served

    def routes(self) -> list[Route]:
        """All routes below the gamma host."""
        table: dict[str, Callable[..., Response]] = {
            "/markets": self.markets,
            "/markets/keyset": self.markets_keyset,
            "/markets/{id:str}": self.market,
            "/markets/slug/{slug:str}": self.market_by_slug,
            "/markets/{id:str}/tags": self.market_tags,
            "/events": self.events,
            "/events/keyset": self.events_keyset,
            "/events/{id:str}": self.event,
            "/events/slug/{slug:str}": self.event_by_slug,
            "/events/{id:str}/tags": self.event_tags,
            "/tags": self.tags,
            "/public-search": self.search,
            "/public-profile": self.profile,
        }
        return [Route(path, endpoint(handler), methods=["GET"]) for path, handler in table.items()]

    # Selection

    def _markets(self, query: Query) -> list[int]:
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

    def _events(self, query: Query) -> list[int]:
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
        slugs, wanted = {tag.slug for tag in tags}, query.many("tag_id")
        mine = {tag.id for tag in tags}
        match = all if query.text("tag_match") == "all" else any
        return (not wanted or match(tag in mine for tag in wanted)) and (
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
            return str(objects.micro(int(usd["all"][number])))
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

    # Lists

    def _offset_page(self, query: Query, route: str, found: list[int]) -> list[int]:
        limit = min(query.integer("limit", 20), self.served.limits.gamma_page)
        offset = query.integer("offset", 0)
        if offset > self.served.limits.gamma_offset:
            raise Refused(f"offset too large, use /{route}/keyset for deeper pagination", 422)
        return found[offset : offset + limit]

    def _keyset(
        self, query: Query, route: str, lister: Lister, row: Callable[[int], Any]
    ) -> Response:
        if query.has("offset"):
            raise Refused("offset is not allowed on keyset endpoints", 422)
        limit = min(query.integer("limit", 20), self.served.limits.gamma_page)
        bound, found, begin = query.items(), lister(query), 0
        if query.has("after_cursor"):
            last = self.served.cursors.read(query.text("after_cursor"), route, bound)["keys"][0][
                "v"
            ]
            begin = found.index(int(last)) + 1 if int(last) in found else len(found)
        chosen = found[begin : begin + limit]
        name = "Markets" if route == "markets" else "Events"
        body: dict[str, Any] = {
            "$schema": f"{SCHEMAS}/{name}KeysetListResponse.json",
            route: [row(n) for n in chosen],
        }
        # A full last page still gives a cursor, whose next page is empty, as the service may.
        if chosen and len(chosen) == limit:
            body["next_cursor"] = self.served.cursors.make(
                route, bound, keys=[{"t": "string", "v": str(chosen[-1])}]
            )
        return reply(body)

    def markets(self, query: Query) -> Response:
        """Markets by offset."""
        tags = query.flag("include_tag", False)
        return reply(
            [
                objects.market(self.served, n, tags)
                for n in self._offset_page(query, "markets", self._markets(query))
            ]
        )

    def markets_keyset(self, query: Query) -> Response:
        """Markets by cursor."""
        tags = query.flag("include_tag", False)
        return self._keyset(
            query, "markets", self._markets, lambda n: objects.market(self.served, n, tags)
        )

    def events(self, query: Query) -> Response:
        """Events by offset."""
        return reply(
            [self._event(query, n) for n in self._offset_page(query, "events", self._events(query))]
        )

    def events_keyset(self, query: Query) -> Response:
        """Events by cursor."""
        return self._keyset(query, "events", self._events, lambda n: self._event(query, n))

    def _event(self, query: Query, number: int) -> dict[str, Any]:
        found = objects.event(self.served, number)
        if not query.flag("include_markets", True):
            del found["markets"]
        return found

    # Single objects

    def market(self, query: Query, id: str) -> Response:
        """One market by its gamma id."""
        number = _by_id(id, [market.gamma_id for market in self.served.world.markets])
        schema = {"$schema": f"{SCHEMAS}/Market.json"}
        return reply(schema | objects.market(self.served, number, query.flag("include_tag", False)))

    def market_by_slug(self, query: Query, slug: str) -> Response:
        """One market by its slug."""
        number = _by_slug(slug, [market.slug for market in self.served.world.markets])
        return reply(objects.market(self.served, number, query.flag("include_tag", False)))

    def market_tags(self, query: Query, id: str) -> Response:
        """Tags of a market."""
        number = _by_id(id, [market.gamma_id for market in self.served.world.markets])
        return reply(
            [
                objects.tag(tag)
                for tag in self.served.world.events[self.served.world.markets[number].event].tags
            ]
        )

    def event(self, query: Query, id: str) -> Response:
        """One event by its gamma id."""
        number = _by_id(id, [event.gamma_id for event in self.served.world.events])
        return reply({"$schema": f"{SCHEMAS}/Event.json"} | self._event(query, number))

    def event_by_slug(self, query: Query, slug: str) -> Response:
        """One event by its slug."""
        return reply(
            self._event(query, _by_slug(slug, [event.slug for event in self.served.world.events]))
        )

    def event_tags(self, query: Query, id: str) -> Response:
        """Tags of an event."""
        number = _by_id(id, [event.gamma_id for event in self.served.world.events])
        return reply([objects.tag(tag) for tag in self.served.world.events[number].tags])

    def _all_tags(self) -> list[Tag]:
        return list(
            {tag.id: tag for event in self.served.world.events for tag in event.tags}.values()
        )

    def tags(self, query: Query) -> Response:
        """All tags."""
        limit, offset = min(query.integer("limit", 20), 100), query.integer("offset", 0)
        return reply([objects.tag(tag) for tag in self._all_tags()[offset : offset + limit]])

    def search(self, query: Query) -> Response:
        """Events, tags and profiles whose name contains the text; kinds without a hit have no key."""
        text, size, number = (
            query.text("q").lower(),
            query.integer("limit_per_type", 5, 1, 50),
            query.integer("page", 1, 1),
        )
        if not text:
            raise Refused('query argument "q": empty', 422)
        world, cut = self.served.world, slice((number - 1) * size, number * size)
        hits = [n for n, event in enumerate(world.events) if text in event.title.lower()]
        found: dict[str, Any] = {"events": [objects.event(self.served, n) for n in hits[cut]]}
        if query.flag("search_tags", False):
            found["tags"] = [
                objects.tag(tag) for tag in self._all_tags() if text in tag.label.lower()
            ][cut]
        if query.flag("search_profiles", False):
            people = [
                n
                for n, who in enumerate(world.traders)
                if text in who.name.lower() or text in who.pseudonym.lower()
            ]
            hits_here = [self._hit(n) for n in people[cut]]
            # The service lists a profile it could not load as null.
            found["profiles"] = hits_here if len(hits_here) < size else [*hits_here[:-1], None]
        pagination = {"hasMore": len(hits) > number * size, "totalResults": len(hits)}
        return reply(
            {key: value for key, value in found.items() if value} | {"pagination": pagination}
        )

    def _hit(self, number: int) -> dict[str, Any]:
        keys = ("name", "displayUsernamePublic", "proxyWallet", "pseudonym", "profileImage", "bio")
        return {
            key: value
            for key, value in objects.profile(self.served.world.traders[number], number).items()
            if key in keys
        }

    def profile(self, query: Query) -> Response:
        """The public profile of a wallet, asked for by its own address or by its owner's."""
        asked = query.text("address").lower()
        number = self.served.trader(asked)
        if number is None:
            number = self.served.world.owner_index.get(asked)
        if number is None:
            raise Refused("profile not found", 404)
        return reply(objects.profile(self.served.world.traders[number], number))


def _among(
    numbers: Sequence[int],
    query: Query,
    keys: dict[str, Callable[[Any], str]],
    infos: Sequence[Any],
) -> list[int]:
    found = list(numbers)
    for name, key in keys.items():
        if query.has(name):
            wanted = set(query.many(name))
            found = [n for n in found if key(infos[n]) in wanted]
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
                if (objects.iso(span(n)[place]) >= limit) == (sign > 0)
                or objects.iso(span(n)[place]) == limit
            ]
    return found


def _by_id(wanted: str, known: list[str]) -> int:
    if not wanted.isdecimal():
        raise Refused("id is invalid", 422)
    if wanted not in known:
        raise Refused("id not found", 404)
    return known.index(wanted)


def _by_slug(wanted: str, known: list[str]) -> int:
    if wanted not in known:
        raise Refused("slug not found", 404)
    return known.index(wanted)


def error(text: str, status: int) -> Response:
    """A gamma error body."""
    return reply({"type": KINDS.get(status, "validation error"), "error": text}, status)


def endpoint(handler: Callable[..., Response]) -> Callable[[Request], Awaitable[Response]]:
    """A starlette endpoint with gamma's error bodies: bad parameters are 422."""

    async def answer(request: Request) -> Response:
        try:
            return handler(Query(request.query_params), **request.path_params)
        except Refused as refused:
            return error(refused.text, 422 if refused.status == 400 else refused.status)

    return answer
