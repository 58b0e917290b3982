"""A world of the simulator as the ledger's events and markets, and what each wallet really is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from polymarket_sim.model import Kind as Entry
from polymarket_sim.model import Side
from polymarket_sim.world import World
from smartmoney.ledger import Activity, Kind, Markets

KINDS = {
    Entry.SPLIT: Kind.SPLIT,
    Entry.MERGE: Kind.MERGE,
    Entry.REDEEM: Kind.REDEEM,
    Entry.CONVERSION: Kind.CONVERSION_LEG,
    Entry.REWARD: Kind.REWARD,
    Entry.MAKER_REBATE: Kind.REBATE,
    Entry.TAKER_REBATE: Kind.REBATE,
    Entry.YIELD: Kind.YIELD,
    Entry.REFERRAL_REWARD: Kind.REWARD,
}


def markets_of(world: World) -> Markets:
    """Activity of the simulator keep their numbers; outcome k of market m is row 2 m + k."""
    payouts = [pay for market in world.markets for pay in (market.payouts or (-1, -1))]
    names = [
        "crypto-short" if "-updown-5m-" in event.slug else event.category for event in world.events
    ]
    categories = sorted(set(names))
    return Markets.of(
        event=[market.event for market in world.markets],
        payout_micro=payouts,
        resolved_at=[
            -1 if market.payouts is None else market.resolved_at for market in world.markets
        ],
        category=[categories.index(names[market.event]) for market in world.markets],
        neg_risk=[world.events[market.event].neg_risk for market in world.markets],
        categories=tuple(categories),
        place=np.argsort(np.argsort([market.condition_id for market in world.markets])),
    )


def events_of(world: World) -> Activity:
    """Every entry but those of combos, deposits and withdrawals; a conversion becomes one row per leg."""
    columns = (
        "trader",
        "ts",
        "kind",
        "market",
        "outcome",
        "side",
        "size_micro",
        "cash_micro",
        "fee_micro",
        "tx",
        "legs",
        "is_taker",
    )
    frame = pd.DataFrame({name: np.array(getattr(world.entries, name)) for name in columns})
    frame["seq"] = np.arange(len(frame))
    apart = [Entry.DEPOSIT, Entry.WITHDRAWAL, Entry.COMBO_TRADE, Entry.COMBO_REDEEM]
    frame = frame[~frame.kind.isin(apart)]
    plain, converted = frame[frame.kind != Entry.CONVERSION], frame[frame.kind == Entry.CONVERSION]
    rows = []
    for row in converted.to_dict("records"):
        family = world.events[world.markets[row["market"]].event].markets
        rows += [
            row | {"market": market, "outcome": -1, "cash_micro": 0}
            for place, market in enumerate(family)
            if row["legs"] >> place & 1
        ]
    frame = pd.concat([plain, pd.DataFrame(rows, columns=frame.columns)], ignore_index=True)
    trade = (frame.kind == Entry.TRADE).to_numpy()
    other = frame.kind.map({int(entry): int(kind) for entry, kind in KINDS.items()}).fillna(-1)
    kind = np.where(trade, np.where(frame.side == Side.BUY, Kind.BUY, Kind.SELL), other)
    outcome = np.where(frame.outcome >= 0, 2 * frame.market + frame.outcome, -1)
    return Activity.of(
        trader=frame.trader,
        ts=frame.ts,
        kind=kind,
        market=frame.market,
        outcome=outcome,
        size_micro=frame.size_micro,
        cash_micro=frame.cash_micro,
        fee_micro=frame.fee_micro,
        seq=frame.seq,
        tx=frame.tx,
        maker=np.where(trade, ~frame.is_taker.to_numpy(bool), -1),
    )


def wallets_of(world: World) -> pd.DataFrame:
    """trader, address, kind and true skill of every wallet."""
    return pd.DataFrame(
        [(n, t.address, t.kind, t.skill) for n, t in enumerate(world.traders)],
        columns=["trader", "address", "kind", "skill"],
    )
