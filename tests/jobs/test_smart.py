"""The smart-market job on a real database: what a row says was known at its time, whatever comes later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from smartmoney.jobs import calculate_smart_markets, prove_lean
from smartmoney.jobs.lean import looks_then
from smartmoney.settings import Settings
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.markets import smart
from tests.kit.rows import Rows

NOW = datetime.now(UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.fixture
def rows(store: Store) -> Rows:
    return Rows(store)


@pytest.fixture
def compute(store: Store, settings: Settings) -> Any:
    return lambda: calculate_smart_markets(store=store, settings=settings)


def ask(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store.raw() as connection:
        return connection.execute(query).fetchall()


def market(
    rows: Rows, question: str = "Will it?", event: int | None = None, neg_risk: bool = False
) -> tuple[int, int, int]:
    found = rows.market(question, event)
    rows.run(
        "update market set price = 0.5, liquidity = 10000, volume = 20000, open_interest = 5000, neg_risk = %s "
        "where id = %s",
        neg_risk,
        found[0],
    )
    return found


def hold(
    rows: Rows, trader: int, outcome: int, of: int, shares: float, looked: datetime = NOW
) -> None:
    rows.run(
        "insert into position (trader_id, outcome_id, market_id, status, shares_micro, avg_price, fetched_at) "
        "values (%s, %s, %s, 'OPEN', %s, 0.4, %s)",
        trader,
        outcome,
        of,
        round(shares * 1e6),
        looked,
    )
    rows.run(
        "insert into ingestion_state (source, key, watermark) select 'positions', address, %s from trader where id = %s "
        "on conflict (source, key) do update set watermark = excluded.watermark",
        looked,
        trader,
    )


def skilled(rows: Rows, name: str, tier: str = "S") -> int:
    found = rows.trader(name, tier)
    rows.run("update trader set skill_prob = 0.9 where id = %s", found)
    rows.run("update trader_score set skill_prob = 0.9 where trader_id = %s", found)
    return found


def test_a_past_row_is_never_touched_by_what_comes_later(
    rows: Rows, store: Store, compute: Any
) -> None:
    (first, yes, _), (second, also, _) = market(rows, "First?"), market(rows, "Second?")
    wallets = [skilled(rows, f"w{number}") for number in range(3)]
    for wallet in wallets:
        hold(rows, wallet, yes, first, 1_000)
        hold(rows, wallet, also, second, 1_000)
    compute()
    query = "select * from market_smart_stats where computed_at = (select min(computed_at) from market_smart_stats) order by 1"
    before = ask(store, query)
    assert [row[0] for row in before] == [first, second]
    rows.run("update market set price = 0.9 where id = %s", first)
    rows.resolve(second, NOW, 1_000_000)
    rows.score(wallets[0], "E", NOW)
    rows.run("update trader set tier = 'E' where id = %s", wallets[0])
    compute()
    assert ask(store, query) == before
    now = ask(store, "select market_id, smart_count, price::float8 from market_smart_current")
    assert now == [(first, 2, 0.9)], "resolved markets and fallen wallets are out"
    assert len(ask(store, "select 1 from market_smart_stats")) == 3


def test_flow_counts_a_trade_by_the_tier_of_its_hour(
    rows: Rows, store: Store, compute: Any
) -> None:
    wanted, yes, no = market(rows)
    ada = rows.trader("ada", "S", ago(days=10))
    rows.score(ada, "A", ago(hours=30))
    rows.score(ada, "E", ago(hours=10))
    for hours, outcome, usd in (
        (24 * 11, yes, 1.0),
        (40, yes, 100.0),
        (20, no, 30.0),
        (20, yes, 10.0),
        (2, yes, 500.0),
    ):
        rows.fill(ada, wanted, outcome, ago(hours=hours), usd)
    compute()
    flow = "select tier, net_micro, gross_micro from market_smart_flow order by hour"
    found = ask(store, flow)
    assert found == [("S", 100_000_000, 100_000_000), ("A", -20_000_000, 40_000_000)]
    rows.score(ada, "S", NOW)
    rows.fill(ada, wanted, yes, ago(hours=20), 5.0)
    compute()
    assert ask(store, flow) == [found[0], ("A", -15_000_000, 45_000_000)], (
        "late rows are counted, later tiers are not"
    )
    by_tier = reads.smart_flow_by_tier(store, "hour", wanted)
    assert [(row["tier"], float(row["net"])) for row in by_tier] == [("S", 100), ("A", -15)]
    assert sum(float(row["gross"]) for row in reads.smart_flow_by_tier(store, "day")) == 145


def test_movers_are_told_with_what_came_after_the_look(
    rows: Rows, store: Store, compute: Any
) -> None:
    (first, yes, no), (second, also, _) = market(rows, "First?"), market(rows, "Second?")
    ada, bob, eve = skilled(rows, "ada"), skilled(rows, "bob", "A"), rows.trader("eve", "E")
    hold(rows, ada, yes, first, 1_000, looked=ago(hours=3))
    rows.fill(ada, first, yes, ago(hours=5), 500, price=0.5)
    rows.fill(ada, first, no, ago(hours=1), 2_000, price=0.5)
    hold(rows, bob, also, second, 3_000)
    rows.fill(bob, second, also, ago(days=3), 1_000, price=0.5)
    rows.fill(bob, second, also, ago(hours=2), 500, price=0.5)
    rows.fill(eve, second, also, ago(hours=2), 5_000, price=0.5)
    report = compute()
    assert report.written["market_smart_mover"] == 2
    found = [
        (row["kind"], row["tier"], float(row["before_usd"]), float(row["after_usd"]))
        for row in reads.smart_movers(store)
    ]
    assert found == [("opened", "S", 0.0, -1_500.0), ("added", "A", 1_000.0, 1_500.0)]
    assert [row["kind"] for row in reads.smart_movers(store, second)] == ["added"]


def test_an_event_of_several_outcomes_counts_a_wallet_once(
    rows: Rows, store: Store, compute: Any
) -> None:
    event = rows.event()
    outcomes = [market(rows, f"Option {number}?", event, neg_risk=True) for number in range(3)]
    for wallet in (skilled(rows, "ada"), skilled(rows, "bob")):
        for of, yes, _ in outcomes:
            hold(rows, wallet, yes, of, 1_000)
    compute()
    [row] = reads.smart_markets(store, reads.SmartFilter(grouped=True)).rows
    assert (row["smart_count"], row["event_count"], row["event_markets"]) == (2, 2, 3)
    assert len(reads.smart_markets(store).rows) == 3
    rows.run("insert into watchlist (market_id) values (%s)", outcomes[2][0])
    watched = reads.smart_markets(store, reads.SmartFilter(watched=True))
    assert ([row["id"] for row in watched.rows], watched.total) == ([outcomes[2][0]], 1)
    one = reads.market(store, str(outcomes[1][0]))
    assert one is not None and one["event_count"] == 2
    assert ask(store, "select smart_count from event_smart_stats") == [(2,)]


def test_the_outcome_with_the_strongest_evidence_leads_its_event_however_liquid_another_is(
    rows: Rows, store: Store, compute: Any
) -> None:
    event = rows.event()
    loud, quiet = (market(rows, each, event, neg_risk=True) for each in ("Jansen?", "Farouk?"))
    rows.run("update market set liquidity = 50000000 where id = %s", loud[0])
    wallets = [skilled(rows, name) for name in ("ada", "bob", "cy", "dee")]
    hold(rows, wallets[0], loud[1], loud[0], 1_000)
    for wallet in wallets[1:]:
        hold(rows, wallet, quiet[1], quiet[0], 1_000)
    compute()
    scores = {row["question"]: row["smart_score"] for row in reads.smart_markets(store).rows}
    assert scores["Jansen?"] > scores["Farouk?"]
    [row] = reads.smart_markets(store, reads.SmartFilter(grouped=True)).rows
    assert (row["question"], row["lean_label"], row["smart_lean"]) == ("Farouk?", "YES", 1.0)


def test_the_lean_of_a_day_before_knows_nothing_later(
    rows: Rows, store: Store, settings: Settings
) -> None:
    wanted, yes, no = market(rows)
    resolved = ago(days=2)
    day_before = resolved - timedelta(hours=24)
    wallets = [skilled(rows, f"w{number}") for number in range(4)]
    for number, wallet in enumerate(wallets):
        rows.fill(
            wallet,
            wanted,
            no if number == 3 else yes,
            day_before - timedelta(hours=2),
            400,
            price=0.4,
        )
    rows.price(wanted, day_before - timedelta(minutes=5), 0.45)
    rows.resolve(wanted, resolved, 1_000_000)
    [before] = looks_then(store, ("S",)).to_dict("records")
    assert (before["price"], before["won"], before["smart_count"]) == (0.45, 1.0, 4)
    assert 0 < before["smart_lean"] < 1
    later = day_before + timedelta(minutes=1)
    rows.price(wanted, later, 0.99)
    for wallet in wallets:
        rows.score(wallet, "E", later)
        rows.fill(wallet, wanted, no, later, 9_000, price=0.1)
    skilled(rows, "late")
    rows.fill(5, wanted, yes, later, 9_000, price=0.1)
    assert looks_then(store, ("S",)).to_dict("records") == [before]
    report = prove_lean(smart_tiers=["S"], store=store, settings=settings)
    assert report.sentences[0].startswith("Too few markets")
    [proof] = reads.lean_proofs(store)
    assert proof["result"]["markets"] == 1 and proof["verdict"] == report.sentences[0]


def test_divergence_learns_from_what_was_shown_a_day_before(rows: Rows, store: Store) -> None:
    wanted, *_ = market(rows)
    resolved = ago(hours=1)
    for hours, lean in ((60, 0.1), (30, 0.3), (20, 0.9), (0.5, -1.0)):
        rows.smart(wanted, resolved - timedelta(hours=hours), smart_lean=lean)
    rows.resolve(wanted, resolved, 0)
    [row] = smart.load_resolved_leans(store).to_dict("records")
    assert (row["smart_lean"], row["won"]) == (0.3, 0.0)


def test_a_market_nobody_leaned_in_is_left_out(rows: Rows, store: Store) -> None:
    wanted, yes, _ = market(rows)
    rows.trader("ada")
    rows.fill(1, wanted, yes, ago(days=4), 400, price=0.4)
    rows.resolve(wanted, ago(days=2, hours=12), 0)
    [look] = looks_then(store, ("S",)).to_dict("records")
    assert look["price"] == pytest.approx(0.4) and np.isnan(look["smart_lean"])
