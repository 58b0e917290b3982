"""docs/polymarket-api.md, section 10, on the simulator: what different endpoints say of one wallet or market
agrees."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from polymarket_sim.accounts import portfolio
from polymarket_sim.model import Kind
from polymarket_sim.server import Simulator
from smartmoney.units import MICRO

CENT = Decimal("0.01")


def exact(get: Callable, path: str, **params: Any) -> Any:
    """A reply with its numbers as Decimal."""
    return json.loads(get(path, **params).text, parse_float=Decimal, parse_int=Decimal)


def all_pages(get: Callable, path: str, limit: int, **params: Any) -> list[dict[str, Any]]:
    rows, page = [], [None]
    while page:
        page = exact(get, path, limit=limit, offset=len(rows), **params)
        rows += page
    return rows


@pytest.fixture(scope="module")
def wallets(simulator: Simulator) -> list[int]:
    """Busy wallets of every kind."""
    world, chosen = simulator.world, {}
    for number, trader in enumerate(world.traders):
        rows = len(world.by_trader.rows(number))
        if rows < 3_000 and rows > chosen.get(trader.kind, (0, 0))[0]:
            chosen[trader.kind] = rows, number
    return [number for _, number in chosen.values()]


def test_activity_cash_is_the_truth(simulator, get, wallets) -> None:
    """12.4: the cash flow of all activity is what the ledger knows, to the micro-dollar; a conversion does not tell its own."""
    e = simulator.world.entries
    for number in wallets:
        address, flow = simulator.world.traders[number].address, Decimal(0)
        for row in all_pages(get, "/data/activity", 500, user=address, start=1):
            sign = -1 if row["side"] == "BUY" or row["type"] == "SPLIT" else 1
            flow += sign * row["usdcSize"] * (row["type"] in ("TRADE", "SPLIT", "MERGE", "REDEEM"))
        mine = simulator.world.by_trader.rows(number)
        untold = int(e.cash_micro[mine[e.kind[mine] == Kind.CONVERSION]].sum())
        assert flow * MICRO + untold == simulator.world.truth(number).cash


def test_realized_truth_is_cash_and_what_is_left(simulator, get, wallets) -> None:
    """Cash flow + unredeemed payouts = realized - cost still held; the payouts are the values the API
    shows."""
    for number in wallets:
        truth = simulator.world.truth(number)
        views = portfolio.of_trader(simulator.served, number)
        unredeemed = sum(view.value for view in views if view.resolved)
        assert truth.cash + unredeemed == truth.realized - sum(truth.cost.values())


def test_positions_sum_to_the_profile(simulator, get, wallets) -> None:
    """12.1: positions and closed positions add up to `trade_pnl`, both before fees."""
    for number in wallets:
        address = simulator.world.traders[number].address
        held = all_pages(get, "/data/positions", 500, user=address, sizeThreshold=0)
        closed = all_pages(get, "/data/closed-positions", 50, user=address)
        total = sum(row["realizedPnl"] + row["cashPnl"] for row in held) + sum(
            row["realizedPnl"] for row in closed
        )
        stats = exact(get, "/data/v2/user-stats", user=address)["data"]
        assert (
            abs(total - stats["all_time_pnl"]["trade_pnl"])
            <= CENT * (1 + len(held) + len(closed)) / 50
        )


def test_pnl_points_keep_their_identities(simulator, get, wallets) -> None:
    for number in wallets:
        series = exact(
            get,
            "/data/v2/user-pnl",
            user=simulator.world.traders[number].address,
            interval="all",
            fidelity="1d",
        )["data"]
        for p in series["points"]:
            wallet = (
                p["maker_rebate"]
                + p["taker_rebate"]
                + p["reward_income"]
                + p["yield_income"]
                + p["referral_income"]
            )
            assert (
                p["realized_pnl"]
                == p["realized_market_pnl"] + p["realized_lp_pnl"] + p["realized_combo_pnl"]
            )
            assert (
                p["position_pnl"] == p["realized_pnl"] + p["unrealized_pnl"]
                and p["wallet_income"] == wallet
            )
            assert (
                p["settled_pnl"] == p["realized_pnl"] + wallet
                and p["economic_pnl"] == p["position_pnl"] + wallet
            )
            assert (
                p["sponsored_income"]
                == p["reward_income"] + p["yield_income"] + p["referral_income"]
            )
            assert (
                p["trade_pnl"]
                == p["position_pnl"] - p["realized_lp_pnl"] - p["fees"] - p["fees_refunded"]
            )
            assert p["fees_paid"] == p["fees"] + p["fees_refunded"] and p["fees"] <= 0


def test_profile_cash_reconciles(simulator, get, wallets) -> None:
    """Position PnL net of fees = cash flow + value of what is held, to the micro-dollar but for rounding of
    marks."""
    for number in wallets:
        last = exact(get, "/data/v2/user-stats", user=simulator.world.traders[number].address)[
            "data"
        ]["all_time_pnl"]
        value = sum(view.value for view in portfolio.of_trader(simulator.served, number))
        assert (
            abs(last["position_pnl"] * MICRO - simulator.world.truth(number).cash - value)
            <= 2 * 10**3
        )


def test_value_chain_of_a_position(simulator, get, wallets) -> None:
    """12.1, on the rows of both versions; numbers of v1 are truncated to four decimals."""
    address = simulator.world.traders[wallets[0]].address
    v1 = {
        row["asset"]: row
        for row in all_pages(get, "/data/positions", 500, user=address, sizeThreshold=0)
    }
    v2 = {
        row["token_id"]: row
        for row in exact(get, "/data/v2/positions", user=address, filter_amount=0, limit=1000)[
            "data"
        ]
    }
    assert v1.keys() == v2.keys()
    for token, row in v1.items():
        assert abs(row["cashPnl"] - (row["currentValue"] - row["initialValue"])) <= Decimal(
            "0.0002"
        )
        assert (
            abs(row["currentValue"] - row["size"] * row["curPrice"])
            <= Decimal("0.001") + row["size"] / 10_000
        )
        assert all(
            -value.as_tuple().exponent <= 4
            for name, value in row.items()
            if isinstance(value, Decimal) and name not in ("grossInitialValue", "entryFeesUsdc")
        )
        assert (row["redeemable"], row["mergeable"]) == (
            v2[token]["redeemable"],
            v2[token]["mergeable"],
        )
        assert abs(
            v2[token]["total_pnl"] - v2[token]["realized_pnl"] - v2[token]["unrealized_pnl"]
        ) <= Decimal("0.0002")


def test_losers_stay_redeemed_winners_go(simulator, get) -> None:
    """12.5: unredeemed losers are in /positions with redeemable true; nothing in /closed-positions is still
    held."""
    lost = kept = 0
    for trader in simulator.world.traders:
        for row in all_pages(
            get, "/data/positions", 500, user=trader.address, sizeThreshold=0, redeemable=True
        ):
            assert row["redeemable"]
            lost, kept = lost + (row["curPrice"] == 0), kept + (row["curPrice"] == 1)
    assert lost > 20 and kept > 0


def test_maker_and_taker_rows(simulator, get) -> None:
    """12.9: takerOnly hides maker fills; with them every match has equal sizes on both sides."""
    market = max(
        range(len(simulator.world.markets)),
        key=lambda n: len(simulator.world.fills_by_market.rows(n)),
    )
    condition = simulator.world.markets[market].condition_id
    both = all_pages(get, "/data/trades", 500, market=condition, takerOnly=False)
    takers = all_pages(get, "/data/trades", 500, market=condition)
    sizes: dict[str, Decimal] = defaultdict(Decimal)
    for row in both:
        sizes[row["transactionHash"]] += row["size"]
    for row in takers:
        sizes[row["transactionHash"]] -= 2 * row["size"]
    assert not any(sizes.values()) and len(both) > 2 * len(takers) * 0.99
    volume = exact(get, "/gamma/markets", condition_ids=condition) or exact(
        get, "/gamma/markets", condition_ids=condition, closed=True
    )
    assert abs(sum(row["size"] * row["price"] for row in takers) - volume[0]["volumeNum"]) <= CENT


def test_a_market_is_the_same_everywhere(simulator, get) -> None:
    """Prices, state and payout of a market agree between gamma, clob and data."""
    world = simulator.world
    for closed in (False, True):
        for row in exact(get, "/gamma/markets", closed=closed, limit=60):
            prices = [Decimal(text) for text in json.loads(row["outcomePrices"])]
            record = exact(get, f"/clob/markets/{row['conditionId']}")
            tokens = exact(get, "/data/v2/tokens", condition=row["conditionId"])["data"][:2]
            assert [token["price"] for token in record["tokens"]] == prices and record[
                "closed"
            ] == row["closed"] == closed
            final = [token["final_price"] for token in tokens]
            assert final == prices if tokens[0]["resolved"] else final == [None, None]
            assert [token["winner"] for token in record["tokens"]] == [
                tokens[0]["resolved"] and price == 1 for price in prices
            ]
            midpoint = get("/clob/midpoint", token_id=tokens[0]["token_id"])
            assert (
                midpoint.status_code == 404
                if closed
                else Decimal(midpoint.json()["mid"]) == prices[0]
            )
    assert {market.payouts for market in world.markets} >= {None, (MICRO, 0), (0, MICRO)}


def test_boards_agree_with_wallets(simulator, get) -> None:
    """12.7: ALL is realized lifetime before fees; every ranked wallet's number can be found from its
    positions."""
    rows = exact(get, "/data/v2/leaderboard", time_period="all", limit=1000)["data"]
    for row in rows[:10] + rows[-10:]:
        views = portfolio.of_trader(simulator.served, simulator.world.trader_index[row["user_id"]])
        assert row["pnl"] * MICRO == sum(view.realized for view in views)


def test_holders_sum_to_open_interest(simulator, get) -> None:
    market = next(
        number for number, market in enumerate(simulator.world.markets) if market.closed_at is None
    )
    condition = simulator.world.markets[market].condition_id
    groups = exact(get, "/data/v2/holders", condition=condition, include_pnl=True, limit=100)[
        "data"
    ]
    (interest,) = exact(get, "/data/v2/oi", condition=condition)["data"]
    assert interest["value"] == max(
        sum(holder["amount"] for holder in group["holders"]) for group in groups
    )
