"""The job on a real database: from rows to alerts, once each, and what came of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smartmoney.alerts import check, save_rule
from smartmoney.errors import ParameterError
from smartmoney.jobs import evaluate_alerts
from smartmoney.jobs.report import JobReport
from smartmoney.settings import Settings, load
from smartmoney.store import alerts as store_alerts
from smartmoney.store import reads
from smartmoney.store.db import Store
from tests.kit.rows import NOW, Rows, ago


@pytest.fixture
def run(store: Store, settings: Settings) -> Any:
    def run_(minutes: float = 0, **asked: Any) -> JobReport:
        return evaluate_alerts(
            store=store, settings=settings, now=NOW + timedelta(minutes=minutes), **asked
        )

    return run_


def test_a_trade_becomes_one_alert_with_a_sentence(world: Rows, run: Any) -> None:
    ada, (market, yes, _) = world.trader("ada"), world.market("Will it rain?")
    rule = world.rule("trader_moves", tiers=["S"], min_usd=1000)
    world.fill(ada, market, yes, ago(minutes=2), 600)
    world.fill(ada, market, yes, ago(minutes=1), 640, price=0.5)
    report = run()
    assert report.written["alerts"] == 1
    assert "60 s after it happened" in report.sentences[0]
    assert world.told() == [
        "S-tier “ada” (0x0000…0001) opened Yes in “Will it rain?” with $1,240 at 44.6¢ in 2 fills, "
        "2026-11-20 11:59 UTC."
    ]
    assert (run(1).written["alerts"], run(60).written["alerts"]) == (0, 0)
    row = reads.alerts(world.store).rows[0]
    assert (row["rule_id"], row["outcome"], row["price"]) == (rule, "Yes", Decimal("0.5"))


def test_history_decides_whether_it_opens_or_adds(world: Rows, run: Any) -> None:
    ada, (market, yes, no) = world.trader(), world.market()
    world.rule("trader_moves", tiers=["S"], event_minutes=0, cooldown_minutes=0)
    world.fill(ada, market, yes, ago(days=40), 50)
    world.fill(ada, market, yes, ago(minutes=5), 2000)
    world.activity(ada, market, "SPLIT", ago(days=2), 5_000)
    world.fill(ada, market, no, ago(minutes=4), 2000, side=-1)
    run()
    assert [detail["action"] for detail in world.told("detail")] == ["adds", "adds"]


def test_leaving_by_the_other_side_and_a_merge_is_closing(world: Rows, run: Any) -> None:
    ada, (market, yes, no) = world.trader("ada"), world.market("Will it rain?")
    world.rule("trader_moves", tiers=["S"], min_usd=5_000)
    world.fill(ada, market, yes, ago(days=3), 4_000, price=0.4)
    world.fill(ada, market, no, ago(minutes=3), 3_500, price=0.35)
    world.activity(ada, market, "MERGE", ago(minutes=2), 10_000)
    run()
    assert world.told() == [
        "S-tier “ada” (0x0000…0001) closed Yes in “Will it rain?” for $6,500 at 65.0¢ in 1 fill, "
        "2026-11-20 11:57 UTC."
    ]


def test_selling_one_side_of_a_split_opens_the_other_which_was_never_traded(
    world: Rows, run: Any
) -> None:
    ada, (market, yes, _) = world.trader("ada"), world.market("Will it rain?")
    world.rule("trader_moves", tiers=["S"])
    world.activity(ada, market, "SPLIT", ago(minutes=5), 10_000)
    world.fill(ada, market, yes, ago(minutes=4), 6_500, price=0.65, side=-1)
    run()
    assert world.told() == [
        "S-tier “ada” (0x0000…0001) opened No in “Will it rain?” with $3,500 at 35.0¢ in 1 fill, "
        "2026-11-20 11:56 UTC."
    ]


def test_a_sale_of_all_but_a_thousandth_closes(world: Rows, run: Any) -> None:
    ada, (market, yes, _) = world.trader("ada"), world.market()
    world.rule("trader_moves", tiers=["S"])
    world.fill(ada, market, yes, ago(days=3), 50_000, price=0.5)
    world.fill(ada, market, yes, ago(minutes=4), 59_940, price=0.6, side=-1)
    run()
    assert [detail["action"] for detail in world.told("detail")] == ["closes"]


def test_a_late_row_is_told_when_it_comes(world: Rows, run: Any) -> None:
    ada, (market, yes, _) = world.trader(), world.market()
    world.rule("trader_moves", tiers=["S"])
    world.fill(ada, market, yes, ago(minutes=1), 1000)
    run()
    world.fill(ada, market, yes, ago(hours=3), 5000)
    assert [run(1).written["alerts"], run(2).written["alerts"]] == [1, 0]
    assert len(world.told()) == 2


def test_watched_wallets_and_markets_narrow_a_rule(world: Rows, run: Any, reader: Store) -> None:
    ada, bob = world.trader("ada", None), world.trader("bob", None)
    (rain, rain_yes, _), (snow, snow_yes, _) = world.market(), world.market()
    world.rule("trader_moves", watched=True, watched_markets=True)
    for trader in (ada, bob):
        world.fill(trader, rain, rain_yes, ago(minutes=1), 1000)
        world.fill(trader, snow, snow_yes, ago(minutes=1), 1000)
    assert run().written["alerts"] == 0
    store_alerts.watch_trader(reader, "0x" + "0" * 39 + "1", "follows the weather")
    assert run(1).written["alerts"] == 0
    store_alerts.watch_market(reader, str(rain))
    assert run(2).written["alerts"] == 1
    assert world.told("trader_id") == [ada]


def test_consensus_crossing_tier_resolution_and_silence(world: Rows, run: Any) -> None:
    wallets, (market, _, no) = [world.trader(f"w{n}") for n in range(3)], world.market("Rain?")
    world.rule("consensus", wallets_needed=3)
    world.rule("market_crosses", measure="smart_lean", level=-0.4, direction="down")
    world.rule("tier_changes", tiers=["S"])
    world.rule("market_resolves", markets=[str(market)])
    world.rule("stream_stale", jobs=["sync_markets"], times=6)
    for number, wallet in enumerate(wallets):
        world.fill(wallet, market, no, ago(minutes=30 - number), 1000, price=0.6)
    world.smart(market, ago(hours=8), smart_lean=0.5)
    world.smart(market, ago(hours=1), smart_lean=None, lean_label="INSUFFICIENT")
    world.smart(market, ago(minutes=20), smart_lean=-0.5, lean_label="NO")
    world.score(wallets[0], "A", ago(minutes=10))
    world.resolve(market, ago(minutes=5), 0)
    world.ran("sync_markets", ago(minutes=61))
    world.ran("sync_markets", ago(minutes=5), "failed")
    assert run().written["alerts"] == 5
    assert world.told() == [
        "3 smart wallets bought No in “Rain?” for $3,000 net, now at 60.0¢: “w0” (0x0000…0001), "
        "“w1” (0x0000…0002), “w2” (0x0000…0003), 2026-11-20 11:32 UTC.",
        "smart_lean of “Rain?” fell through -0.4: from 0.5 to -0.5, lean NO, price 60.0¢, "
        "2026-11-20 11:40 UTC.",
        "“w0” (0x0000…0001) fell from tier S to A, 2026-11-20 11:50 UTC.",
        "“Rain?” resolved: Yes pays 0, No pays 1, 2026-11-20 11:55 UTC.",
        "sync_markets has not succeeded since 2026-11-20 10:59 UTC, though it is due every 10 min.",
    ]
    assert run(1).written["alerts"] == 0


def test_prices_afterwards_are_filled_in_and_summed_up(world: Rows, run: Any) -> None:
    ada, (market, _, no) = world.trader(), world.market()
    rule = world.rule("trader_moves", tiers=["S"], min_usd=1000)
    world.fill(ada, market, no, ago(minutes=1), 1000, price=0.55)
    for minutes, price in ((-5, 0.40), (5, 0.45), (50, 0.30), (65, 0.9), (23 * 60 + 30, 0.2)):
        world.price(market, NOW + timedelta(minutes=minutes), price)
    run()
    assert world.told("price") == [Decimal("0.6")]
    assert run(65).written["followed price_1h"] == 0
    assert run(71).written["followed price_1h"] == 1
    assert run(24 * 60 + 11).written["followed price_24h"] == 1
    world.resolve(market, NOW + timedelta(days=3), 1_000_000)
    assert run(4 * 24 * 60).written["followed settled"] == 1
    row = store_alerts.rule_outcomes(world.store)[0]
    assert (row["rule_id"], row["fired"]) == (rule, 1)
    assert [
        (row[f"n_{when}"], row[f"hit_rate_{when}"], row[f"move_{when}"])
        for when in ("1h", "24h", "settled")
    ] == [(1, 1, Decimal("0.1")), (1, 1, Decimal("0.2")), (1, 0, Decimal("-0.6"))]


def test_a_price_nobody_looked_at_stays_unknown_and_a_payout_counts_as_price(
    world: Rows, run: Any
) -> None:
    ada, (market, yes, _) = world.trader(), world.market()
    world.rule("trader_moves", tiers=["S"])
    world.fill(ada, market, yes, ago(minutes=1), 1000, price=0.5)
    run()
    world.price(market, NOW + timedelta(minutes=5), 0.7)
    run(120)
    world.resolve(market, NOW + timedelta(hours=5), 1_000_000)
    run(25 * 60)
    assert [world.told(column)[0] for column in ("price_1h", "price_24h", "settled")] == [
        None,
        1,
        1,
    ]


def test_a_rule_that_floods_is_capped_and_says_so(world: Rows, run: Any) -> None:
    market, yes, _ = world.market()
    rule = world.rule("trader_moves", tiers=["S"], most_per_run=2, most_per_day=3)
    for _ in range(6):
        world.fill(world.trader(), market, yes, ago(minutes=1), 1000)
    report = run()
    assert (report.written["alerts"], report.written["capped"]) == (3, 4)
    assert "reached its cap (2 a run, 3 a day): 4 more brought no alert" in world.told()[-1]
    assert run(1).written["alerts"] == 0
    world.fill(world.trader(), market, yes, NOW + timedelta(minutes=2), 1000)
    assert run(3).written["capped"] == 1
    assert run(26 * 60).written["capped"] == 0
    assert world.run("select count(*) from alert where rule_id = %s", rule) == 3


def test_a_wrong_rule_stops_no_other_and_shows_its_error(world: Rows, run: Any) -> None:
    ada, (market, yes, _) = world.trader(), world.market()
    wrong = world.rule("trader_moves", "broken", tiers=["Z"])
    world.rule("trader_moves", tiers=["S"])
    world.fill(ada, market, yes, ago(minutes=1), 1000)
    report = run()
    assert report.written["alerts"] == 1
    assert any("broken" in sentence and "'Z'" in sentence for sentence in report.sentences)
    assert "'Z'" in world.run("select error from alert_rule where id = %s", wrong)


def test_a_rule_changed_or_resumed_tells_nothing_from_before(
    world: Rows, run: Any, reader: Store
) -> None:
    ada, (market, yes, _) = world.trader(), world.market()
    rule = world.rule("trader_moves", tiers=["S"])
    store_alerts.change_alert_rule(reader, rule, enabled=False)
    world.fill(ada, market, yes, ago(minutes=1), 1000)
    assert run().status == "nothing to do"
    with pytest.raises(ParameterError, match="no active rule"):
        run(rules=[rule])
    store_alerts.change_alert_rule(reader, rule, enabled=True)
    world.run("update alert_rule set updated_at = %s", NOW)
    assert run(1).written["alerts"] == 0
    world.fill(ada, market, yes, NOW + timedelta(minutes=1), 1000)
    assert run(2).written["alerts"] == 1


def test_a_dry_run_stores_nothing_and_says_how_often(world: Rows, run: Any) -> None:
    ada, (market, yes, _) = world.trader(), world.market()
    rule = world.rule("trader_moves", tiers=["S"], cooldown_minutes=0, most_per_day=2)
    for hours in (1, 4, 7, 30, 24 * 6, 24 * 8):
        world.fill(ada, market, yes, ago(hours=hours), 1000)
    report = run(dry_run=True)
    assert report.read == {"rules": 1, f"rule {rule} would have fired": 5}
    assert report.sentences == [
        f"Rule {rule} (a rule): In the last 7 days it would have fired 5 times, 1 of them over the daily cap."
    ]
    assert world.told() == []


def test_a_dry_run_says_since_when_it_could_see(world: Rows, run: Any) -> None:
    world.trader(scored_at=ago(days=2))
    world.rule("trader_moves", tiers=["S"])
    world.rule("market_crosses", measure="smart_lean", level=0.5)
    world.rule("trader_moves", watched=True)
    assert [sentence.partition("times.")[2] for sentence in run(dry_run=True).sentences] == [
        " Before 2026-11-18 12:00 UTC it could see nothing.",
        " Before 2026-11-20 12:00 UTC it could see nothing.",
        "",
    ]


def test_saving_tries_the_rule_and_refuses_the_wrong(world: Rows, reader: Store) -> None:
    ada, (market, yes, _) = world.trader("ada"), world.market()
    wanted = {
        "wallets": ["0x" + "0" * 39 + "1"],
        "markets": [str(market)],
        "min_usd": 100,
        "cooldown_minutes": 0,
        "within_minutes": 1,
    }
    asked: dict[str, Any] = {"now": NOW, "schedules": {}, "targets": ["phone"]}
    world.fill(ada, market, yes, ago(hours=1), 1000)
    rule, tried = save_rule(reader, "ada moves", "trader_moves", wanted, **asked)
    assert (tried.fired, len(tried.samples)) == (1, 1)
    assert (
        save_rule(reader, "ada moves more", "trader_moves", wanted, rule_id=rule, **asked)[0]
        == rule
    )
    for changed, words in (
        ({"wallets": ["0x" + "f" * 40]}, "no trader or market 0xffff"),
        ({"markets": ["999"]}, "no trader or market 999"),
        ({"targets": ["pager"]}, "no alert target 'pager'; there are: phone"),
    ):
        with pytest.raises(ParameterError, match=words):
            check(reader, "x", "trader_moves", {**wanted, **changed}, targets=["phone"])
    with pytest.raises(ParameterError, match="There is no rule 99"):
        save_rule(reader, "x", "trader_moves", wanted, rule_id=99, **asked)
    world.run("select ensure_trade_partitions(%s, %s)", ago(days=7), NOW)
    world.run(
        "insert into trade select %s + n * interval '5 minutes', 1000 + n, 2500000000, 400000000000, "
        "1000000000, %s, %s, %s, 1, 1, 0, '' from generate_series(1, 1900) as n",
        ago(days=7),
        ada,
        yes,
        market,
    )
    with pytest.raises(ParameterError, match="would have fired 1,9.. times in 7 days"):
        save_rule(reader, "too much", "trader_moves", wanted, **asked)


def test_the_watchlist_takes_known_things_with_notes(world: Rows, reader: Store) -> None:
    world.trader("ada")
    market, _, _ = world.market("Rain?")
    entry = store_alerts.watch_trader(reader, "0x" + "0" * 39 + "1", "first")
    assert store_alerts.watch_trader(reader, "0X" + "0" * 39 + "1", "second\x00") == entry
    store_alerts.watch_market(reader, f"0x{market:064x}")
    assert sorted((row["note"], row["question"]) for row in store_alerts.watchlist(reader)) == [
        ("", "Rain?"),
        ("second", None),
    ]
    assert (store_alerts.unwatch(reader, entry), store_alerts.unwatch(reader, entry)) == (
        True,
        False,
    )
    for refused in (
        lambda: store_alerts.watch_trader(reader, "0x" + "e" * 40),
        lambda: store_alerts.watch_trader(reader, "ada"),
        lambda: store_alerts.watch_market(reader, "12345"),
        lambda: store_alerts.watch_market(reader, str(market), "x" * 2001),
    ):
        with pytest.raises(ParameterError):
            refused()


def test_schedules_are_the_settings() -> None:
    assert load().schedules()["sync_markets"] == 600


def test_the_notebook_is_thin_and_calls_the_job() -> None:
    import json

    notebook = json.loads(
        (Path(__file__).parents[2] / "notebooks" / "evaluate_alerts.ipynb").read_text()
    )
    kinds = [cell["cell_type"] for cell in notebook["cells"]]
    tagged = [
        cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", [])
    ]
    assert kinds[0] == "markdown"
    assert len(tagged) == 1
    assert all(not cell.get("outputs") for cell in notebook["cells"])
    names: dict[str, Any] = {}
    exec("".join(tagged[0]["source"]), names)
    assert (names["rules"], names["dry_run"], names["deliver"]) == (None, False, True)
