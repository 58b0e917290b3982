"""The live feed of trades with their wallets (RTDS; docs/polymarket-api.md, section 8), kept open in a thread of its own.

The feed says who traded and when, not exactly what: its prices are unrounded, it has no fees, and it replays nothing.
So its frames are news about wallets; the rows themselves are read from REST.

Both of its types are followed, since either has been silent or late while the other went on; and a line that answers
pings says nothing of trades, so that the two silences are told apart.
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from smartmoney.errors import SettingError
from smartmoney.ids import is_address
from smartmoney.polymarket.hosts import is_loopback, is_private
from smartmoney.settings import Settings

log = logging.getLogger(__name__)

LIVE_STREAM = "wss://ws-live-data.polymarket.com"
TYPES = ("trades", "orders_matched")
SUBSCRIBE = json.dumps(
    {
        "action": "subscribe",
        "subscriptions": [{"topic": "activity", "type": name} for name in TYPES],
    }
)
PING_S = 5.0
SILENT_S = 20.0
"""Without any frame for so long, answers to pings included, the connection is taken for dead."""
OPEN_S = 10.0
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
BACKLOG = 50_000
MOST_BYTES = 2**20
LATE_S, EARLY_S = 7 * 86_400, 86_400
"""A trade stamped further from our clock than this is stamped wrongly."""
MILLISECONDS = 10**11


@dataclass(frozen=True)
class Heard:
    """One trade the feed told.

    Attributes:
        wallet: lower-case address.
        tx: transaction hash.
        ts: when it happened, Unix seconds.
        at: when it was heard, Unix seconds.
        type: which of `TYPES` told it.
    """

    wallet: str
    tx: str
    ts: int
    at: float
    type: str = TYPES[0]


def stream_url(settings: Settings) -> str:
    """Address of the feed, found fit to be asked: Polymarket's own for live data, else this machine or a public wss.

    Raises:
        SettingError: it is neither.
    """
    base = settings.polymarket_api_base_url
    derived = "ws" + base.rstrip("/").removeprefix("http") + "/rtds" if base else LIVE_STREAM
    url = settings.polymarket_stream_url or derived
    parts = urlsplit(url)
    host = parts.hostname or ""
    if settings.smartmoney_source == "live" and (parts.scheme, host) != (
        "wss",
        urlsplit(LIVE_STREAM).hostname,
    ):
        raise SettingError(
            f"POLYMARKET_STREAM_URL is not Polymarket's: with SMARTMONEY_SOURCE=live only {LIVE_STREAM} is asked."
        )
    fit = parts.scheme == "wss" and host and not is_private(host)
    if (
        parts.username
        or parts.password
        or not (fit or (is_loopback(host) and parts.scheme in {"ws", "wss"}))
    ):
        raise SettingError(
            "POLYMARKET_STREAM_URL must be on this machine (ws://127.0.0.1:PORT), or wss at a public address."
        )
    return url


def heard(frame: str | bytes, at: float) -> Heard | None:
    """The trade in a frame; None for anything else. Frames come from outside: what is not as expected is no trade."""
    try:
        message: Any = json.loads(frame)
        payload, kind = message["payload"], message["type"]
        if message["topic"] != "activity" or kind not in TYPES:
            return None
        wallet, tx = str(payload["proxyWallet"]).lower(), str(payload["transactionHash"]).lower()
        ts = int(payload["timestamp"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    ts = ts // 1_000 if ts > MILLISECONDS else ts
    plausible = at - LATE_S <= ts <= at + EARLY_S
    return Heard(wallet, tx, ts, at, kind) if plausible and is_address(wallet) else None


class TradeFeed:
    """The feed, connected again and again until closed; a context manager.

    Attributes:
        connects: how often it was connected: after each time, what happened before is unknown.
        frames: frames received.
        last_frame_at: when the newest came (Unix seconds), answers to pings included; None before the first.
        connected_at: when it was last connected (Unix seconds); None before the first time.
        last_trade_at: when the newest trade of each type came (Unix seconds).
        lost: trades dropped because nobody took them in time.
        error: why it is not connected, or "".
    """

    def __init__(self, settings: Settings, first_wait_s: float = FIRST_WAIT_S) -> None:
        """Nothing is connected yet.

        Raises:
            SettingError: the address may not be asked.
        """
        self.url = stream_url(settings)
        self._proxy: Literal[True] | None = True if settings.polymarket_use_proxy else None
        self._first_wait_s = first_wait_s
        self.connects = self.frames = self.lost = 0
        self._listening, self.error = False, "not connected yet"
        self.last_frame_at: float | None = None
        self.connected_at: float | None = None
        self.last_trade_at: dict[str, float] = {}
        self._queue: Queue[Heard] = Queue(BACKLOG)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="trade feed", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(OPEN_S + PING_S)

    @property
    def connected(self) -> bool:
        """Is somebody listening on an open line now?"""
        return self._listening and self._thread.is_alive()

    def trades_silent_s(self, now: float) -> float | None:
        """Seconds without a trade of anybody on a line that is open; None while it is not."""
        if not self.connected or self.connected_at is None:
            return None
        return max(0.0, now - max([self.connected_at, *self.last_trade_at.values()]))

    def take(self, seconds: float) -> list[Heard]:
        """What was heard since the last time; waits at most so long for the first."""
        found: list[Heard] = []
        try:
            found.append(self._queue.get(timeout=seconds))
            while True:
                found.append(self._queue.get_nowait())
        except Empty:
            return found

    def _run(self) -> None:
        wait = self._first_wait_s
        while not self._stop.is_set():
            before = self.frames
            try:
                with connect(
                    self.url,
                    open_timeout=OPEN_S,
                    close_timeout=1,
                    ping_interval=None,
                    max_size=MOST_BYTES,
                    proxy=self._proxy,
                ) as socket:
                    self._listen(socket)
            except (OSError, WebSocketException, ValueError) as error:
                self._away(error)
            except Exception as error:  # whatever it was, the next connection may be spared it
                self._away(error)
                log.exception("Listening to the trade feed failed in a way nobody foresaw.")
            self._listening = False
            wait = self._first_wait_s if self.frames > before else min(wait * 2, LONGEST_WAIT_S)
            self._stop.wait(wait * random.uniform(0.8, 1.2))

    def _away(self, error: Exception) -> None:
        self.error = f"{type(error).__name__}: {error}"[:300]
        log.warning("The trade feed is away: %s", self.error)

    def _listen(self, socket: Connection) -> None:
        socket.send(SUBSCRIBE)
        self.connects += 1
        self._listening, self.error, self.connected_at = True, "", time.time()
        newest = pinged = time.monotonic()
        while not self._stop.is_set():
            now = time.monotonic()
            if now - newest > SILENT_S:
                raise TimeoutError(f"nothing came for {SILENT_S:.0f} s")
            if now - pinged >= PING_S:
                socket.send("ping")
                pinged = now
            try:
                frame = socket.recv(timeout=max(0.05, min(0.5, PING_S - (now - pinged))))
            except TimeoutError:
                continue
            newest = time.monotonic()
            self._keep(frame)

    def _keep(self, frame: str | bytes) -> None:
        self.frames, self.last_frame_at = self.frames + 1, time.time()
        found = heard(frame, self.last_frame_at)
        if found is None:
            return
        self.last_trade_at[found.type] = found.at
        try:
            self._queue.put_nowait(found)
        except Full:
            self.lost += 1
