"""What the loaders make of the real sets, against the facts that were measured on them."""

from __future__ import annotations

import csv
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from polymarket_sim import ids
from polymarket_sim.model import Kind
from polymarket_sim.recorded import load_recording
from polymarket_sim.world import World
from smartmoney.errors import RecordingError
from smartmoney.units import MICRO

pytestmark = pytest.mark.shared
Worlds = Callable[[str], World]
ALL = ("midterms2022", "wallet_0xee50", "wallet_0x4f34")


def test_midterms_has_every_trade_wallet_and_market(world_of: Worlds) -> None:
    world = world_of("midterms2022")
    assert (len(world.entries), len(world.traders), len(world.markets)) == (14_392, 1_402, 26)
    assert world.start_at == 1_642_021_826 and world.now == 1_668_898_721 + 1
    assert set(world.entries.kind) == {Kind.TRADE}
    assert not world.entries.fee_micro.any()


def test_midterms_agrees_with_the_published_table(world_of: Worlds, data: Path) -> None:
    world, checked = world_of("midterms2022"), 0
    by_slug = {market.slug: number for number, market in enumerate(world.markets)}
    with (data / "midterms2022" / "published_table.csv").open(
        encoding="utf-8", newline=""
    ) as lines:
        for row in csv.DictReader(lines):
            rows = world.fills_by_market.rows(by_slug[row["short_name"].replace("_", "-")])
            assert len(rows) == int(row["Number of Trades"].replace(",", ""))
            published = float(row["Volume (USD)"].replace(",", ""))
            assert world.entries.cash_micro[rows].sum() / MICRO == pytest.approx(
                published, rel=2e-7
            )
            checked += 1
    assert checked == 24


def test_midterms_resolves_all_but_one_market(world_of: Worlds) -> None:
    markets = world_of("midterms2022").markets
    assert [market.slug for market in markets if market.payouts is None] == ["ca-22-house"]
    paid = Counter(
        market.outcomes[market.payouts.index(MICRO)] for market in markets if market.payouts
    )
    assert paid == {"Democrat": 15, "Democratic": 1, "Yes": 1, "Republican": 7, "No": 1}
    assert {market.outcomes[1] for market in markets if market.outcomes[0] != "Yes"} == {
        "Republican"
    }


def test_midterms_prices_are_cash_over_shares(world_of: Worlds) -> None:
    entries = world_of("midterms2022").entries
    again = np.round(entries.price_pico.astype(float) / 1e12 * entries.size_micro)
    traded = entries.size_micro > 0
    assert (again[traded] == entries.cash_micro[traded]).all()
    assert ((entries.price_pico >= 0) & (entries.price_pico <= 10**12)).all()
    assert int((~traded).sum()) == 275 and int((~traded & (entries.price_pico == 0)).sum()) == 2


def test_midterms_repeated_rows_share_a_transaction_and_stay_apart(world_of: Worlds) -> None:
    world = world_of("midterms2022")
    rows = Counter(world.entries.tx.tolist())
    assert sum(count - 1 for count in rows.values()) == 69
    assert len(set(world.tx_hashes or ())) == len(rows) == 14_392 - 69
    assert all(re.fullmatch("0x[0-9a-f]{64}", tx_hash) for tx_hash in world.tx_hashes or ())


def test_midterms_account_that_is_a_display_name_is_one_wallet(world_of: Worlds) -> None:
    named = [trader for trader in world_of("midterms2022").traders if trader.name]
    assert [trader.name for trader in named] == ["redKollantai"]
    assert re.fullmatch("0x[0-9a-f]{40}", named[0].address)


def test_0xee50_keeps_real_identifiers(world_of: Worlds) -> None:
    world = world_of("wallet_0xee50")
    assert (len(world.entries), len(world.markets), len(world.events)) == (3_500, 60, 39)
    for market in world.markets:
        neg_risk = world.events[market.event].neg_risk
        assert market.token_ids == ids.token_ids(market.condition_id, neg_risk)
    assert len(world.tx_hashes or ()) == 3_494
    searched = world.events[world.event_index["59297"]]
    assert searched.slug == "1-searched-person-on-google-this-year" and searched.neg_risk
    assert world.traders[0].name == "0xafEe"


def test_0xee50_position_without_trades_is_an_opening(world_of: Worlds) -> None:
    world = world_of("wallet_0xee50")
    (opening,) = world.openings
    market = world.markets[opening.market]
    assert market.question == "Will Kendrick Lamar be the #1 searched person on Google this year?"
    assert (opening.size_micro, opening.cost_micro) == (139_891_774_300, 11_852_750_200)
    assert opening.outcome == 0 and market.payouts == (0, MICRO)
    assert not len(world.fills_by_market.rows(opening.market))


