"""Who moved lately: what a wallet's net position in a market was, and what it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from smartmoney.market_stats.exposure import LEAST_EXPOSURE_USD, Floats
from smartmoney.net_exposure import is_flat

MOVES = ("opened", "added", "cut", "closed", "flipped")


def movers(net: pd.DataFrame, trades: pd.DataFrame, markets: pd.DataFrame) -> pd.DataFrame:
    """Net positions before and after a span, from what is held now and what was traded.

    Only trades move a net position: splits and merges change both sides alike.

    Args:
        net: what is held now; columns trader_id, market_id, net (YES less NO shares).
        trades: one row per wallet and market traded in the span: trader_id, market_id, delta (net YES shares bought in the span),
            unseen (net YES shares bought since `net` was looked at), traded_usd (paid and received), moved_at.
        markets: market_id and price of outcome 0; rows of other or unpriced markets are left out.

    Returns:
        One row per move of at least $100: market_id, trader_id, kind (see `MOVES`), before_usd, after_usd (+ is YES, at the price now),
        traded_usd, moved_at; the largest change first.
    """
    frame = trades.merge(net, on=["trader_id", "market_id"], how="left")
    frame = frame.merge(markets[["market_id", "price"]].dropna(), on="market_id")
    price = frame["price"].to_numpy(np.float64)
    after = frame["net"].fillna(0.0).to_numpy(np.float64) + frame["unseen"].to_numpy(np.float64)
    before = after - frame["delta"].to_numpy(np.float64)
    largest = np.maximum(np.abs(after), np.abs(before))
    unmoved = is_flat(np.abs(after - before), largest, share=1)
    after, before = (
        np.where(is_flat(np.abs(shares), largest, share=1), 0.0, shares)
        for shares in (after, before)
    )
    frame["before_usd"], frame["after_usd"] = worth(before, price), worth(after, price)
    frame["kind"] = np.select(
        [before == 0, after == 0, before * after < 0, np.abs(after) > np.abs(before)],
        ["opened", "closed", "flipped", "added"],
        "cut",
    )
    moved = np.abs(frame["after_usd"] - frame["before_usd"])
    kept = ~unmoved & (moved >= LEAST_EXPOSURE_USD)
    order = moved[kept].sort_values(ascending=False, kind="stable").index
    return frame.loc[order, COLUMNS].reset_index(drop=True)


COLUMNS = ["market_id", "trader_id", "kind", "before_usd", "after_usd", "traded_usd", "moved_at"]


def worth(net: Floats, price: Floats) -> Floats:
    """USD of net shares at the price of the side that is left, positive for YES."""
    return np.where(net > 0, net * price, net * (1 - price))
