"""Nothing lost, nothing twice: what is stored of a wallet equals what the world knows of it."""

from __future__ import annotations

from typing import Any

import pytest

from polymarket_sim.model import Kind
from polymarket_sim.server import Simulator
from polymarket_sim.world import World
from smartmoney.errors import (
    ApiBlocked,
    ApiUnavailable,
    ParameterError,
    ShapeChanged,
    StoreUnavailable,
)
from smartmoney.ingest import sync_trader_trades
from smartmoney.ingest import trades as module
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings
from smartmoney.store import streams
from smartmoney.store.db import Store
from tests.kit.failing import Fail, Failing
from tests.kit.simulators import live_on, wrong
from tests.kit.truth import (
    Shorter,
    activities_of,
    assert_complete,
    busiest,
    cash_of,
    everything,
    fills_of,
    stored_fills,
)


def test_every_fill_and_activity_of_every_wallet_is_stored_once(
    store: Store, client: Client, asking: Settings, world: World
) -> None:
    addresses = [trader.address for trader in world.traders]
    outcome = sync_trader_trades(store, client, asking, addresses)
    assert_complete(store, world, addresses)
    assert outcome.read["traders"] == len(addresses) and not outcome.failed
    assert {"SPLIT", "REDEEM", "DEPOSIT"} <= set().union(
        *(activities_of(world, each) for each in addresses)
    )
    before = everything(store)
    again = sync_trader_trades(store, client, asking, addresses)
    assert everything(store) == before, "a second walk changes nothing"
    assert again.written["fills new"] == again.written["activities new"] == 0


def test_redemptions_keep_every_leg_and_its_money(
    store: Store, client: Client, asking: Settings, world: World
) -> None:
    addresses = busiest(world, 10)
    sync_trader_trades(store, client, asking, addresses)
    with store.raw() as connection:
        stored = dict(
            connection.execute(
                "select w.address, sum(cash_micro)::bigint from activity a join trader w on w.id = a.trader_id "
                "where kind = 'REDEEM' group by 1"
            ).fetchall()
        )
    for address in addresses:
        assert stored.get(address, 0) == cash_of(world, address, Kind.REDEEM)


