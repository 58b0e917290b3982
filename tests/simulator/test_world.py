"""Laws a world must keep: shares and dollars are conserved, nobody sells what they lack, the same seed is
the same world."""

from __future__ import annotations

import numpy as np
import pytest

from polymarket_sim import ids
from polymarket_sim.generate import generate
from polymarket_sim.model import COLUMNS, Kind, Side
from polymarket_sim.texts import HOSTILE
from polymarket_sim.world import World
from smartmoney.errors import ParameterError
from smartmoney.units import MICRO, PICO
from tests.kit.simulators import NOW


def fills(world: World) -> dict[str, np.ndarray]:
    rows = world.entries.kind == Kind.TRADE
    return {name: getattr(world.entries, name)[rows] for name in COLUMNS}


def test_has_every_kind_of_entry_and_person(world: World) -> None:
    combos = {Kind.COMBO_TRADE, Kind.COMBO_REDEEM}
    assert {Kind(kind) for kind in world.entries.kind.tolist()} | combos == set(Kind)
    assert len({trader.kind for trader in world.traders}) == 8
    assert any(event.neg_risk and 3 <= len(event.markets) <= 8 for event in world.events)


def test_markets_are_in_every_state(world: World) -> None:
    states = {(m.closed_at is not None, m.payouts is not None) for m in world.markets}
    assert states == {(False, False), (True, False), (True, True)}
    assert any(m.fee_rate is None for m in world.markets) and any(m.fee_rate for m in world.markets)
    voids = [m for seed in (11, 12, 13) for m in _markets(seed) if m.payouts == (500_000, 500_000)]
    assert voids


def _markets(seed: int) -> list:
    return generate(seed, traders=30, markets=120, trades=300, days=150, now=NOW).markets


def test_time_and_units(world: World) -> None:
    entries = world.entries
    assert (np.diff(entries.ts) >= 0).all() and entries.ts[-1] <= world.now
    assert (entries.size_micro >= 0).all() and (entries.cash_micro >= 0).all()
    trade = fills(world)
    assert ((trade["price_pico"] > 0) & (trade["price_pico"] < PICO)).all()
    assert (trade["fee_micro"][~trade["is_taker"]] == 0).all() and (
        trade["fee_micro"] % 10 == 0
    ).all()


def test_cash_is_size_times_price_and_fee(world: World) -> None:
    trade = fills(world)
    sign = np.where(trade["side"] == Side.BUY, 1, -1)
    notional = trade["cash_micro"] - sign * trade["fee_micro"]
    assert (np.abs(trade["size_micro"] * (trade["price_pico"] / PICO) - notional) < 0.6).all()


def test_fee_follows_the_schedule(world: World) -> None:
    trade = {name: column[fills(world)["is_taker"]] for name, column in fills(world).items()}
    rate = np.array([m.fee_rate or 0.0 for m in world.markets])[trade["market"]]
    price = trade["price_pico"] / PICO
    expected = rate * trade["size_micro"] * price * (1 - price)
    assert (np.abs(trade["fee_micro"] - expected) <= 5 + trade["size_micro"] * 1e-6).all()


def test_every_match_balances(world: World) -> None:
    trade = fills(world)
    _, match = np.unique(trade["tx"], return_inverse=True)
    size = trade["size_micro"]
    assert (np.bincount(match, trade["is_taker"]) == 1).all()
    assert (np.bincount(match, np.where(trade["is_taker"], size, -size)) == 0).all()
    assert (np.bincount(match) >= 2).all()


def test_a_match_creates_no_money(world: World) -> None:
    """What the wallets of a match pay net of fees is exactly the pairs it mints, less those it merges."""
    trade = fills(world)
    _, match = np.unique(trade["tx"], return_inverse=True)
    sign = np.where(trade["side"] == Side.BUY, 1, -1)
    paid = np.bincount(match, sign * (trade["cash_micro"] - sign * trade["fee_micro"]))
    first = np.bincount(match, np.where(trade["outcome"] == 0, sign * trade["size_micro"], 0))
    second = np.bincount(match, np.where(trade["outcome"] == 1, sign * trade["size_micro"], 0))
    assert (first == second).all() and (paid == first).all()
    assert (first > 0).any() and (first < 0).any() and (first == 0).any()


