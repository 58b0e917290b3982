"""Gamma: market and event metadata, tags, search, profiles."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from polymarket_sim.accounts.served import Served
from polymarket_sim.api import gamma_objects as objects
from polymarket_sim.api.gamma_lists import GammaLists
from polymarket_sim.api.gamma_parts import profile as profile_object
from polymarket_sim.api.gamma_parts import tag as tag_object
from polymarket_sim.model import Tag
from polymarket_sim.protocol.query import Query, Refused
from polymarket_sim.protocol.wire import reply

SCHEMAS = "https://gamma-api.polymarket.com/schemas"
KINDS = {404: "not found error", 422: "validation error", 500: "internal error"}
Lister = Callable[[Query], list[int]]


class Gamma:
    """Handlers of the gamma routes over one world."""

    def __init__(self, served: Served) -> None:
        self.served, self.lists = served, GammaLists(served)

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
                for n in self._offset_page(query, "markets", self.lists.markets(query))
            ]
        )

    def markets_keyset(self, query: Query) -> Response:
        """Markets by cursor."""
        tags = query.flag("include_tag", False)
        return self._keyset(
            query, "markets", self.lists.markets, lambda n: objects.market(self.served, n, tags)
        )

    def events(self, query: Query) -> Response:
        """Events by offset."""
        return reply(
            [
                self._event(query, n)
                for n in self._offset_page(query, "events", self.lists.events(query))
            ]
        )

    def events_keyset(self, query: Query) -> Response:
        """Events by cursor."""
        return self._keyset(query, "events", self.lists.events, lambda n: self._event(query, n))

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
                tag_object(tag)
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
        return reply([tag_object(tag) for tag in self.served.world.events[number].tags])

    def _all_tags(self) -> list[Tag]:
        return list(
            {tag.id: tag for event in self.served.world.events for tag in event.tags}.values()
        )

    def tags(self, query: Query) -> Response:
        """All tags."""
        limit, offset = min(query.integer("limit", 20), 100), query.integer("offset", 0)
        return reply([tag_object(tag) for tag in self._all_tags()[offset : offset + limit]])

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
                tag_object(tag) for tag in self._all_tags() if text in tag.label.lower()
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
            for key, value in profile_object(self.served.world.traders[number], number).items()
            if key in keys
        }

    def profile(self, query: Query) -> Response:
        """The public profile of a wallet, owner_or_wallet for by its own address or by its owner's."""
        owner_or_wallet = query.text("address").lower()
        number = self.served.trader(owner_or_wallet)
        if number is None:
            number = self.served.world.owner_index.get(owner_or_wallet)
        if number is None:
            raise Refused("profile not found", 404)
        return reply(profile_object(self.served.world.traders[number], number))


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
