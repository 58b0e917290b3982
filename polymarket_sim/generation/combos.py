"""Combos: bets that several legs all win, bought at about the product of their prices."""

from __future__ import annotations

import numpy as np

from polymarket_sim import ids
from polymarket_sim.model import NO_INDEX, Combo, Entries, Kind, Side
from polymarket_sim.world import World
from smartmoney.units import DAY_SECONDS, MICRO

SINCE = 1_780_012_800
"""2026-05-29: the day combos began."""
FEE_RATE = 0.05
MARGIN = 1.04
LEGS = (2, 2, 2, 3, 3, 4)
LEAST, MOST = 0.02, 0.9


def add_combos(world: World, rng: np.random.Generator, share: float) -> None:
    """Let a share of the wallets buy combos, sell a few, and redeem most that won; rows join the ledger.

    Raises:
        ValueError: the world has combos already.
    """
    if world.combos:
        raise ValueError("this world has its combos")
    wallets = np.flatnonzero(rng.random(len(world.traders)) < share)
    tx, rows = int(world.entries.tx.max()) + 1 if len(world.entries) else 1, list[dict[str, int]]()
    for trader in wallets.tolist():
        for _ in range(int(rng.integers(1, 7))):
            rows += _one(world, rng, trader, tx + len(rows))
    if rows:
        world.replace_entries(_merged(world.entries, sorted(rows, key=lambda row: row["ts"])))


def _one(world: World, rng: np.random.Generator, trader: int, tx: int) -> list[dict[str, int]]:
    at = int(rng.integers(max(SINCE, world.start_at + DAY_SECONDS), world.now))
    legs = _legs(world, rng, at)
    price = MARGIN * np.prod([world.price_micro(*leg, at) / MICRO for leg in legs])
    if not legs or not LEAST <= price <= MOST:
        return []
    number, body = len(world.combos), ids.digest("combo", world.seed, len(world.combos), size=16)
    condition = "0x03" + body[2:] + "0" * 28
    position = str(int.from_bytes(bytes.fromhex(condition[2:] + "00")))
    world.combos.append(Combo(condition, position, legs, at))
    size = int(rng.lognormal(3.5, 1.0) * 100) * 10_000 + 10_000
    bought = _row(Kind.COMBO_TRADE, Side.BUY, at, trader, number, size, float(price), tx)
    return [bought, *_exit(world, rng, bought, float(price), tx + 1)]


def _legs(world: World, rng: np.random.Generator, at: int) -> tuple[tuple[int, int], ...]:
    """Sides of questions of different events that are open at that moment and close within three weeks."""
    process = world.hidden.process
    soon = (process.open_at <= at) & (process.close_at > at + 60)
    soon &= (process.close_at < at + 21 * DAY_SECONDS) & ~process.quick
    chosen: dict[int, tuple[int, int]] = {}
    for market in rng.permutation(np.flatnonzero(soon)).tolist():
        side = 0 if world.price_micro(market, 0, at) >= MICRO // 2 else 1
        chosen.setdefault(world.markets[market].event, (market, side))
    count = int(rng.choice(LEGS))
    return tuple(list(chosen.values())[:count]) if len(chosen) >= count else ()


def _exit(
    world: World, rng: np.random.Generator, bought: dict[str, int], price: float, tx: int
) -> list[dict[str, int]]:
    """A sale soon after for a tenth of them; else a redemption of nine in ten that won."""
    size, trader, number = bought["size_micro"], bought["trader"], bought["legs"]
    paid = [world.markets[market].payouts for market, _ in world.combos[number].legs]
    known = [world.markets[market].resolved_at or 0 for market, _ in world.combos[number].legs]
    decided = [
        pays[side] for pays, (_, side) in zip(paid, world.combos[number].legs, strict=True) if pays
    ]
    early = bought["ts"] + int(rng.integers(60, 1_800))
    closes = min(
        int(world.hidden.process.close_at[market]) for market, _ in world.combos[number].legs
    )
    if rng.random() < 0.1 and early < min(closes, world.now):
        sale = _row(Kind.COMBO_TRADE, Side.SELL, early, trader, number, size, price / MARGIN**2, tx)
        return [sale]
    when = max(known) + int(rng.integers(30, 7_200))
    if len(decided) < len(paid) or 0 in decided or when > world.now or rng.random() > 0.9:
        return []
    payout = MICRO
    for each in decided:
        payout = payout * each // MICRO
    row = _row(Kind.COMBO_REDEEM, Side.NONE, when, trader, number, size, 0.0, tx)
    return [row | {"cash_micro": size * payout // MICRO}]


def _row(
    kind: Kind, side: Side, ts: int, trader: int, combo: int, size: int, price: float, tx: int
) -> dict[str, int]:
    notional = int(size * price)
    fee = int(FEE_RATE * size * price * (1 - price)) // 10 * 10 if side else 0
    return {
        "ts": ts,
        "trader": trader,
        "kind": int(kind),
        "market": NO_INDEX,
        "outcome": NO_INDEX,
        "side": int(side),
        "is_taker": True,
        "size_micro": size,
        "price_pico": int(round(notional / size * 1e12)) if side else 0,
        "fee_micro": fee,
        "cash_micro": notional + fee if side == Side.BUY else max(notional - fee, 0),
        "tx": tx,
        "legs": combo,
    }


def _merged(entries: Entries, rows: list[dict[str, int]]) -> Entries:
    """The ledger with more rows in it, each behind the last of its second."""
    ts = np.array([row["ts"] for row in rows], np.int64)
    place = np.searchsorted(entries.ts, ts, "right")
    columns = {
        name: np.insert(getattr(entries, name), place, [row[name] for row in rows])
        for name in entries
    }
    return Entries(columns)
