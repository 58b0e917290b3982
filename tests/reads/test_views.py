"""The reads behind single pages: what they hold, what they refuse, and what the reading role may write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest

from smartmoney.errors import ParameterError, StoreUnavailable
from smartmoney.store import alerts as store_alerts
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.server import setting
from smartmoney.store.streams import requests
from tests.kit.seed import Seed, address

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_overview_counts_what_is_there(seen: Store, world: Seed) -> None:
    found = reads.overview(seen)
    assert sum(row["traders"] for row in found["tiers"]) == world.size.traders
    assert sum(found["markets"].values()) == world.size.markets
    assert found["trades"]["trades"] == world.size.trades and not found["trades"]["estimated"]
    assert found["stamp"]["scores_as_of"] == world.now
    assert {row["tier"] for row in found["at_work"]} <= {"S", "A"}


def test_an_empty_store_reads_as_empty(reader: Store) -> None:
    found = reads.overview(reader)
    assert found["tiers"] == [] and found["markets"] == {} and found["trades"]["trades"] == 0
    assert found["stamp"]["scores_as_of"] is None and found["score_run"] is None
    assert reads.traders(reader) == reads.Page([], 0, None, None)
    assert reads.smart_markets(reader).rows == [] and reads.categories(reader) == []
    assert reads.trader(reader, address(0)) is None and reads.market(reader, "1") is None
    assert reads.health(reader, {"sync_markets": 600}, NOW)["jobs"][0]["freshness"] == "never"


def test_a_position_adds_up(seen: Store, world: Seed) -> None:
    checked = 0
    for trader_id in range(1, 60):
        for row in reads.trader_positions(
            seen, trader_id, reads.PositionFilter(states=("open",))
        ).rows:
            assert isinstance(row["value"], Decimal) and not row["closed"]
            assert abs(row["value"] - row["shares"] * row["mark"]) <= Decimal("0.000001")
            assert abs(row["unrealized_pnl"] - (row["value"] - row["cost"])) <= Decimal("0.000001")
            checked += 1
    assert checked > 50


def test_holders_and_their_sides_agree(seen: Store) -> None:
    rows = reads.market_holders(seen, 68, reads.HolderFilter(limit=500)).rows
    sides = reads.market_holder_sides(seen, 68)
    assert sum(side["holders"] for side in sides) == len(rows) > 5
    assert abs(sum(side["value"] for side in sides) - sum(row["value"] for row in rows)) < Decimal(
        "0.001"
    )
    one_side = reads.market_holders(seen, 68, reads.HolderFilter(outcome_index=0)).rows
    assert one_side and all(row["outcome_index"] == 0 for row in one_side)


def test_curves_are_thinned_and_keep_the_newest_point(seen: Store) -> None:
    every = reads.market_price_history(seen, 1)
    thin = reads.market_price_history(seen, 1, points=10)
    assert len(every) == 60 and len(thin) <= 10 and thin[-1] == every[-1]
    assert [row["ts"] for row in thin] == sorted(row["ts"] for row in thin)


def test_flow_is_net_of_the_chosen_tiers(seen: Store) -> None:
    one, two = reads.smart_flow(seen, 68, ["S"]), reads.smart_flow(seen, 68, ["S", "A"])
    assert len(one) == len(two) > 10
    assert all(
        abs(both["net"] - 2 * single["net"]) < Decimal("0.01")
        for single, both in zip(one, two, strict=True)
    )


def test_a_market_is_found_by_either_key(seen: Store) -> None:
    by_id = reads.market(seen, "68")
    assert by_id is not None and len(by_id["outcomes"]) == 2
    assert reads.market(seen, by_id["condition_id"].upper().replace("X", "x")) == by_id


def test_peers_surround_the_trader(seen: Store) -> None:
    middle = reads.traders(seen, reads.TraderFilter(limit=100)).rows[99]
    peers = reads.trader_peers(seen, middle["id"], middle["rarity_score"])
    assert len(peers) == 8 and middle["id"] not in {row["id"] for row in peers}
    assert sum(row["rarity_score"] > middle["rarity_score"] for row in peers) == 4
    assert reads.trader_peers(seen, 1, None) == []


@pytest.mark.parametrize(
    "minutes, state", [(5, "fresh"), (19, "fresh"), (20, "amber"), (59, "amber"), (60, "red")]
)
def test_freshness_turns_at_twice_and_six_times_the_schedule(minutes: int, state: str) -> None:
    assert reads.freshness(NOW - timedelta(minutes=minutes), 600, NOW) == state


def test_freshness_without_a_success_or_a_schedule() -> None:
    assert reads.freshness(None, 600, NOW) == "never"
    assert reads.freshness(NOW, 0, NOW) == "off" == reads.freshness(None, None, NOW)


def test_health_puts_the_worst_first(seen: Store, world: Seed) -> None:
    schedules = {
        "sync_markets": 60,
        "sync_leaderboard": 300,
        "calculate_rarity_scores": 600,
        "evaluate_alerts": 300,
    }
    found = reads.health(seen, schedules, world.now)
    assert [row["freshness"] for row in found["jobs"][:4]] == ["red", "never", "amber", "fresh"]
    assert found["status"] == "red" and found["jobs"][0]["consequence"]
    assert found["jobs"][0]["failed_24h"] == 1
    assert found["database"]["migration"] >= 2 and found["database"]["bytes"] > 1_000_000
    assert {row["reason"] for row in found["quarantine"]} == {
        "price 1.7 is above 1",
        "no condition id",
    }


def test_a_job_that_was_never_due_is_not_late(seen: Store, world: Seed) -> None:
    def state(days: float) -> str:
        moment = world.now + timedelta(days=days)
        return next(
            row
            for row in reads.jobs(seen, {"validate_scores": 604_800}, moment)
            if row["job"] == "validate_scores"
        )["freshness"]

    assert [state(0), state(13), state(15)] == ["fresh", "fresh", "never"]


def test_a_page_may_ask_for_a_trader_never_seen(reader: Store) -> None:
    wallet = "0x" + "ab" * 20
    trader_id = requests.request_sync(reader, wallet.upper().replace("X", "x"))
    assert reads.trader(reader, wallet)["id"] == trader_id  # type: ignore[index]
    progress = reads.sync_progress(reader, wallet)
    assert [(row["source"], row["priority"], row["last_success_at"]) for row in progress] == [
        ("positions", 100, None),
        ("trades", 100, None),
    ]
    with pytest.raises(ParameterError):
        requests.request_sync(reader, wallet, sources=("leaderboard",))  # type: ignore[arg-type]


def test_pages_write_only_what_people_edit(reader: Store) -> None:
    rule = store_alerts.add_alert_rule(reader, "  Whale  ", "smart_entry", {"min_value": 5000})
    assert store_alerts.change_alert_rule(reader, rule, enabled=False)
    assert [
        (row["name"], row["enabled"], row["parameters"]) for row in reads.alert_rules(reader)
    ] == [("Whale", False, {"min_value": 5000})]
    assert store_alerts.delete_alert_rule(reader, rule) and not store_alerts.delete_alert_rule(
        reader, rule
    )
    setting.save_setting(reader, "theme", "light", "me")
    assert (
        reads.settings(reader)["theme"]["value"] == "light"
        and reads.stamp(reader)["theme"] == "light"
    )
    setting.save_setting(reader, "theme", None)
    assert reads.settings(reader) == {}
    for statement in (
        "delete from trader",
        "update trader set tier = 'S'",
        "create temp table x (y int)",
        "set default_transaction_read_only = off; insert into trader (address) values ('0x')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), reader.raw() as connection:
            connection.execute(statement)


@pytest.mark.parametrize(
    "name, parameters", [("", {}), ("x", {"a": "\0"}), ("x", {"a": "y" * 20_000})]
)
def test_what_cannot_be_saved_is_refused(
    reader: Store, name: str, parameters: dict[str, str]
) -> None:
    with pytest.raises(ParameterError):
        store_alerts.add_alert_rule(reader, name, "smart_entry", parameters)


def test_a_store_that_is_away_says_so() -> None:
    nowhere = Store("postgresql://sm_read:x@127.0.0.1:9/smartmoney", "sm_read")
    with pytest.raises(StoreUnavailable, match="does not answer"):
        reads.traders(nowhere)