def test_prices_of_one_match_agree(world: World) -> None:
    trade = fills(world)
    first = np.where(trade["outcome"] == 0, trade["price_pico"], PICO - trade["price_pico"])
    _, match = np.unique(trade["tx"], return_inverse=True)
    taker = np.zeros(match.max() + 1)
    taker[match[trade["is_taker"]]] = first[trade["is_taker"]]
    assert (np.abs(first - taker[match]) <= 4e12 / trade["size_micro"] + 1e6).all()


def test_nobody_sells_what_they_lack(world: World) -> None:
    """Replayed by hand, no wallet is ever short, and the two outcomes of a market are always equally many."""
    held: dict[tuple[int, int, int], int] = {}
    supply: dict[tuple[int, int], int] = {}

    def move(trader: int, market: int, outcome: int, size: int) -> None:
        held[trader, market, outcome] = held.get((trader, market, outcome), 0) + size
        supply[market, outcome] = supply.get((market, outcome), 0) + size
        assert held[trader, market, outcome] >= 0

    columns = [
        getattr(world.entries, name).tolist()
        for name in ("trader", "kind", "market", "outcome", "side", "size_micro", "legs")
    ]
    for trader, kind, market, outcome, side, size, legs in zip(*columns, strict=False):
        if kind == Kind.TRADE:
            move(trader, market, outcome, size if side == Side.BUY else -size)
        elif kind in (Kind.SPLIT, Kind.MERGE):
            for token in (0, 1):
                move(trader, market, token, size if kind == Kind.SPLIT else -size)
        elif kind == Kind.REDEEM:
            move(trader, market, outcome, -size)
        elif kind == Kind.CONVERSION:
            for place, number in enumerate(world.events[world.markets[market].event].markets):
                move(trader, number, *((1, -size) if legs >> place & 1 else (0, size)))
    for number, market in enumerate(world.markets):
        if market.payouts is None and not world.events[market.event].neg_risk:
            assert supply.get((number, 0), 0) == supply.get((number, 1), 0)


def test_trading_and_set_operations_are_zero_sum(world: World) -> None:
    """All wallets together lose the fees, and gain what conversions pay ahead of the event's end."""
    results = [world.truth(number) for number in range(len(world.traders))]
    cash, fees = sum(r.cash for r in results), sum(r.fees for r in results)
    owed = 0
    for result in results:
        owed += sum(size for (market, outcome), size in result.shares.items() if outcome == 0)
    assert fees == int(world.entries.fee_micro.sum()) > 0
    assert cash + fees <= 0
    assert all(
        r.cash == r.realized - sum(r.cost.values()) - _unredeemed(world, n)
        for n, r in enumerate(results)
    )


def _unredeemed(world: World, trader: int) -> int:
    """Payout of resolved shares that were settled in `truth` but never redeemed."""
    held: dict[tuple[int, int], int] = {}
    rows = world.by_trader.rows(trader)
    for kind, market, outcome, side, size in zip(
        *(
            getattr(world.entries, c)[rows].tolist()
            for c in ("kind", "market", "outcome", "side", "size_micro")
        ),
        strict=False,
    ):
        sign = {
            (Kind.TRADE, Side.BUY): 1,
            (Kind.TRADE, Side.SELL): -1,
            (Kind.SPLIT, 0): 1,
            (Kind.MERGE, 0): -1,
            (Kind.REDEEM, 0): -1,
        }.get((kind, side), 0)
        for token in (0, 1) if kind in (Kind.SPLIT, Kind.MERGE) else (outcome,):
            held[market, token] = held.get((market, token), 0) + sign * size
    held = _with_conversions(world, rows, held)
    return sum(
        size * payouts[o] // MICRO
        for (m, o), size in held.items()
        if m >= 0 and (payouts := world.markets[m].payouts)
    )


