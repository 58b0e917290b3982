"""Websockets: the live feed of trades with wallets (RTDS), and the book channel of markets."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from starlette.websockets import WebSocket, WebSocketDisconnect

from polymarket_sim.accounts import quotes
from polymarket_sim.accounts.served import Served
from polymarket_sim.api.clob import book_object
from polymarket_sim.ids import checksum_address
from polymarket_sim.life import Step
from polymarket_sim.model import Kind, Side
from polymarket_sim.protocol.wire import dumps, micro, pico

BACKLOG = 10_000


@dataclass(eq=False)
class Listener:
    """One websocket: what it subscribed to, and the frames waiting for it."""

    topics: dict[str, Any] = field(default_factory=dict)
    frames: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(BACKLOG))

    def send(self, frame: str) -> None:
        """Queue a frame; a listener that does not keep up loses the newest ones."""
        if not self.frames.full():
            self.frames.put_nowait(frame)


class Hub:
    """All websockets of a server; `publish` turns a step of the world into frames."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.withheld: set[str] = set()
        """Types of the activity feed that are silent just now, while the line goes on."""
        self._activity: set[Listener] = set()
        self._market: set[Listener] = set()

    async def rtds(self, socket: WebSocket) -> None:
        """The activity feed: topic `activity`, types `trades` and `orders_matched`."""
        await self._serve(socket, self._activity, self._subscribe)

    async def market(self, socket: WebSocket) -> None:
        """The market channel: books and last trades of the tokens named, new and resolved markets on
        request."""
        await self._serve(socket, self._market, self._follow)

    async def _serve(
        self, socket: WebSocket, group: set[Listener], hear: Callable[[Listener, Any], None]
    ) -> None:
        await socket.accept()
        listener = Listener()
        group.add(listener)
        writer = asyncio.create_task(_write(socket, listener))
        try:
            while True:
                text = await socket.receive_text()
                if text.lower() == "ping":
                    listener.send("PONG")
                    continue
                try:
                    hear(listener, json.loads(text))
                except (ValueError, AttributeError, TypeError):
                    listener.send(json.dumps({"message": "invalid request"}))
        except WebSocketDisconnect:
            pass
        finally:
            group.discard(listener)
            writer.cancel()

    def _subscribe(self, listener: Listener, request: Any) -> None:
        for item in request.get("subscriptions", []):
            if item.get("topic") != "activity":
                continue
            if request.get("action") == "unsubscribe":
                listener.topics.pop(item["type"], None)
            else:
                filters = item.get("filters") or "{}"
                listener.topics[item["type"]] = (
                    json.loads(filters) if isinstance(filters, str) else filters
                )

    def _follow(self, listener: Listener, request: Any) -> None:
        tokens = set(request.get("assets_ids", []))
        followed = listener.topics.setdefault("tokens", set())
        if request.get("operation") == "unsubscribe":
            followed -= tokens
            return
        listener.topics["custom"] = request.get(
            "custom_feature_enabled", listener.topics.get("custom", False)
        )
        followed |= tokens
        books = [frame for token in tokens for frame in self._book(token)]
        if books:
            listener.send(dumps(books))

    def _book(self, token: str) -> Iterator[dict[str, Any]]:
        place = self.served.world.token_index.get(token)
        found = quotes.book(self.served, *place) if place else None
        if found is not None:
            yield {"event_type": "book", **book_object(self.served, token, found)}

    def publish(self, step: Step) -> None:
        """Send what happened in a step to everybody who request for it."""
        if not (self._activity or self._market):
            return
        entries, first = self.served.world.entries, step.rows.start
        traded = (first + np.flatnonzero(entries.kind[first:] == Kind.TRADE)).tolist()
        taken = [row for row in traded if entries.is_taker[row]]
        for name, rows in (("trades", traded), ("orders_matched", taken)):
            for row in rows if self._activity and name not in self.withheld else ():
                self._send_trade(row, name)
        for listener in self._market:
            self._send_market(listener, taken, step)

    def _send_trade(self, row: int, kind: str) -> None:
        payload = self.trade(row)
        frame = dumps(
            {
                "connection_id": base64.b64encode(row.to_bytes(9)).decode(),
                "topic": "activity",
                "type": kind,
                "timestamp": payload["timestamp"] * 1_000,
                "payload": payload,
            }
        )
        for listener in self._activity:
            topics = listener.topics.get(kind)
            if topics is None:
                continue
            if all(
                payload[key] == topics[name]
                for name, key in (("event_slug", "eventSlug"), ("market_slug", "slug"))
                if name in topics
            ):
                listener.send(frame)

    def trade(self, row: int) -> dict[str, Any]:
        """The payload of one trade: the wallet in mixed case, as this feed has it."""
        world, e = self.served.world, self.served.world.entries
        who, market = world.traders[int(e.trader[row])], world.markets[int(e.market[row])]
        outcome = int(e.outcome[row])
        return {
            "asset": market.token_ids[outcome],
            "conditionId": market.condition_id,
            "eventSlug": world.events[market.event].slug,
            "icon": market.icon,
            "name": who.name,
            "outcome": market.outcomes[outcome],
            "outcomeIndex": outcome,
            "price": pico(int(e.price_pico[row])),
            "proxyWallet": checksum_address(who.address),
            "pseudonym": who.pseudonym,
            "side": Side(int(e.side[row])).name,
            "size": micro(int(e.size_micro[row])),
            "slug": market.slug,
            "timestamp": int(e.ts[row]),
            "title": market.question,
            "transactionHash": world.tx_hash(int(e.tx[row])),
        }

    def _send_market(self, listener: Listener, rows: list[int], step: Step) -> None:
        world, e, followed = (
            self.served.world,
            self.served.world.entries,
            listener.topics.get("tokens", set()),
        )
        for row in rows:
            market = world.markets[int(e.market[row])]
            token = market.token_ids[int(e.outcome[row])]
            if token in followed:
                listener.send(dumps(self._last_trade(row, token, market.long_condition_id)))
        for number in step.moved:
            for frame in self._changes(number, followed) if number >= 0 else ():
                listener.send(dumps(frame))
            for token in world.markets[number].token_ids if number >= 0 else ():
                for frame in self._book(token) if token in followed else ():
                    listener.send(dumps(frame))
        if listener.topics.get("custom"):
            for number in step.opened:
                listener.send(dumps(self._new_market(number)))
            for number in step.resolved:
                listener.send(dumps(self._resolved(number)))

    def _last_trade(self, row: int, token: str, condition: str) -> dict[str, str]:
        e = self.served.world.entries
        return {
            "event_type": "last_trade_price",
            "market": condition,
            "asset_id": token,
            "price": str(pico(int(e.price_pico[row]))),
            "size": str(micro(int(e.size_micro[row]))),
            "side": Side(int(e.side[row])).name,
            "fee_rate_bps": "0",
            "timestamp": str(int(e.ts[row]) * 1_000),
            "transaction_hash": self.served.world.tx_hash(int(e.tx[row])),
        }

    def _changes(self, number: int, followed: set[str]) -> Iterator[dict[str, Any]]:
        """The best levels of the market's books, as they are now; followed tokens only."""
        market = self.served.world.markets[number]
        books = [
            (token, book)
            for token in market.token_ids
            if token in followed
            for book in self._book(token)
        ]
        changes = [
            {
                "asset_id": token,
                **book[side][-1],
                "side": name,
                "hash": book["hash"],
                "best_bid": book["bids"][-1]["price"],
                "best_ask": book["asks"][-1]["price"],
            }
            for token, book in books
            for side, name in (("bids", "BUY"), ("asks", "SELL"))
            if all((book["bids"], book["asks"]))
        ]
        if changes:
            yield {
                "event_type": "price_change",
                "market": market.long_condition_id,
                "timestamp": str(self.served.world.now * 1_000),
                "price_changes": changes,
            }

    def _new_market(self, number: int) -> dict[str, Any]:
        world, market = self.served.world, self.served.world.markets[number]
        event = world.events[market.event]
        about = {
            "id": event.gamma_id,
            "ticker": event.slug,
            "slug": event.slug,
            "title": event.title,
            "description": event.description,
        }
        return {
            "event_type": "new_market",
            "id": market.gamma_id,
            "question": market.question,
            "market": market.long_condition_id,
            "slug": market.slug,
            "description": market.description,
            "assets_ids": list(market.token_ids),
            "outcomes": list(market.outcomes),
            "event_message": about,
            "timestamp": str(world.now * 1_000),
            "tags": [tag.slug for tag in event.tags],
            "condition_id": market.long_condition_id,
            "active": True,
            "clob_token_ids": list(market.token_ids),
            "sports_market_type": "",
            "line": "",
            "game_start_time": "",
            "order_price_min_tick_size": str(micro(market.tick_micro)),
            "group_item_title": market.group_item_title,
        }

    def _resolved(self, number: int) -> dict[str, Any]:
        market = self.served.world.markets[number]
        winner = 0 if market.payouts and market.payouts[0] >= 500_000 else 1
        return {
            "event_type": "market_resolved",
            "id": market.gamma_id,
            "market": market.long_condition_id,
            "assets_ids": list(market.token_ids),
            "winning_asset_id": market.token_ids[winner],
            "winning_outcome": market.outcomes[winner],
            "tags": [],
            "timestamp": str(self.served.world.now * 1_000),
        }


async def _write(socket: WebSocket, listener: Listener) -> None:
    while True:
        await socket.send_text(await listener.frames.get())
