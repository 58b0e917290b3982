"""A world that shows what the venue does: each behaviour is there, and the truth stays exact under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest

from polymarket_sim import measured
from polymarket_sim.accounts import combos, portfolio
from polymarket_sim.accounts.positions import Positions
from polymarket_sim.generate import generate
from polymarket_sim.model import Kind, Side
from polymarket_sim.server import Simulator, running
from polymarket_sim.venue import EVENTFUL, Venue
from polymarket_sim.world import World
from smartmoney.units import MICRO
from tests.kit.simulators import NOW
from tests.kit.venue_rows import UNJOINED

Ask = Callable[..., Any]


def rows_of(world: World, kind: Kind) -> list[int]:
    return np.flatnonzero(world.entries.kind == kind).tolist()


def activity(ask: Ask, address: str, **params: Any) -> list[dict[str, Any]]:
    given = {"user": address, "start": 1, "limit": 1_000, **params}
    answer = ask("/data/v2/activity", **given)
    found = answer["data"]
    while cursor := answer["pagination"]["next_cursor"]:
        answer = ask("/data/v2/activity", **given, cursor=cursor)
        found += answer["data"]
    return found


def no_balances(world: World, trader: int, before: int) -> dict[int, int]:
    """NO tokens of a wallet by market just before a row of the ledger, replayed row by row."""
    e, held = world.entries, defaultdict[tuple[int, int], int](int)
    for row in world.by_trader.rows(trader).tolist():
        if row >= before:
            break
        kind, market, outcome, size = (
            int(column[row]) for column in (e.kind, e.market, e.outcome, e.size_micro)
        )
        if kind == Kind.TRADE:
            held[market, outcome] += size if e.side[row] == Side.BUY else -size
        elif kind in (Kind.SPLIT, Kind.MERGE):
            for side in (0, 1):
                held[market, side] += size if kind == Kind.SPLIT else -size
        elif kind == Kind.REDEEM:
            held[market, outcome] -= size
        elif kind == Kind.CONVERSION:
            family = world.events[world.markets[market].event].markets
            for place, number in enumerate(family):
                if int(e.legs[row]) >> place & 1:
                    held[number, 1] -= size
                elif world.markets[number].created_at <= e.ts[row]:
                    held[number, 0] += size
    return {market: size for (market, outcome), size in held.items() if outcome == 1}


def test_the_balances_tell_the_legs_of_every_conversion(real_world: World) -> None:
    """Those NO tokens of the event of which the wallet held at least the size, and no others."""
    e, conversions = real_world.entries, rows_of(real_world, Kind.CONVERSION)
    assert len(conversions) > 20
    for row in conversions:
        family = real_world.events[real_world.markets[int(e.market[row])].event].markets
        held = no_balances(real_world, int(e.trader[row]), row)
        told = [place for place, n in enumerate(family) if held.get(n, 0) >= int(e.size_micro[row])]
        assert [place for place in range(len(family)) if int(e.legs[row]) >> place & 1] == told
        assert int(e.cash_micro[row]) == (len(told) - 1) * int(e.size_micro[row])


def test_a_conversion_is_one_row_that_names_its_event(real_world: World, ask: Ask) -> None:
    traders = {int(real_world.entries.trader[row]) for row in rows_of(real_world, Kind.CONVERSION)}
    groups = {event.neg_risk_market_id: event for event in real_world.events if event.neg_risk}
    for number in sorted(traders)[:5]:
        found = activity(ask, real_world.traders[number].address, type="CONVERSION")
        mine = real_world.by_trader.rows(number)
        assert len(found) == int((real_world.entries.kind[mine] == Kind.CONVERSION).sum())
        for row in found:
            event = groups[row["condition_id"]]
            assert len(row["condition_id"]) == 66 and row["condition_id"].endswith("00")
            assert row["size"] == row["usdc_size"] > 0
            assert (row["token_id"], row["outcome"], row["outcome_index"]) == ("", "", 999)
            assert (row["side"], row["price"]) == ("", 0)
            assert row["slug"] == row["event_slug"] == event.slug and row["title"] == event.title


def test_a_question_added_later_gives_no_yes_before_it(real_world: World) -> None:
    late = [
        event
        for event in real_world.events
        if event.neg_risk and len({real_world.markets[n].open_at for n in event.markets}) > 1
    ]
    assert late
    newest = max(late[0].markets, key=lambda n: real_world.markets[n].open_at)
    rows = real_world.entries.ts[real_world.fills_by_market.rows(newest)]
    assert not len(rows) or rows.min() >= real_world.markets[newest].open_at


def test_positions_and_truth_hold_the_same_shares(real_world: World) -> None:
    """Two accounts that share no code: the server's positions, and the plain replay of the truth."""
    book = Positions(real_world)
    sent = {(o.trader, 2 * o.market + o.outcome) for o in real_world.openings}
    for number in range(len(real_world.traders)):
        slots = book.by_trader.rows(number)
        held = {
            (int(book.token[s]) >> 1, int(book.token[s]) & 1): int(book.shares[s])
            for s in slots
            if book.shares[s] and (number, int(book.token[s])) not in sent
        }
        open_ones = {
            token: size
            for token, size in held.items()
            if real_world.markets[token[0]].payouts is None
        }
        assert open_ones == real_world.truth(number).shares