def _with_conversions(
    world: World, rows: np.ndarray, held: dict[tuple[int, int], int]
) -> dict[tuple[int, int], int]:
    for row in rows[world.entries.kind[rows] == Kind.CONVERSION].tolist():
        family = world.events[world.markets[int(world.entries.market[row])].event].markets
        for place, number in enumerate(family):
            token, sign = (
                ((number, 1), -1) if int(world.entries.legs[row]) >> place & 1 else ((number, 0), 1)
            )
            held[token] = held.get(token, 0) + sign * int(world.entries.size_micro[row])
    return held


def test_same_seed_same_world() -> None:
    one, two, other = (
        generate(seed, traders=40, markets=40, trades=1_500, days=60, now=NOW) for seed in (5, 5, 6)
    )
    assert all((getattr(one.entries, name) == getattr(two.entries, name)).all() for name in COLUMNS)
    assert one.traders == two.traders and one.markets == two.markets and one.events == two.events
    assert (
        len(other.entries) != len(one.entries)
        or (other.entries.size_micro != one.entries.size_micro).any()
    )


def test_about_as_many_fills_as_asked() -> None:
    for asked in (4_000, 40_000):
        world = generate(3, traders=300, markets=250, trades=asked, now=NOW)
        assert 0.85 < (world.entries.kind == Kind.TRADE).sum() / asked < 1.15


def test_identical_fills_exist(world: World) -> None:
    trade = fills(world)
    keys = list(
        zip(
            *(
                trade[name].tolist()
                for name in (
                    "tx",
                    "trader",
                    "market",
                    "outcome",
                    "side",
                    "size_micro",
                    "price_pico",
                )
            ),
            strict=False,
        )
    )
    assert len(set(keys)) < len(keys)


def test_token_ids_match_the_chain(sample) -> None:
    pairs = [
        (
            market["condition_id"],
            tuple(token["token_id"] for token in market["tokens"]),
            market["neg_risk"],
        )
        for market in sample("clob-markets-1")["data"]
        if all(token["token_id"] for token in market["tokens"])
    ]
    assert len(pairs) > 90
    assert all(
        ids.token_ids(condition, neg_risk) == tokens for condition, tokens, neg_risk in pairs
    )


def test_checksum_address_matches_the_feed(sample) -> None:
    wallet = sample("rtds-activity-trades-1")["payload"]["proxyWallet"]
    assert ids.checksum_address(wallet.lower()) == wallet


@pytest.mark.parametrize("text", ["<script>", "onerror", "=HYPERLINK", "\u202e", "${7*7}"])
def test_hostile_texts_are_planted(text: str) -> None:
    world = generate(7, traders=400, markets=300, trades=2_000, now=NOW)
    assert any(text in trader.name for trader in world.traders)
    assert any(text in market.question for market in world.markets)


@pytest.mark.parametrize(
    ("traders", "markets", "trades", "days"),
    [(2, 1, 10, 10), (12, 10, 200, 3), (10, 40, 500, 400), (30, 30, 0, 30)],
)
def test_small_worlds(traders: int, markets: int, trades: int, days: int) -> None:
    world = generate(1, traders, markets, trades, days, now=NOW)
    assert len(world.traders) == traders and len(world.markets) == markets
    assert all(world.truth(number).fees >= 0 for number in range(traders))


def test_impossible_worlds() -> None:
    with pytest.raises(ParameterError, match="at least 2 traders"):
        generate(1, traders=1, now=NOW)


def test_without_hostile_texts_it_is_the_same_world_otherwise() -> None:
    plain, hostile = (
        generate(5, traders=60, markets=60, trades=2_000, days=30, now=NOW, hostile=flag)
        for flag in (False, True)
    )
    texts = [
        *(trader.name for trader in plain.traders),
        *(market.question for market in plain.markets),
    ]
    assert not set(HOSTILE) & set(texts)
    assert not any(sign in text for text in texts for sign in "<={}\u202e")
    assert {trader.name for trader in hostile.traders} & set(HOSTILE)
    assert all(
        (getattr(plain.entries, name) == getattr(hostile.entries, name)).all()
        for name in plain.entries
    )
