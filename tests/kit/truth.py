"""The world's own account of what the store should hold, and the store's, both as sorted plain rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from polymarket_sim.accounts.feeds import FILLS, ActivityFilter, activity
from polymarket_sim.accounts.served import Served
from polymarket_sim.model import Kind, Side
from polymarket_sim.world import World
from smartmoney.store.db import Store

Rows = Counter[tuple[Any, ...]]


def fills_of(world: World, address: str) -> Rows:
    """Every fill of a wallet as (second, token, side, size, price, cash, hash), equal ones counted."""
    e, rows = world.entries, world.by_trader.rows(world.trader_index[address])
    return Counter(
        (
            int(e.ts[r]),
            _token(world, r),
            1 if e.side[r] == Side.BUY else -1,
            int(e.size_micro[r]),
            int(e.price_pico[r]),
            int(e.cash_micro[r]),
            world.tx_hash(int(e.tx[r])),
        )
        for r in rows.tolist()
        if e.kind[r] in FILLS
    )


def _token(world: World, row: int) -> str:
    e = world.entries
    if e.kind[row] == Kind.COMBO_TRADE:
        return world.combos[int(e.legs[row])].position_id
    return world.markets[int(e.market[row])].token_ids[int(e.outcome[row])]


def activities_of(world: World, address: str) -> Counter[str]:
    """How many activity rows of each kind the API has of a wallet, trades apart."""
    served = Served(world, None)
    wanted = ActivityFilter(world.trader_index[address], start=1, transfers=True, ascending=True)
    rows = activity(served, wanted)
    kinds = Counter(Kind(int(kind)).name for kind in np.asarray(world.entries.kind[rows]))
    del kinds["TRADE"]
    return kinds


def cash_of(world: World, address: str, kind: Kind) -> int:
    """Money of all rows of one kind of a wallet, micro-dollars."""
    rows = world.by_trader.rows(world.trader_index[address])
    return int(world.entries.cash_micro[rows[world.entries.kind[rows] == kind]].sum())


def stored_fills(store: Store, address: str) -> Rows:
    """The same of the store."""
    with store.raw() as connection:
        rows = connection.execute(
            "select extract(epoch from t.ts)::bigint, o.token_id, t.side, t.size_micro, t.price_pico, t.cash_micro, "
            "'0x' || encode(t.tx_hash, 'hex') from trade t join trader w on w.id = t.trader_id "
            "join outcome o on o.id = t.outcome_id where w.address = %s",
            [address],
        ).fetchall()
    return Counter(rows)


def stored_activities(store: Store, address: str) -> Counter[str]:
    """How many activity rows of each kind are stored."""
    with store.raw() as connection:
        rows = connection.execute(
            "select kind, count(*) from activity a join trader w on w.id = a.trader_id "
            "where w.address = %s group by kind",
            [address],
        ).fetchall()
    return Counter(dict(rows))


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """What must be equal after an undisturbed and a disturbed run; times of looking left out."""
    queries = {
        "trade": "select t.ts, t.key, size_micro, price_pico, cash_micro, w.address, token_id, side, occurrence, "
        "t.flags from trade t join trader w on w.id = t.trader_id join outcome o on o.id = t.outcome_id",
        "activity": "select ts, key, kind, size_micro, cash_micro, w.address, occurrence, raw_kind "
        "from activity a join trader w on w.id = a.trader_id",
        "state": "select source, key, cursor, last_timestamp from ingestion_state",
        "position": "select w.address, token_id, p.status, shares_micro, p.avg_price, realized_micro "
        "from position p join trader w on w.id = p.trader_id join outcome o on o.id = p.outcome_id",
        "quarantine": "select source, key, reason, raw from quarantine",
    }
    with store.raw() as connection:
        return {
            name: sorted(connection.execute(query).fetchall(), key=repr)
            for name, query in queries.items()
        }


Shorter = Callable[[int], Any]


def busiest(world: World, count: int = 5) -> list[str]:
    """The wallets with most rows."""
    order = sorted(range(len(world.traders)), key=lambda n: -len(world.by_trader.rows(n)))
    return [world.traders[number].address for number in order[:count]]


def assert_complete(store: Store, world: World, addresses: list[str]) -> None:
    for address in addresses:
        assert stored_fills(store, address) == fills_of(world, address)
        assert stored_activities(store, address) == activities_of(world, address)
