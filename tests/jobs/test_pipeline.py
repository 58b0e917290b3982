"""The main job, end to end: the simulator over HTTP, the real client, ingestion, ledger, score, smart markets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
import pytest

from polymarket_sim.generate import generate
from polymarket_sim.server import Simulator, running
from polymarket_sim.world import World
from smartmoney import jobs
from smartmoney.settings import Settings, load
from smartmoney.store.db import Store, open_store
from smartmoney.store.scores import history
from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.databases import fresh_database

pytestmark = pytest.mark.xdist_group("pipeline")
# Sized so that every kind of wallet and activity occurs whatever the day, and a run takes seconds.
WORLD = {"seed": 11, "traders": 120, "markets": 120, "trades": 12_000, "days": 90}


@dataclass
class Installation:
    """A world served over HTTP, and settings that point at it."""

    world: World
    simulator: Simulator
    settings: Settings

    def run(self, *names: str, **parameters: object) -> list[jobs.JobReport]:
        return [getattr(jobs, name)(settings=self.settings, **parameters) for name in names]


SYNCS = (
    "sync_leaderboard",
    "sync_markets",
    "sync_trader_trades",
    "sync_trader_positions",
    "sync_markets",
)


@pytest.fixture(scope="module")
def installed(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """One installation for the module: everything synced and scored once, the history of four weeks filled in."""
    world = generate(**WORLD)
    with fresh_database(postgres) as database, running(world) as simulator:
        settings = load(
            smartmoney_home=tmp_path_factory.mktemp("home"),
            database_url=postgres.url("sm_owner", database),
            smartmoney_source="simulator",
            polymarket_data_url=simulator.data_url,
            polymarket_gamma_url=simulator.gamma_url,
            polymarket_clob_url=simulator.clob_url,
            rate_limit_requests=15_000,
            smart_tiers=("S", "A", "B", "C", "D"),
        )
        made = Installation(world, simulator, settings)
        made.run(*SYNCS)
        made.run("calculate_rarity_scores", backfill_weeks=4)
        yield made


@pytest.fixture
def store(installed: Installation) -> Iterator[Store]:
    opened = open_store("sm_owner", installed.settings)
    yield opened
    opened.dispose()


def ask(store: Store, query: str) -> list[tuple[object, ...]]:
    with store.raw() as connection:
        return connection.execute(query).fetchall()


def test_every_wallets_realized_pnl_is_the_truth_to_the_micro_dollar(
    installed: Installation, store: Store
) -> None:
    ours = dict(ask(store, "select address, (realized_pnl * 1000000)::bigint from trader"))
    truth = {
        trader.address: int(installed.world.truth(number).realized)
        for number, trader in enumerate(installed.world.traders)
        if trader.address in ours
    }
    assert len(truth) > 50
    assert {
        address: (ours[address], value)
        for address, value in truth.items()
        if ours[address] != value
    } == {}


def test_the_platforms_own_figures_agree(installed: Installation, store: Store) -> None:
    """All but a few; who traded in the last minute is not checked."""
    found = dict(ask(store, "select coverage, count(*) from trader group by 1"))
    checked = sum(found.values()) - found.get("unchecked", 0)
    assert checked > 50
    assert found["complete"] / checked > 0.9, ask(
        store, "select coverage, coverage_reason from trader"
    )


def test_a_second_run_reads_nobody_and_changes_nothing(
    installed: Installation, store: Store
) -> None:
    before = ask(store, "select * from trader order by id")
    trades = ask(store, "select count(*), sum(cash_micro) from trade")
    for report in installed.run(*SYNCS[1:]):
        assert report.written.get("fills new", 0) == 0
    [again] = installed.run("calculate_rarity_scores")
    assert again.read["wallets read"] == 0
    assert again.written == {"score history rows": 0, "tiers changed": 0}
    assert ask(store, "select count(*), sum(cash_micro) from trade") == trades
    columns = [
        row[0]
        for row in ask(
            store,
            "select column_name from information_schema.columns where table_name = 'trader' "
            "order by ordinal_position",
        )
    ]
    after = pd.DataFrame(ask(store, "select * from trader order by id"), columns=columns).drop(
        columns=["as_of", "updated_at"]
    )
    pd.testing.assert_frame_equal(
        after, pd.DataFrame(before, columns=columns).drop(columns=["as_of", "updated_at"])
    )


def test_reading_everybody_again_gives_the_same_scores(
    installed: Installation, store: Store
) -> None:
    names = ", ".join(
        name for name in history.CURRENT if name not in {"coverage", "coverage_reason"}
    )
    query = f"select {names} from trader order by id"
    before = ask(store, query)
    [report] = installed.run("calculate_rarity_scores", full=True)
    assert report.read["wallets read"] == report.read["wallets"]
    assert ask(store, query) == before


def test_smart_markets_and_history(installed: Installation, store: Store) -> None:
    assert ask(store, "select count(distinct as_of) from trader_score")[0][0] >= 5
    installed.run("calculate_smart_markets")
    [row] = ask(
        store,
        "select count(*), count(*) filter (where smart_share between 0 and 1), max(smart_count) "
        "from market_smart_current",
    )
    assert row[0] > 0
    assert row[1] > 0
    [flow] = ask(store, "select count(*), min(hour) from market_smart_flow")
    assert flow[0] > 0, "wallets had tiers four weeks ago and traded since"
    first_score = ask(store, "select min(as_of) from trader_score")[0][0]
    assert flow[1] >= first_score.replace(minute=0, second=0), (
        "no tier reaches back before it was known"
    )


def test_the_past_is_what_was_known_then(installed: Installation, store: Store) -> None:
    current = ask(store, "select tier, realized_pnl from trader order by id")
    moment = pd.Timestamp(installed.world.now, unit="s", tz="UTC") - pd.Timedelta(days=30)
    installed.run("calculate_rarity_scores", as_of=moment.isoformat())
    assert ask(store, "select tier, realized_pnl from trader order by id") == current
    [past] = ask(
        store, f"select sum(trade_count) from trader_score where as_of = '{moment.floor('s')}'"
    )
    [then] = ask(store, f"select count(*) from trade where ts <= '{moment}'")
    assert past == then


def test_the_verdict_is_kept_and_told(installed: Installation, store: Store) -> None:
    [report] = installed.run("validate_scores", permutations=50)
    [(verdict, result)] = ask(store, "select verdict, result from validation_run")
    assert verdict == report.sentences[0]
    assert {row["factor"] for row in result["summary"]} >= {
        "rarity_score",
        "win_rate",
        "rarity_classic",
    }


def test_the_lean_is_compared_with_the_price_of_a_day_before(
    installed: Installation, store: Store
) -> None:
    [report] = installed.run("prove_lean", smart_tiers=list("SABCDE"))
    [(verdict, result)] = ask(store, "select verdict, result from lean_proof")
    assert verdict == report.sentences[0]
    assert report.read["resolved markets with a price"] > 0
    assert (
        report.read["with a lean"]
        == result["markets"]
        <= report.read["resolved markets with a price"]
    )
    assert (result["brier_price"] is not None) == (result["markets"] > 0)
    assert sum(row["markets"] for row in result["calibration"]) == result["markets"]
