"""The live stream against the simulator's feed: a trade is stored once and told; what a cut connection hid is read afterwards."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest

from polymarket_sim.generate import generate
from polymarket_sim.server import Simulator, running
from polymarket_sim.world import World
from smartmoney.errors import ApiUnavailable, SettingError
from smartmoney.jobs import stream
from smartmoney.polymarket import feed as feeds
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.feed import TradeFeed, heard, stream_url
from smartmoney.settings import Settings, load
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.supervise import environment
from smartmoney.supervise.paths import ROOT, Paths
from smartmoney.widgets.screens.health.columns import stated
from tests.kit.rows import Rows
from tests.kit.simulators import live_on

PATIENCE_S = 60.0


class Wire:
    """A line to a server that can be cut and mended."""

    def __init__(self, port: int) -> None:
        self.to, self.up, self.ends = port, True, list[socket.socket]()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.door.accept()
                if not self.up:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.to))
                self.ends += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=pair, daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        self.up = False
        while self.ends:
            end = self.ends.pop()
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    world = generate(21, traders=16, markets=20, trades=300, days=60, now=int(time.time()) - 1_200)
    with running(world, trades_per_minute=30.0) as found:
        yield found


@pytest.fixture
def wire(simulator: Simulator) -> Iterator[Wire]:
    line = Wire(int(simulator.url.rpartition(":")[2]))
    yield line
    line.cut()
    line.door.close()


@pytest.fixture
def asking(simulator: Simulator, wire: Wire, settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "smartmoney_source": "simulator",
            "polymarket_api_base_url": simulator.url,
            "polymarket_stream_url": f"ws://127.0.0.1:{wire.port}/rtds",
            "smart_tiers": ("S",),
            "rate_limit_requests": 15_000,
            "rate_limit_interval_ms": 100,
            "worker_concurrency": 3,
        }
    )


@contextmanager
def watched(store: Store, asking: Settings) -> Iterator[stream.Watch]:
    """A watch that reads a wallet only when the feed names it, or after the line was cut."""
    with Client(asking) as client, TradeFeed(asking, first_wait_s=0.05) as feed:
        yield stream.Watch(store, client, asking, feed, again_s=1e9)


def until(watch: stream.Watch, done: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < give_up, watch.health()
        watch.turn()


def known(store: Store, world: World) -> Rows:
    """Every wallet of the world is of tier S since long ago, and everything up to now is stored."""
    rows = Rows(store)
    for trader in world.traders:
        found = rows.run(
            "insert into trader (address, tier) values (%s, 'S') returning id", trader.address
        )
        rows.score(found, "S", datetime.now(UTC) - timedelta(days=40))
    return rows


def stored(store: Store) -> int:
    with store.raw() as connection:
        row = connection.execute("select count(*) from trade").fetchone()
    assert row is not None
    return int(row[0])


def true_fills(world: World) -> int:
    return sum(world.truth(number).fills for number in range(len(world.traders)))


def test_a_trade_is_stored_once_and_told_and_a_cut_line_hides_nothing(
    simulator: Simulator,
    wire: Wire,
    asking: Settings,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "EVALUATE_S", 0.0)
    monkeypatch.setattr(stream, "SETTLE_S", 0.2)
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.0)
    world = simulator.world
    rows = known(store, world)
    with watched(store, asking) as watch:
        until(
            watch,
            lambda: (
                watch.feed.connected
                and len(watch.read_at) == len(world.traders) == watch.counts["wallets read"]
            ),
        )
        assert stored(store) == true_fills(world), "a new connection reads everybody"
        began = datetime.fromtimestamp(world.now, UTC)
        rule = rows.rule(
            "trader_moves", made_at=began, tiers=["S"], min_usd=1, price_cap=1.0, cooldown_minutes=0
        )

        def told_of_it() -> bool:
            """Few trades: a rule tells no more than twenty in a while."""
            live_on(simulator, 1)
            return bool(rows.told()) and not watch.waiting and not watch.owed

        until(watch, told_of_it)
        assert watch.counts["trades heard"] > 0
        told = rows.told("event_at")
        assert told and min(told) > began
        assert watch.seconds, "trades the feed named were found"

        wire.cut()
        until(watch, lambda: not watch.feed.connected)
        heard_before, missed = watch.counts["trades heard"], true_fills(world)
        missed += 8  # enough of them that some are neither below the rule's dollars nor part of a move told before
        while true_fills(world) < missed:
            live_on(simulator, 1)
        wire.up = True
        until(
            watch,
            lambda: (
                watch.feed.connects == 2 and stored(store) == true_fills(world) and not watch.owed
            ),
        )
        assert watch.counts["trades heard"] == heard_before, (
            "the feed replays nothing: the gap came from REST"
        )
        assert len(rows.told()) > len(told)
        keys = rows.told("dedupe_key")
        assert len(set(keys)) == len(keys)

        before, alerts = stored(store), len(keys)
        watch.read_at.clear()
        watch.turn()
        watch.owed = True
        watch.turn()
        assert (stored(store), len(rows.told())) == (before, alerts), (
            "reading and telling again changes nothing"
        )
    [life] = reads.health(store, {}, datetime.now(UTC))["heartbeats"]
    assert (life["service"], life["detail"]["wallets"], life["detail"]["reconnects"]) == (
        "stream_trades",
        16,
        1,
    )
    assert {row["stage"] for row in life["detail"]["latency"]} == {"heard", "stored", "told"}
    assert "wallets 16" in stated(life["detail"]) and "reconnects 1" in stated(life["detail"])
    assert rows.run("select count(*) from alert where rule_id = %s", rule) == alerts


def test_a_report_says_what_came_and_fails_while_the_feed_is_away(
    simulator: Simulator, wire: Wire, asking: Settings, store: Store
) -> None:
    known(store, simulator.world)
    with watched(store, asking) as watch:
        until(watch, lambda: watch.feed.connected)
        report = stream.report_once(watch, 0.1)
        assert report.status == "done"
        assert report.read["wallets followed"] == 16
        assert report.written["fills new"] == stored(store)
        wire.cut()
        until(watch, lambda: not watch.feed.connected)
        with pytest.raises(ApiUnavailable, match="read by REST meanwhile"):
            stream.report_once(watch, 0.1)
    with store.raw() as connection:
        found = connection.execute(
            "select status, error from ingestion_run where job = 'stream_trades' order by id"
        ).fetchall()
    assert [row[0] for row in found] == ["done", "failed"]


def test_while_the_feed_is_away_wallets_are_read_again_and_again(
    simulator: Simulator, asking: Settings, store: Store
) -> None:
    known(store, simulator.world)
    dead = asking.model_copy(update={"polymarket_stream_url": "ws://127.0.0.1:1/rtds"})
    with Client(dead) as client, TradeFeed(dead) as feed:
        watch = stream.Watch(store, client, dead, feed, again_s=0.1)
        until(watch, lambda: watch.counts["wallets read"] >= 32)
        assert stored(store) == true_fills(simulator.world)
        assert not watch.health()["connected"] and watch.health()["error"]


def test_a_trade_rest_does_not_show_yet_is_looked_for_again_and_given_up(
    simulator: Simulator, asking: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(store, simulator.world)
    wallet = simulator.world.traders[0].address
    with Client(asking) as client:
        watch = stream.Watch(store, client, asking, TradeFeed(asking), again_s=1e9)
        watch.wallets = {wallet: 1}
        now = time.time()
        watch._hear(
            [
                stream.Heard(wallet, "0x" + "a" * 64, int(now), now),
                stream.Heard(wallet, "0x" + "a" * 64, int(now), now, "orders_matched"),
                stream.Heard("0x" + "b" * 40, "0x", 0, now),
            ]
        )
        assert list(watch.waiting) == [wallet]
        watch._read([wallet])
        assert watch.waiting[wallet].tries == 1 and watch.waiting[wallet].next_at > time.time()
        monkeypatch.setattr(stream, "GIVE_UP_S", -1.0)
        watch._read([wallet])
    assert not watch.waiting and watch.counts["heard and never found"] == 1


def test_watched_wallets_and_unflagged_ones_of_the_tiers_are_followed(store: Store) -> None:
    rows = Rows(store)
    for name, tier in (("ada", "S"), ("bob", "B"), ("cyd", "S"), ("dan", None)):
        rows.trader(name, tier)
    rows.run("update trader set flags = '{MM}' where name = 'cyd'")
    rows.run("insert into watchlist (trader_id) select id from trader where name in ('dan', 'ada')")
    assert sorted(stream.live.followed(store, ("S", "A")).values()) == [1, 4]


def frame_at(stamp: str, kind: str = "trades") -> str:
    """A frame of a trade whose timestamp is written as given."""
    payload = f'{{"proxyWallet": "0x{"a" * 40}", "transactionHash": "0x1", "timestamp": {stamp}}}'
    return f'{{"topic": "activity", "type": "{kind}", "payload": {payload}}}'


@pytest.mark.parametrize(
    "frame",
    [
        "PONG",
        "",
        "[]",
        "null",
        "{}",
        b"\xff",
        "[" * 200_000,
        '{"payload": ' * 100_000,
        frame_at("Infinity"),
        frame_at("-Infinity"),
        frame_at("NaN"),
        frame_at("1e400"),
        frame_at("9" * 5_000),
        frame_at("9" * 30),
        frame_at("-5"),
        frame_at("86400"),
        '{"topic": "activity", "type": "trades", "payload": null}',
        json.dumps(
            {
                "topic": "activity",
                "type": "trades",
                "payload": {"proxyWallet": "0x1", "transactionHash": "", "timestamp": 1},
            }
        ),
        json.dumps({"topic": "comments", "type": "trades", "payload": {}}),
        json.dumps(
            {
                "topic": "activity",
                "type": "trades",
                "payload": {
                    "proxyWallet": "0x" + "a" * 40,
                    "transactionHash": "0x1",
                    "timestamp": "soon",
                },
            }
        ),
    ],
)
def test_what_is_no_trade_is_passed_over(frame: str | bytes) -> None:
    assert heard(frame, 1_795_000_000.0) is None


def test_seconds_and_milliseconds_are_one_moment_in_both_types() -> None:
    for stamp in ("1794999999", "1794999999000", "1794999999.5"):
        for kind in ("trades", "orders_matched"):
            found = heard(frame_at(stamp, kind), 1_795_000_000.0)
            assert found is not None and (found.ts, found.type) == (1_794_999_999, kind)


def test_one_type_may_fall_silent_and_a_trade_told_twice_counts_once(
    simulator: Simulator, wire: Wire, asking: Settings, store: Store
) -> None:
    known(store, simulator.world)
    with watched(store, asking) as watch:
        until(watch, lambda: watch.feed.connected and bool(watch.wallets))
        for withheld in (set(), {"trades"}, {"orders_matched"}):
            simulator.hub.withheld = withheld
            before, trades = watch.counts["trades heard"], true_fills(simulator.world)
            frames = watch.feed.frames
            live_on(simulator, 30)
            until(watch, lambda before=before: watch.counts["trades heard"] > before)
            until(watch, lambda: not watch.waiting)
            assert watch.feed.frames > frames
            assert watch.counts["trades heard"] - before <= true_fills(simulator.world) - trades, (
                withheld
            )
        simulator.hub.withheld = set()
        stages = {row["stage"]: row for row in watch.health()["latency"]}  # type: ignore[attr-defined]
        assert stages["stored"]["n"] == watch.counts["trades heard"]
        assert stages["heard"]["half"] <= stages["stored"]["half"] <= stages["stored"]["slowest"]


def test_silence_of_trades_is_no_silence_of_the_line(
    simulator: Simulator,
    wire: Wire,
    asking: Settings,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feeds, "PING_S", 0.1)
    monkeypatch.setattr(stream, "SILENT_S", 0.5)
    simulator.hub.withheld = set(feeds.TYPES)
    try:
        with watched(store, asking) as watch:
            until(watch, lambda: bool(watch.silence()))
            assert watch.feed.connected and watch.feed.frames > 0, "pings were answered"
            assert watch.health()["lag_s"] < 0.5 <= watch.feed.trades_silent_s(time.time())
            with pytest.raises(ApiUnavailable, match="told no trade of anybody"):
                stream.report_once(watch, 0.1)
    finally:
        simulator.hub.withheld = set()


def test_a_reader_that_dies_is_not_connected_and_comes_back(
    simulator: Simulator, asking: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "PING_S", 0.1)
    keep, failed = TradeFeed._keep, []

    def failing(feed: TradeFeed, frame: str | bytes) -> None:
        if len(failed) < 2:
            failed.append(feed.connected)
            raise RuntimeError("nobody foresaw this")
        keep(feed, frame)

    monkeypatch.setattr(TradeFeed, "_keep", failing)
    with TradeFeed(asking, first_wait_s=0.05) as feed:
        give_up = time.monotonic() + PATIENCE_S
        while not (feed.connects >= 3 and feed.frames):
            assert time.monotonic() < give_up and (feed.connected or feed.error)
            time.sleep(0.01)
        assert failed == [True, True] and feed.connected and not feed.error
    assert not feed.connected, "closed"


def test_only_fit_addresses_are_asked() -> None:
    assert stream_url(load()) == "wss://ws-live-data.polymarket.com"
    there = {"smartmoney_source": "simulator"}
    assert (
        stream_url(load(**there, polymarket_api_base_url="http://127.0.0.1:8787/"))
        == "ws://127.0.0.1:8787/rtds"
    )
    for wrong in (
        {"polymarket_stream_url": "wss://evil.example/"},
        {**there, "polymarket_stream_url": "ws://10.0.0.8/rtds"},
        {**there, "polymarket_stream_url": "ws://example.org/rtds"},
        {**there, "polymarket_stream_url": "wss://ada:pw@example.org/rtds"},
        {**there, "polymarket_stream_url": "http://127.0.0.1:1/rtds"},
        {**there, "polymarket_stream_url": "nonsense"},
    ):
        with pytest.raises(SettingError):
            stream_url(load(**wrong))


def test_the_process_reports_lives_and_ends_in_order(asking: Settings, store: Store) -> None:
    Rows(store).trader()
    told = asking.model_copy(update={"schedule_stream_trades_s": 1, "smart_tiers": ("S",)})
    places = Paths(told.smartmoney_home)
    places.make()
    environment.write_settings(told, places)
    seen = {
        **environment.base(told),
        "DATABASE_URL": asking.database_url.get_secret_value() if asking.database_url else "",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "smartmoney.jobs"], cwd=ROOT, env=seen, stderr=subprocess.PIPE
    )
    try:
        give_up = time.monotonic() + PATIENCE_S
        while not (ended(store) and reads.health(store, {}, datetime.now(UTC))["heartbeats"]):
            assert process.poll() is None and time.monotonic() < give_up, process.poll()
            time.sleep(0.2)
    finally:
        process.send_signal(signal.SIGTERM)
        words = process.communicate(timeout=30)[1]
    assert process.returncode == 0, words[-2_000:]
    assert (
        set(ended(store)) <= {"done", "failed", "cancelled"} and "Traceback" not in words.decode()
    )


def ended(store: Store) -> list[str]:
    with store.raw() as connection:
        found = connection.execute(
            "select status from ingestion_run where job = 'stream_trades' and ended_at is not null"
        )
        return [row[0] for row in found]


def test_it_is_off_until_it_is_switched_on() -> None:
    from smartmoney.supervise import programs

    assert load().schedules()["stream_trades"] == 0
    assert programs.stream(load()) is None
    found = programs.stream(load(schedule_stream_trades_s=300))
    assert found is not None and found.command == ["smartmoney.jobs"]