def test_cash_reconciles_with_the_truth(real: Simulator, real_world: World) -> None:
    """Cash flow and unredeemed payouts equal what was realized less the cost still held."""
    for number in range(len(real_world.traders)):
        truth = real_world.truth(number)
        views = portfolio.of_trader(real.served, number)
        unredeemed = sum(view.value for view in views if view.resolved)
        assert truth.cash + unredeemed == truth.realized - sum(truth.cost.values())


def test_both_forms_of_a_resolution_tell_the_payout(real_world: World, ask: Ask) -> None:
    forms = set()
    for market in real_world.markets:
        (row,) = ask("/data/v2/resolutions", condition=market.condition_id)["data"]
        if market.payouts is None:
            assert row["status"] in ("posed", "proposed", "disputed") and row["price"] == "69"
            assert row["last_update_timestamp"].isdecimal() and "payouts" not in row
            continue
        forms.add("payouts" in row)
        if "payouts" in row:
            assert row["payouts"] == list(market.payouts) and "price" not in row
            assert row["resolved_at"].endswith("Z") and row["log_index"] == ""
        else:
            assert int(row["price"]) == market.payouts[0] * 10**12 and "resolved_at" not in row
            assert row["last_update_timestamp"] == str(market.resolved_at)
    assert forms == {True, False}


def test_closed_markets_keep_final_prices_beside_stale_quotes(real_world: World, ask: Ask) -> None:
    paid = [
        market
        for market in ask("/gamma/markets", closed=True, limit=100)
        if market["outcomePrices"] in ('["1", "0"]', '["0", "1"]')
    ]
    assert len([market for market in paid if 0.03 < market["bestBid"] < 0.97]) > len(paid) / 4
    assert all(
        market["bestBid"] <= market["lastTradePrice"] <= market["bestAsk"] for market in paid
    )


def test_protocol_v2_markets_in_both_spellings(real_world: World, ask: Ask) -> None:
    new = [market for market in real_world.markets if market.version == "v2"]
    assert new
    for market in new:
        (row,) = ask(
            "/gamma/markets",
            condition_ids=market.condition_id,
            closed=market.closed_at is not None,
        )
        assert row["version"] == "v2" and "clobTokenIds" not in row
        assert row["positionIds"] == list(market.token_ids)
        assert len(row["conditionId"]) == 64 and row["conditionId"].startswith("0x01")
        first = int(market.token_ids[0])
        assert first == int(row["conditionId"], 16) << 8 and int(market.token_ids[1]) == first + 1
        for spelling in (market.condition_id, market.condition_id + "00"):
            book = ask(f"/clob/markets/{spelling}")
            assert book["condition_id"] == market.condition_id + "00" and book["version"] == "v2"
        tokens = ask("/data/v2/tokens", condition=market.condition_id)["data"]
        assert {token["module"] for token in tokens} == {"binary"}