def test_0x4f34_keeps_kinds_cash_and_fees(world_of: Worlds) -> None:
    world = world_of("wallet_0x4f34")
    kinds = Counter(Kind(kind) for kind in world.entries.kind.tolist())
    assert kinds == {Kind.TRADE: 298, Kind.REDEEM: 201, Kind.MAKER_REBATE: 1}
    assert len(world.markets) == 215
    assert int((world.entries.fee_micro > 0).sum()) == int(world.entries.is_taker.sum()) == 42
    assert {event.category for event in world.events} == {"crypto"}


def test_0x4f34_knows_a_winner_only_where_a_redemption_tells(world_of: Worlds) -> None:
    world = world_of("wallet_0x4f34")
    entries = world.entries
    told = Counter()
    for number, market in enumerate(world.markets):
        mine = entries.market == number
        redeemed, traded = mine & (entries.kind == Kind.REDEEM), mine & (entries.kind == Kind.TRADE)
        told[bool(redeemed.any()), bool(traded.any()), market.payouts is not None] += 1
        if market.resolved_at is not None:
            assert entries.ts[traded].max() < market.resolved_at <= entries.ts[redeemed].min()
    assert told == {
        (True, True, True): 160,
        (True, True, False): 10,
        (True, False, False): 26,
        (False, True, False): 19,
    }


@pytest.mark.parametrize("name", ALL)
def test_rows_stand_in_time_order_with_transactions_together(world_of: Worlds, name: str) -> None:
    world = world_of(name)
    assert (np.diff(world.entries.ts) >= 0).all()
    changes = np.flatnonzero(np.diff(world.entries.tx)) + 1
    starts = world.entries.tx[np.concatenate([[0], changes])]
    assert len(starts) == len(set(starts.tolist()))


@pytest.mark.parametrize("name", ALL)
def test_nothing_trades_after_its_market_resolved(world_of: Worlds, name: str) -> None:
    world = world_of(name)
    for number, market in enumerate(world.markets):
        times = world.entries.ts[world.fills_by_market.rows(number)]
        assert market.resolved_at is None or not (times >= market.resolved_at).any()
        assert market.closed_at is None or market.closed_at <= world.now
        assert not len(times) or market.open_at <= times.min()


def test_the_data_folder_is_one_world_of_all_sets(world_of: Worlds) -> None:
    world = world_of(".")
    assert len(world.entries) == 14_392 + 3_500 + 500
    assert (len(world.markets), len(world.traders)) == (26 + 60 + 215, 1_402 + 1 + 1)
    for unique in ("gamma_id", "condition_id", "slug"):
        assert len({getattr(market, unique) for market in world.markets}) == len(world.markets)
    assert world.now == world_of("wallet_0x4f34").now
    assert len(world.openings) == 1


def test_the_same_set_twice_is_refused(copied: Callable[[str], Path], tmp_path: Path) -> None:
    copied("wallet_0x4f34").rename(tmp_path / "once")
    copied("wallet_0x4f34").rename(tmp_path / "again")
    with pytest.raises(
        RecordingError, match="again and once both record wallet 0x4f34.*keep one of the folders"
    ):
        load_recording(tmp_path)


def test_midterms_loads_in_three_seconds(data: Path) -> None:
    begun = time.process_time()
    load_recording(data / "midterms2022")
    assert time.process_time() - begun < 3


def test_0x4f34_truth_is_the_cash_of_what_was_redeemed(world_of: Worlds) -> None:
    world = world_of("wallet_0x4f34")
    entries = world.entries
    redeemed = set(entries.market[entries.kind == Kind.REDEEM].tolist())
    both = np.isin(
        entries.market, list(redeemed & set(entries.market[entries.kind == Kind.TRADE].tolist()))
    )
    cash = np.where(entries.kind == Kind.TRADE, -entries.cash_micro, entries.cash_micro)
    assert int(cash[both].sum()) == -1_344_957
    orphans = ~both & (entries.kind == Kind.REDEEM)
    truth = world.truth(0)
    assert truth.realized == int(cash[both].sum()) and truth.income == 3_995_500
    assert truth.cash == int(cash[entries.kind != Kind.MAKER_REBATE].sum())
    assert int(cash[orphans].sum()) > 0, (
        "two payments whose purchases lie before the window earn nothing here"
    )