def test_the_first_walk_asks_from_the_beginning_and_the_next_from_the_overlap(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    (address,) = busiest(world, 1)
    for _ in range(2):
        sync_trader_trades(store, client, asking, [address])
    first, second = [log.params for log in simulator.requests if log.path.endswith("/v2/activity")]
    newest = max(fill[0] for fill in fills_of(world, address))
    assert first["start"] == "1" and first["exclude_deposits_withdrawals"] == "false"
    assert (
        newest - module.OVERLAP_S - 86_400
        < int(second["start"])
        <= newest - module.OVERLAP_S + 86_400
    )
    with store.raw() as connection:
        state = streams.get(connection, "trades", address)
    assert (
        state.cursor is None
        and state.watermark
        and abs(state.watermark.timestamp() - world.now) < 3_600
    )


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("page", [1, 2, 3, 5, 8])
def test_interrupted_at_any_page_and_resumed_is_the_same_as_clean(
    store: Store,
    client: Client,
    asking: Settings,
    world: World,
    page: int,
    after: bool,
    pages_of: Shorter,
) -> None:
    addresses = busiest(world, 2)
    with pages_of(11):
        with Failing(asking, "/v2/activity", page, after) as broken, pytest.raises(Fail):
            sync_trader_trades(store, broken, asking, addresses)
        sync_trader_trades(store, client, asking, addresses)
    disturbed = everything(store)
    assert_complete(store, world, addresses)
    with store.raw() as connection:
        for table in ("trade", "activity", "ingestion_state"):
            connection.execute(f"delete from {table}")
    sync_trader_trades(store, client, asking, addresses)
    assert everything(store) == disturbed


def test_equal_fills_across_a_page_border_are_numbered_the_same_however_it_is_cut(
    store: Store, client: Client, asking: Settings, world: World, pages_of: Shorter
) -> None:
    addresses = [trader.address for trader in world.traders]
    twice = [each for each in addresses if max(fills_of(world, each).values(), default=0) > 1]
    assert twice, "the world has equal fills of one transaction"
    kept = []
    for rows in (1_000, 1, 2, 3):
        with pages_of(rows):
            sync_trader_trades(store, client, asking, twice[:2])
        kept.append(everything(store)["trade"])
        assert_complete(store, world, twice[:2])
    assert all(rows == kept[0] for rows in kept)


def test_rows_that_arrive_while_walking_and_late_rows_are_all_there(
    store: Store,
    client: Client,
    asking: Settings,
    world: World,
    simulator: Simulator,
    pages_of: Shorter,
) -> None:
    addresses = busiest(world, 4)
    wrong(simulator, "head-insert", 30, ticks=20)
    with pages_of(20):
        sync_trader_trades(store, client, asking, addresses)
    simulator.misbehaviour.rules.clear()
    sync_trader_trades(store, client, asking, addresses)
    assert_complete(store, world, addresses)


@pytest.mark.parametrize(("overlap", "found"), [(90 * 86_400, True), (0, False)])
def test_late_rows_are_picked_up_within_the_overlap_and_only_by_it(
    store: Store,
    client: Client,
    asking: Settings,
    world: World,
    simulator: Simulator,
    overlap: int,
    found: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "OVERLAP_S", overlap)
    (address,) = busiest(world, 1)
    wrong(simulator, "late", 1, every=3)
    sync_trader_trades(store, client, asking, [address])
    assert stored_fills(store, address) != fills_of(world, address)
    simulator.misbehaviour.rules.clear()
    sync_trader_trades(store, client, asking, [address])
    assert (stored_fills(store, address) == fills_of(world, address)) is found


FAULTS = [
    "429",
    "429-html",
    "1015",
    "500",
    "502",
    "503",
    "521",
    "522",
    "cut",
    "wrong-length",
    "bad-gzip",
    "short",
    "empty",
]


@pytest.mark.parametrize("fault", FAULTS)
def test_transport_and_page_faults_change_nothing(
    store: Store,
    client: Client,
    asking: Settings,
    world: World,
    simulator: Simulator,
    fault: str,
    pages_of: Shorter,
) -> None:
    addresses = busiest(world, 2)
    wrong(simulator, fault, 1 if fault == "empty" else 3)
    with pages_of(40):
        sync_trader_trades(store, client, asking, addresses)
    assert_complete(store, world, addresses)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("block-403", ApiBlocked),
        ("block-200", ApiBlocked),
        ("500", ApiUnavailable),
        ("no-pagination", ShapeChanged),
        ("rename-envelope", ShapeChanged),
    ],
)
def test_what_stops_a_run_moves_no_cursor_and_the_next_run_completes(
    store: Store,
    client: Client,
    asking: Settings,
    world: World,
    simulator: Simulator,
    fault: str,
    error: type[Exception],
) -> None:
    (address,) = busiest(world, 1)
    wrong(simulator, fault)
    with pytest.raises(error):
        sync_trader_trades(store, client, asking, [address])
    with store.raw() as connection:
        state = streams.get(connection, "trades", address)
    assert (state.cursor, state.last_timestamp, state.watermark) == (None, None, None)
    simulator.misbehaviour.rules.clear()
    with Client(asking, clock=client.clock) as fresh:
        sync_trader_trades(store, fresh, asking, [address])
    assert_complete(store, world, [address])


@pytest.mark.parametrize("status", ["400", "401", "404", "410"])
def test_a_refusal_stops_one_stream_and_the_others_go_on(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator, status: str
) -> None:
    addresses = busiest(world, 4)
    one = asking.model_copy(update={"worker_concurrency": 1})
    wrong(simulator, status, 1)
    outcome = sync_trader_trades(store, client, one, addresses)
    assert list(outcome.failed) == addresses[:1] and "was refused" in outcome.failed[addresses[0]]
    assert_complete(store, world, addresses[1:])


