"""What follows trading: redemptions after a resolution, and cash that no position caused."""

from __future__ import annotations

import numpy as np

from polymarket_sim.generation import population as groups
from polymarket_sim.generation.population import Population
from polymarket_sim.generation.resolution import ResolutionProcess
from polymarket_sim.model import COLUMNS, Entries, Kind, Side
from smartmoney.units import DAY_SECONDS, MICRO, PICO


def ledger_rows(
    kind: Kind | np.ndarray,
    ts: np.ndarray,
    trader: np.ndarray,
    cash: np.ndarray,
    **more: np.ndarray,
) -> Entries:
    """Entries of one kind whose size is their cash unless given; not yet numbered (`tx` 0)."""
    blank = {
        "kind": np.broadcast_to(np.asarray(kind), ts.shape),
        "ts": ts,
        "trader": trader,
        "cash_micro": cash,
    }
    return Entries({"size_micro": cash} | blank | more)


def joined(parts: list[Entries]) -> Entries:
    """All rows of the parts in time order (stable, so that the rows of one transaction stay adjacent)."""
    order = np.argsort(np.concatenate([part.ts for part in parts]), kind="stable")
    return Entries(
        {name: np.concatenate([getattr(part, name) for part in parts])[order] for name in COLUMNS}
    )


def numbered(rows: Entries, tx: int) -> tuple[Entries, int]:
    """Give each (second, wallet) of these rows its own transaction; returns the next free number."""
    _, inverse = np.unique(rows.ts.astype(np.int64) * (1 << 24) + rows.trader, return_inverse=True)
    rows.tx[:] = tx + inverse
    return rows, tx + (int(inverse.max()) + 1 if len(inverse) else 0)