def test_combos_are_told_on_three_routes(real: Simulator, real_world: World, ask: Ask) -> None:
    """Trades in the feeds, redemptions in their own, and what became of them; the truth agrees."""
    states = set()
    for number, who in enumerate(real_world.traders):
        held = combos.holdings(real.served, number)
        if not held:
            continue
        trades = [row for row in activity(ask, who.address, type="TRADE") if row.get("is_combo")]
        assert len(trades) >= len(held)
        assert all(len(row["condition_id"]) == 64 and not row["slug"] for row in trades)
        assert all(" AND " in row["title"] and row["outcome"] == "" for row in trades)
        rows = ask("/data/v2/positions/combos", user=who.address, limit=1_000)["data"]
        states |= {row["status"] for row in rows}
        life = ask("/data/v2/activity/combos", user=who.address, limit=1_000)["data"]
        paid = {row["combo_condition_id"]: row["payout_usdc"] for row in life}
        for row in rows:
            assert row["realized_payout_usdc"] == paid.get(row["combo_condition_id"], 0.0)
            assert (
                row["legs_total"] == len(row["legs"]) == row["legs_resolved"] + row["legs_pending"]
            )
        decided = [each for each in held if combos.payout(real.served, each.number) is not None]
        sold = [each for each in held if each not in decided and each.shares == 0]
        won = sum(
            each.sold
            + each.paid
            + each.shares * (combos.payout(real.served, each.number) or 0) // MICRO
            - each.gross
            for each in [*decided, *sold]
        )
        truth = real_world.truth(number)
        assert truth.combo_realized == won and truth.total == truth.realized + won
        point = ask("/data/v2/user-stats", user=who.address)["data"]["all_time_pnl"]
        assert point["realized_combo_pnl"] == pytest.approx(won / MICRO, abs=1e-6)
        assert point["trade_pnl"] == pytest.approx(point["position_pnl"] - point["fees"], abs=1e-6)
    assert states >= {"RESOLVED_LOSS", "RESOLVED_WIN"}


def test_a_combo_has_no_holders_and_no_market(real_world: World, real: Simulator) -> None:
    condition = real_world.combos[0].condition_id
    with httpx.Client(base_url=real.url, trust_env=False) as client:
        refused = client.get("/data/v2/holders", params={"condition": condition})
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid condition id")
        found = client.get("/gamma/markets", params={"condition_ids": condition})
        assert found.json() == []


def test_dust_is_a_position_without_a_row(real_world: World, ask: Ask) -> None:
    sent = min(real_world.openings, key=lambda each: each.size_micro)
    who, market = real_world.traders[sent.trader].address, real_world.markets[sent.market]
    (row,) = ask("/data/v2/positions", user=who, filter_amount=0, condition=market.condition_id)[
        "data"
    ]
    assert row["current_size"] == sent.size_micro / MICRO < 0.1
    assert (row["avg_price"], row["total_size"], row["entry_cost_usdc"]) == (0.0, 0.0, 0.0)
    assert not [r for r in activity(ask, who) if r["condition_id"] == market.condition_id]


def test_some_redemptions_come_in_parts(real_world: World) -> None:
    e = real_world.entries
    rows = rows_of(real_world, Kind.REDEEM)
    times = defaultdict[tuple[int, ...], set[int]](set)
    for row in rows:
        times[int(e.trader[row]), int(e.market[row]), int(e.outcome[row])].add(int(e.ts[row]))
    share = sum(len(each) > 1 for each in times.values()) / len(times)
    assert measured.REDEEMED_IN_PARTS / 3 < share < measured.REDEEMED_IN_PARTS * 3


def test_an_owner_is_no_trading_wallet_and_its_profile_names_one(
    real_world: World, ask: Ask
) -> None:
    who = real_world.traders[3]
    assert ask("/gamma/public-profile", address=who.owner)["proxyWallet"] == who.address
    assert ask("/data/v2/activity", user=who.owner)["data"] == []
    assert ask("/data/v2/user-stats", user=who.owner) == {"data": None}


def test_fresh_rows_wait_for_their_labels(real_world: World) -> None:
    world = generate(5, traders=60, markets=60, trades=3_000, days=60, now=NOW, venue=EVENTFUL)
    with (
        running(world) as simulator,
        httpx.Client(base_url=simulator.url, trust_env=False) as client,
    ):
        client.post("/_sim/tick", params={"n": 150})
        rows = client.get("/data/v2/trades", params={"limit": 50}).json()["data"]
        fresh = [row for row in rows if row["timestamp"] > world.now - 600]
        assert fresh
        user = fresh[0]["proxy_wallet"]
        told = client.get("/data/v2/activity", params={"user": user}).json()["data"][0]
        assert (told["outcome_index"], told["event_slug"]) == (999, "")


