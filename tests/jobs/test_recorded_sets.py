"""Real trades through everything: served over HTTP, read by the real client, stored, kept by the ledger."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from polymarket_sim.recorded import load_recording
from polymarket_sim.server import running
from smartmoney import jobs
from smartmoney.settings import Settings, load
from smartmoney.store.db import Store, open_store
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.supervise.recorded import STEPS
from tests.kit.databases import fresh_database

pytestmark = pytest.mark.shared
MIDTERMS = pytest.mark.xdist_group("midterms")

# Cash plus payout of what was bought less what was sold: the PnL of a position held to resolution, also where a recording
# begins in the middle and sales come before their purchases.
NET = """
select t.trader_id, t.market_id, t.outcome_id, sum(-t.side * t.cash_micro) as cash, sum(t.side * t.size_micro) as shares,
       max(o.payout_micro) as payout
from trade t join outcome o on o.id = t.outcome_id group by 1, 2, 3"""


@contextmanager
def imported(
    postgres: EmbeddedPostgres, folder: Path, home: Path, without: str = ""
) -> Iterator[Store]:
    """A database filled from a recording, by the steps `smartmoney import-recorded` takes.

    `without` leaves one job out: the positions of 1,402 wallets would take as long as all the rest.
    """
    with fresh_database(postgres) as database, running(load_recording(folder)) as simulator:
        settings: Settings = load(
            smartmoney_home=home,
            database_url=postgres.url("sm_owner", database),
            smartmoney_source="recorded",
            polymarket_data_url=simulator.data_url,
            polymarket_gamma_url=simulator.gamma_url,
            polymarket_clob_url=simulator.clob_url,
        )
        for name, asked in (step for step in STEPS if step[0] != without):
            getattr(jobs, name)(**asked, settings=settings)
        store = open_store("sm_owner", settings)
        yield store
        store.dispose()


def ask(store: Store, query: str) -> list[tuple[object, ...]]:
    with store.raw() as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def midterms(
    postgres: EmbeddedPostgres, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    folder = shared / "data" / "midterms2022"
    with imported(
        postgres, folder, tmp_path_factory.mktemp("midterms"), "sync_trader_positions"
    ) as store:
        yield store


@MIDTERMS
def test_midterms_every_trade_wallet_and_market(midterms: Store) -> None:
    assert ask(
        midterms, "select count(*), count(distinct trader_id), count(distinct market_id) from trade"
    ) == [(14_392, 1_402, 26)]
    assert ask(midterms, "select count(*) from quarantine") == [(0,)]
    assert ask(midterms, "select count(*) from trade where occurrence > 1")[0][0] >= 69


@MIDTERMS
def test_midterms_published_counts_and_volumes(midterms: Store, shared: Path) -> None:
    folder = shared / "data" / "midterms2022"
    names = {
        row["market_full_name"]: row["market_short_name"]
        for row in csv.DictReader((folder / "markets.csv").open())
    }
    found = {
        names[str(question)]: (count, Decimal(str(volume)))
        for question, count, volume in ask(
            midterms,
            "select m.question, count(*), sum(t.cash_micro) / 1e6 from trade t join market m on m.id = t.market_id group by 1",
        )
    }
    published = list(
        csv.DictReader((folder / "published_table.csv").read_text("utf-8").splitlines())
    )
    assert len(published) == 24
    for row in published:
        count, volume = found[row["short_name"]]
        assert count == int(row["Number of Trades"].replace(",", "")), row["short_name"]
        assert float(volume) == pytest.approx(
            float(row["Volume (USD)"].replace(",", "")), rel=1e-5
        ), row["short_name"]


@MIDTERMS
def test_midterms_pnl_of_the_wallets_with_whole_histories(midterms: Store) -> None:
    [(wallets, total, best, worst, winners)] = ask(
        midterms,
        f"""
        with held as ({NET}), resolved as (select * from held where payout is not null),
        clean as (select trader_id, sum(cash + shares * payout / 1000000) as pnl from resolved
                  group by 1 having min(shares) >= -1000000)
        select count(*), round(sum(pnl) / 1e6, 2), round(max(pnl) / 1e6, 2), round(min(pnl) / 1e6, 2),
               count(*) filter (where pnl > 0) from clean""",
    )
    assert (wallets, total, best, worst) == (
        1_292,
        Decimal("-45991.60"),
        Decimal("169101.19"),
        Decimal("-109969.42"),
    )
    assert winners == 376, "377 with a float residue of one wallet that broke even"


@MIDTERMS
def test_midterms_ledger_agrees_where_nothing_is_missing(midterms: Store) -> None:
    """The ledger's realized PnL is cash plus payout for every wallet that never sold what it had not bought."""
    rows = ask(
        midterms,
        f"""
        with held as ({NET}), net as (select trader_id, sum(cash + shares * payout / 1000000) as pnl, bool_and(payout is not null) as done
                  from held group by 1),
        seconds as (select trader_id, outcome_id, ts, sum(side * size_micro) as shares from trade group by 1, 2, 3),
        running as (select trader_id, sum(shares) over (partition by trader_id, outcome_id order by ts) as held
                    from seconds),
        short as (select distinct trader_id from running where held < 0)
        select round(n.pnl / 1e6, 4), round(t.realized_pnl, 4) from net n join trader t on t.id = n.trader_id
        where n.done and t.id not in (select trader_id from short)""",
    )
    assert len(rows) > 1_200
    assert [row for row in rows if abs(row[0] - row[1]) > Decimal("0.0002")] == []


def test_wallet_0xee50(postgres: EmbeddedPostgres, shared: Path, tmp_path: Path) -> None:
    with imported(postgres, shared / "data" / "wallet_0xee50", tmp_path) as store:
        assert ask(store, "select count(*) from trade") == [(3_500,)]
        [(pnl, gains, losses, up, down)] = ask(
            store,
            f"""
            with held as ({NET}), asset as (select cash + shares * payout / 1000000 as pnl from held)
            select round(sum(pnl) / 1e6, 2), sum(pnl) filter (where pnl > 0), -sum(pnl) filter (where pnl < 0),
                   count(*) filter (where pnl > 0), count(*) filter (where pnl < 0) from asset""",
        )
        assert pnl == Decimal("1169077.69")
        assert (up, down) == (48, 12)
        assert round(gains / losses, 4) == Decimal("8.4686")
        assert ask(store, "select coverage from trader where trade_count = 3500") == [("partial",)]


def test_wallet_0x4f34(postgres: EmbeddedPostgres, shared: Path, tmp_path: Path) -> None:
    with imported(postgres, shared / "data" / "wallet_0x4f34", tmp_path) as store:
        assert ask(store, "select count(*) from trade") == [(298,)]
        assert ask(store, "select raw_kind, count(*) from activity group by 1 order by 1") == [
            ("MAKER_REBATE", 1),
            ("REDEEM", 201),
        ]
        [(markets, paying, exact, lost, pnl)] = ask(
            store,
            """
            with bought as (select market_id, outcome_id, sum(size_micro) as shares, sum(cash_micro) as cash from trade group by 1, 2),
            per as (select market_id, sum(cash) as cash, array_agg(shares) as shares from bought group by 1),
            redeemed as (select market_id, sum(cash_micro) as payout from activity where kind = 'REDEEM' group by 1)
            select count(*), count(*) filter (where payout > 0), count(*) filter (where payout = any(shares)),
                   count(*) filter (where payout = 0), sum(payout - cash) from per join redeemed using (market_id)""",
        )
        assert (markets, paying, exact, lost, pnl) == (170, 92, 92, 78, -1_344_957)