def redemptions(
    rng: np.random.Generator,
    process: ResolutionProcess,
    held: tuple[np.ndarray, ...],
    shares: np.ndarray,
    in_parts: float = 0.0,
) -> tuple[Entries, np.ndarray]:
    """When the holders of resolved markets redeem: rows in no order, without shares yet, and their places.

    Winners mostly redeem within days, losers mostly never; a wallet burns both outcomes of a market at
    once, and some wallets redeem several markets in one transaction. `held` is what `Holdings.held` returns.
    """
    trader, market, outcome, place = held
    wins = process.wins()[market]
    payout = np.where(outcome == 0, wins, 1 - wins)
    _, first, pair = np.unique(
        trader * len(process.close_at) + market, return_index=True, return_inverse=True
    )
    paid = np.bincount(pair, payout * shares[place], len(first)) > 0
    willing = rng.random(len(first)) < np.where(paid, 0.92, 0.30)
    delay = 300 + rng.exponential(np.where(paid, 1.0, 5.0) * DAY_SECONDS, len(first)).astype(
        np.int64
    )
    delay = np.where(process.quick[market[first]], delay // 10, delay)
    when = process.resolve_at[market[first]] + delay
    when = np.where(rng.random(len(first)) < 0.2, when // 43_200 * 43_200 + 43_200, when)
    rows = np.flatnonzero(willing[pair])
    ts, zero = when[pair][rows], np.zeros(len(rows), np.int64)
    plan = ledger_rows(
        Kind.REDEEM, ts, trader[rows], zero, market=market[rows], outcome=outcome[rows]
    )
    return _in_parts(rng, in_parts, plan, place[rows]) if in_parts else (plan, place[rows])


def _in_parts(
    rng: np.random.Generator, share: float, plan: Entries, place: np.ndarray
) -> tuple[Entries, np.ndarray]:
    """Some redemptions come in two: a first one burns a part (its size says how many millionths)."""
    first = np.flatnonzero(rng.random(len(plan)) < share)
    columns = {name: getattr(plan, name)[first] for name in COLUMNS}
    columns["size_micro"] = rng.integers(300_000, 700_000, len(first))
    parts = Entries(columns)
    plan.ts[first] += rng.integers(3_600, 2 * DAY_SECONDS, len(first))
    return joined_plans(plan, parts), np.concatenate([place, place[first]])


def joined_plans(*plans: Entries) -> Entries:
    """Plans one after the other, in no order."""
    return Entries(
        {name: np.concatenate([getattr(plan, name) for plan in plans]) for name in COLUMNS}
    )


def _burn(part: np.ndarray, place: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Take what is redeemed out of `shares`, parts before the whole rest; returns how much by row."""
    burned = np.zeros(len(place), np.int64)
    some = part > 0
    burned[some] = shares[place[some]] * part[some] // MICRO
    shares[place[some]] -= burned[some]
    burned[~some] = shares[place[~some]]
    shares[place[~some]] = 0
    return burned


def carry_out(
    plan: Entries,
    place: np.ndarray,
    shares: np.ndarray,
    process: ResolutionProcess,
    now: int,
    tx: int,
) -> tuple[Entries, Entries, np.ndarray, int]:
    """Burn what is due by `now`. Returns the ledger rows, the plan and places still to come, and the next
    tx."""
    due = plan.ts <= now
    order = np.flatnonzero(due)[
        np.lexsort((plan.outcome[due], plan.market[due], plan.trader[due], plan.ts[due]))
    ]
    burned = _burn(plan.size_micro[order], place[order], shares)
    wins = (process.wins()[plan.market[order]] * MICRO).astype(np.int64)
    payout = np.where(plan.outcome[order] == 0, wins, MICRO - wins)
    done = Entries({name: getattr(plan, name)[order] for name in COLUMNS})
    done.size_micro[:] = burned
    done.cash_micro[:] = burned // MICRO * payout + burned % MICRO * payout // MICRO
    rest = Entries({name: getattr(plan, name)[~due] for name in COLUMNS})
    done, tx = numbered(done, tx)
    return done, rest, place[~due], tx


def income(
    rng: np.random.Generator,
    population: Population,
    fills: Entries,
    fee: np.ndarray,
    start: int,
    now: int,
) -> list[Entries]:
    """Liquidity rewards, maker and taker rebates, yield, referrals: paid once a day at most, to some
    wallets."""
    days = np.arange(start // DAY_SECONDS + 1, now // DAY_SECONDS + 1) * DAY_SECONDS
    rewarded = np.flatnonzero(np.isin(population.kind, (groups.MAKER, groups.FARMER)))
    thrifty = np.flatnonzero(rng.random(len(population.kind)) < 0.05)
    rare = np.flatnonzero(rng.random(len(population.kind)) < 0.02)
    return [
        _rebates(fills, population, fee, now),
        _paid(rng, Kind.REWARD, rewarded, days, 0.35, 1.5, now),
        _paid(rng, Kind.YIELD, thrifty, days[::7], 0.8, -0.5, now),
        _paid(rng, Kind.TAKER_REBATE, rare, days[::3], 0.3, 0.5, now),
        _paid(rng, Kind.REFERRAL_REWARD, rare[::3], days[::5], 0.2, 1.0, now),
    ]


def _paid(
    rng: np.random.Generator,
    kind: Kind,
    who: np.ndarray,
    days: np.ndarray,
    chance: float,
    size: float,
    now: int,
) -> Entries:
    day, trader = (grid.ravel() for grid in np.meshgrid(days, who, indexing="ij"))
    some = rng.random(len(day)) < chance
    cash = np.maximum(rng.lognormal(size, 1.0, int(some.sum())) * 1e4, 100).astype(np.int64) * 100
    ts = day[some] + rng.integers(60, 7_200, int(some.sum()))
    past = ts <= now
    return ledger_rows(kind, ts[past], trader[some][past], cash[past])


def _rebates(fills: Entries, population: Population, fee: np.ndarray, now: int) -> Entries:
    """A fifth of what the taker of a market maker's fill paid in fees, summed by day, five minutes after
    midnight."""
    mine = (
        (fills.kind == Kind.TRADE)
        & ~fills.is_taker
        & (population.kind == groups.MAKER)[fills.trader]
    )
    price = fills.price_pico[mine] / PICO
    share = 0.2 * fee[fills.market[mine]] * fills.size_micro[mine] * price * (1 - price)
    key, inverse = np.unique(
        fills.trader[mine].astype(np.int64) * 100_000 + fills.ts[mine] // DAY_SECONDS,
        return_inverse=True,
    )
    cash = np.bincount(inverse, share, len(key)).astype(np.int64) // 100 * 100
    ts = (key % 100_000 + 1) * DAY_SECONDS + 300
    due = (cash >= 10_000) & (ts <= now)
    return ledger_rows(Kind.MAKER_REBATE, ts[due], (key // 100_000)[due], cash[due])


def transfers(
    rng: np.random.Generator, fills: Entries, size: int, now: int
) -> tuple[list[Entries], np.ndarray]:
    """Deposits before the first fill and some withdrawals; also each wallet's first second (0: it never
    traded)."""
    first = np.zeros(size, np.int64)
    first[fills.trader[::-1]] = fills.ts[::-1]
    spent = np.bincount(fills.trader, fills.cash_micro * (fills.side == Side.BUY), size).astype(
        np.int64
    )
    active = np.flatnonzero(first)
    amount = np.maximum(spent[active] // 1_000_000 * 1_000_000, 50 * MICRO)
    deposits = ledger_rows(
        Kind.DEPOSIT, first[active] - rng.integers(600, DAY_SECONDS, len(active)), active, amount
    )
    leaving = active[rng.random(len(active)) < 0.2]
    ts = first[leaving] + (rng.random(len(leaving)) * (now - first[leaving])).astype(np.int64)
    taken = np.maximum(spent[leaving] // 4_000_000 * 1_000_000, 10 * MICRO)
    return [deposits, ledger_rows(Kind.WITHDRAWAL, ts, leaving, taken)], first