def test_new_fills_of_some_minutes_name_their_token_and_no_market() -> None:
    """With the members that real rows had at such a moment; ten minutes later they are as any other."""
    world = generate(
        5, traders=60, markets=60, trades=3_000, days=60, now=NOW, venue=Venue(unjoined=1.0)
    )
    with (
        running(world, trades_per_minute=120.0) as simulator,
        httpx.Client(base_url=simulator.url, trust_env=False) as client,
    ):
        client.post("/_sim/tick", params={"n": 150})
        rows = client.get("/data/v2/trades", params={"limit": 20}).json()["data"]
        user, when = rows[0]["proxy_wallet"], rows[0]["timestamp"]
        asked = {"user": user, "start": when, "end": when, "type": "TRADE"}
        for row in client.get("/data/v2/activity", params=asked).json()["data"]:
            assert row["token_id"] in world.token_index
            assert {name: row[name] for name in UNJOINED} == UNJOINED
        client.post("/_sim/tick", params={"n": 60})
        for row in client.get("/data/v2/activity", params=asked).json()["data"]:
            named = {**UNJOINED, "condition_id": row["condition_id"]}
            assert {name: row[name] for name in named} == named
            assert row["condition_id"] in world.market_index
        client.post("/_sim/tick", params={"n": 400})
        for row in client.get("/data/v2/activity", params=asked).json()["data"]:
            assert row["condition_id"] in world.market_index and row["outcome_index"] in (0, 1)


def test_the_edge_keeps_an_answer_for_as_long_as_it_says() -> None:
    world = generate(6, traders=60, markets=60, trades=3_000, days=60, now=NOW)
    with (
        running(world, cached=True, tick_seconds=10) as simulator,
        httpx.Client(base_url=simulator.url, trust_env=False) as client,
    ):
        first = client.get("/data/v2/activity", params={"user": world.traders[0].address})
        assert first.headers["cache-control"] == "public, max-age=15" and "age" not in first.headers
        client.post("/_sim/tick")
        again = client.get("/data/v2/activity", params={"user": world.traders[0].address})
        assert again.headers["age"] == "10" and again.text == first.text
        assert again.headers["x-trace-id"] == first.headers["x-trace-id"]
        client.post("/_sim/tick")
        late = client.get("/data/v2/activity", params={"user": world.traders[0].address})
        assert "age" not in late.headers
        assert "cache-control" not in client.get("/data/v2/status").headers


def test_the_status_says_how_far_the_feeds_are_behind(ask: Ask) -> None:
    serving = ask("/data/v2/status")["data"]["serving"]
    ages = {each["name"]: each["age_seconds"] for each in serving["mechanisms"]}
    assert serving["lag_seconds"] == ages[serving["worst"]] == max(ages.values())


@pytest.fixture(scope="module")
def large() -> World:
    return generate(21, traders=400, markets=250, trades=40_000, days=150, now=NOW, venue=EVENTFUL)


def test_what_wallets_do_is_as_frequent_as_measured(large: World) -> None:
    """Among wallets with 100 rows and more, as the measures were taken."""
    e = large.entries
    busy = [n for n in range(len(large.traders)) if len(large.by_trader.rows(n)) >= 100]
    share = np.mean([bool((e.kind[large.by_trader.rows(n)] == Kind.MERGE).any()) for n in busy])
    assert abs(share - measured.MERGING_WALLETS) < 0.12
    buys = (e.side[e.kind == Kind.TRADE] == Side.BUY).mean()
    assert abs(buys - measured.BUYS) < 0.15
    redeemed = e.kind == Kind.REDEEM
    assert abs((e.cash_micro[redeemed] == 0).mean() - measured.LOSING_REDEMPTIONS) < 0.2
    combo = (e.kind == Kind.COMBO_TRADE).sum() / (e.kind == Kind.TRADE).sum()
    assert 0.0005 < combo < measured.COMBO_TRADES


def test_averages_below_zero_come_from_conversions(large: World) -> None:
    book = Positions(large)
    held = book.shares > 0
    below = held & (book.avg_pico < 0)
    assert below.any() and not (book.token[below] & 1).any()
    grouped = [
        large.events[large.markets[t >> 1].event].neg_risk for t in book.token[below].tolist()
    ]
    assert all(grouped)