def test_bad_rows_are_kept_apart_and_the_good_ones_of_the_page_are_stored(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    (address,) = busiest(world, 1)
    wrong(simulator, "bad-overflow", 1)
    outcome = sync_trader_trades(store, client, asking, [address])
    assert outcome.written["quarantined"] == 1
    with store.raw() as connection:
        ((reason, raw),) = connection.execute("select reason, raw from quarantine").fetchall()
    assert "out of range" in reason and b"1e400" in bytes(raw)
    assert sum((fills_of(world, address) - stored_fills(store, address)).values()) <= 1


@pytest.mark.parametrize("fault", ["bad-nul", "bad-surrogate", "bad-rtl", "bad-huge-title"])
def test_hostile_texts_are_cleaned_not_lost(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator, fault: str
) -> None:
    (address,) = busiest(world, 1)
    wrong(simulator, fault)
    outcome = sync_trader_trades(store, client, asking, [address])
    assert outcome.written["quarantined"] == 0
    assert_complete(store, world, [address])


def test_too_many_bad_rows_stop_the_stream_with_the_cursor_unmoved_and_the_good_rows_kept(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    (address,) = busiest(world, 1)
    wrong(simulator, "bad-negative", row=list(range(40)))
    outcome = sync_trader_trades(store, client, asking, [address])
    assert "cannot be read" in outcome.failed[address]
    stored = stored_fills(store, address)
    assert stored and not stored - fills_of(world, address)
    with store.raw() as connection:
        assert streams.get(connection, "trades", address).last_timestamp is None
        (aside,) = connection.execute("select count(*) from quarantine").fetchone() or (0,)
    assert aside == outcome.written["quarantined"] > 1


def test_drift_is_recorded_and_said(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    (address,) = busiest(world, 1)
    wrong(simulator, "new-field", field="leverage")
    outcome = sync_trader_trades(store, client, asking, [address])
    assert any("leverage" in note for note in outcome.notes)
    with store.raw() as connection:
        shapes = connection.execute(
            "select field, json_type from api_shape where not expected"
        ).fetchall()
    assert ("leverage", "string") in shapes


def test_a_changed_default_is_noticed(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    (address,) = busiest(world, 1)
    options = {"field": "sort_direction", "value": "DESC"}
    wrong(simulator, "parameter", **options)
    with pytest.raises(ShapeChanged, match="does not keep the order"):
        sync_trader_trades(store, client, asking, [address])


def test_a_stale_first_page_moves_no_watermark(
    store: Store,
    client: Client,
    asking: Settings,
    world: World,
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (address,) = busiest(world, 1)
    monkeypatch.setattr(module, "first_second", lambda state: 1)
    wrong(simulator, "stale")

    def watermark() -> Any:
        sync_trader_trades(store, client, asking, [address])
        with store.raw() as connection:
            return streams.get(connection, "trades", address).watermark

    first = watermark()
    live_on(simulator, 100)
    assert watermark() == first, "the same trace id again: an old answer from a cache"
    simulator.misbehaviour.rules.clear()
    monkeypatch.setattr(module.time, "time", lambda real=module.time.time: real() + 1_000)
    assert watermark() > first


def test_an_unknown_wallet_is_a_state_of_its_own(
    store: Store, client: Client, asking: Settings
) -> None:
    stranger = "0x" + "9" * 40
    outcome = sync_trader_trades(store, client, asking, [stranger])
    assert outcome.written["wallets unknown to the API"] == 1 and not outcome.failed
    with store.raw() as connection:
        assert streams.get(connection, "trades", stranger).note == {"wallet": "unknown"}


def test_a_wallet_found_by_its_trades_learns_its_name(
    store: Store, client: Client, asking: Settings, world: World
) -> None:
    named = [trader for trader in world.traders if trader.name.isascii() and trader.name.isalnum()][
        :1
    ]
    sync_trader_trades(store, client, asking, [named[0].address])
    with store.raw() as connection:
        assert connection.execute(
            "select name from trader where address = %s", [named[0].address]
        ).fetchone() == (named[0].name,)


def test_time_that_is_up_ends_the_walk_at_a_page_and_the_next_run_goes_on(
    store: Store,
    client: Client,
    asking: Settings,
    world: World,
    pages_of: Shorter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (address,) = busiest(world, 1)
    with pages_of(10):
        with monkeypatch.context() as hurried:
            hurried.setattr("smartmoney.ingest.work_queue.Lease.may_go_on", lambda self: False)
            outcome = sync_trader_trades(store, client, asking, [address])
        assert any("Time was up" in note for note in outcome.notes)
        assert (
            0 < sum(stored_fills(store, address).values()) < sum(fills_of(world, address).values())
        )
        with store.raw() as connection:
            assert streams.get(connection, "trades", address).watermark is None
        sync_trader_trades(store, client, asking, [address])
    assert_complete(store, world, [address])


def test_only_wallets_are_taken(store: Store, client: Client, asking: Settings) -> None:
    with pytest.raises(ParameterError, match="is no wallet address"):
        sync_trader_trades(store, client, asking, ["0x12"])


def test_a_database_that_goes_away_stops_the_run(
    store: Store, client: Client, asking: Settings, world: World
) -> None:
    away = Store("postgresql://nobody@127.0.0.1:1/none", "sm_ingest")
    with pytest.raises(StoreUnavailable):
        sync_trader_trades(away, client, asking, busiest(world, 1))


def test_refusing_everything_is_an_error_in_the_report(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    wrong(simulator, "404")
    outcome = sync_trader_trades(store, client, asking, busiest(world, 3))
    assert len(outcome.failed) == 3
