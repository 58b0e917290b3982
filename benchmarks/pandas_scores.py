"""The yardstick: ledger and measures in vectorised pandas, in floating point, of trades in markets of two outcomes."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from smartmoney.ledger import CRYPTO_SHORT, Activity, Kind, Markets
from smartmoney.metrics import FLAG_THRESHOLDS, FLAGS, Measures

DAY_SECONDS = 86_400
COLUMNS = ("trader", "ts", "outcome", "kind", "size_micro", "cash_micro", "fee_micro", "maker")
BY_TRADER, BY_DAY, BY_EVENT = ["trader"], ["trader", "day"], ["trader", "event"]


def trades_frame(activity: Activity) -> pd.DataFrame:
    """What pandas is given: the columns of all trades, in time order."""
    return pd.DataFrame({name: getattr(activity, name) for name in COLUMNS}).sort_values(
        "ts", kind="stable"
    )


def pandas_measures(frame: pd.DataFrame, known: Markets, marks_micro: np.ndarray) -> Measures:
    """What `compute_partition` measures, of all traders at once.

    Args:
        frame: of `trades_frame`.
        known: markets, none of negative risk.
        marks_micro: price of an open share per outcome.
    """
    positions, events, traders, days = pandas_ledger(frame, known, marks_micro)
    bets = event_surprises(positions, known)
    found = traders.join(event_metrics(events, known)).join(
        drawdown(positions, days, traders["unrealized_micro"])
    )
    found = (
        found.join(skill(bets))
        .join(stability(bets))
        .join(binomial_tails(bets))
        .join(habits(positions, days, bets))
    )
    rest = {
        "skill_events": 0,
        "skill_hits": 0,
        "sum_surprise": 0.0,
        "sum_information": 0.0,
        "sum_weight": 0.0,
    }
    found = found.fillna(rest)
    deserved = flags(found)
    bits = sum(np.where(deserved[name], 1 << k, 0) for k, name in enumerate(FLAGS))
    roles = found["made"] + found["taken"]
    found = found.assign(
        flags=bits, income_micro=0.0, maker_share=found["made"] / roles.where(roles > 0)
    ).reset_index()
    return Measures(**{item.name: found[item.name].to_numpy() for item in fields(Measures)})


def pandas_ledger(
    frame: pd.DataFrame, known: Markets, marks_micro: np.ndarray
) -> tuple[pd.DataFrame, ...]:
    """Positions, events, traders and days of buys and sells, at average cost with settlement.

    A sale scales the cost by 1 - q / held; so cost / (product of the scales so far) only grows, by purchases.
    """
    frame = frame.sort_values(["trader", "outcome"], kind="stable", ignore_index=True)
    key = frame["trader"].to_numpy(np.int64) << 32 | frame["outcome"].to_numpy()
    buys = (frame["kind"] == Kind.BUY).to_numpy()
    size, cash = frame["size_micro"].astype(np.float64), frame["cash_micro"].astype(np.float64)
    after = size.where(buys, -size).groupby(key).cumsum()
    floored = after - after.groupby(key).cummin().clip(upper=0)
    held = floored.groupby(key).shift(fill_value=0.0) + size.where(buys, 0.0)
    sold = np.minimum(size.where(~buys, 0.0), held)
    scale = (1 - sold / held.where(held > 0, 1.0)).clip(lower=1e-12)
    product = np.exp(np.log(scale).groupby(key).cumsum())
    cost = (cash.where(buys, 0.0) / product).groupby(key).cumsum() * product
    frame["day"], frame["hour"] = frame["ts"] // DAY_SECONDS, frame["ts"] % DAY_SECONDS // 3_600
    frame["released"] = (cost / scale - cost).where(~buys, 0.0)
    frame["got"] = (cash * sold / size).where(~buys, 0.0)
    frame["realized"] = frame["got"] - frame["released"]
    frame["shares"], frame["cost"], frame["sold"] = held - sold, cost, sold
    frame["bought"], frame["paid"] = size.where(buys, 0.0), cash.where(buys, 0.0)
    frame["entry_fee"] = frame["fee_micro"].where(buys, 0)
    frame["made"], frame["taken"] = frame["maker"] == 1, frame["maker"] == 0
    frame["missing"] = (size - held).where(~buys, 0.0).clip(lower=0)
    frame["unexplained"] = cash.where(~buys, 0.0) - frame["got"]
    positions = settled(positions_of(frame), known, marks_micro)
    events = positions.groupby(BY_EVENT, as_index=False).agg(
        pnl=("total", "sum"),
        paid=("paid", "sum"),
        first=("first", "min"),
        open=("open", "any"),
        fills=("fills", "sum"),
        decided_at=("decided_at", "max"),
        market=("market", "first"),
    )
    days = frame.groupby(BY_DAY).agg(
        realized=("realized", "sum"),
        paid=("paid", "sum"),
        released=("released", "sum"),
        fills=("kind", "size"),
        hours=("hour", "nunique"),
    )
    return positions, events, traders_of(frame).join(totals_of(positions)), days


def positions_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Per trader and outcome."""
    return frame.groupby(["trader", "outcome"], as_index=False).agg(
        realized=("realized", "sum"),
        shares=("shares", "last"),
        cost=("cost", "last"),
        bought=("bought", "sum"),
        paid=("paid", "sum"),
        sold=("sold", "sum"),
        got=("got", "sum"),
        entry_fee=("entry_fee", "sum"),
        fills=("kind", "size"),
        first=("ts", "min"),
        last=("ts", "max"),
    )


def settled(positions: pd.DataFrame, known: Markets, marks_micro: np.ndarray) -> pd.DataFrame:
    """The same with what resolution paid, and what is open at its mark."""
    outcome = positions["outcome"].to_numpy()
    market = known.outcome_market[outcome]
    done = known.resolved[market]
    payout = np.maximum(known.payout_micro[outcome], 0) / 1e6
    is_open = ~done & (positions["shares"] > 0)
    late = np.where(done, positions["shares"] * payout - positions["cost"], 0.0)
    return positions.assign(
        market=market,
        event=known.event[market],
        open=is_open,
        settled=done,
        total=positions["realized"] + late,
        late=late,
        worth=np.where(
            is_open, positions["shares"] * marks_micro[outcome] / 1e6 - positions["cost"], 0.0
        ),
        decided_at=np.where(
            done, np.maximum(known.resolved_at[market], positions["last"]), positions["last"]
        ),
    )


def traders_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Per trader, from the rows."""
    return frame.groupby("trader").agg(
        trade_count=("kind", "size"),
        volume_micro=("cash_micro", "sum"),
        fee_micro=("fee_micro", "sum"),
        last_trade_ts=("ts", "max"),
        made=("made", "sum"),
        taken=("taken", "sum"),
        missing=("missing", "sum"),
        unexplained=("unexplained", "sum"),
        traded=("size_micro", "sum"),
    )


def totals_of(positions: pd.DataFrame) -> pd.DataFrame:
    """Per trader, from the positions."""
    return (
        positions.groupby("trader")
        .agg(
            realized_micro=("total", "sum"),
            unrealized_micro=("worth", "sum"),
            invested_micro=("paid", "sum"),
            n_open=("open", "sum"),
        )
        .assign(n_unmarked=0)
    )


def event_metrics(events: pd.DataFrame, known: Markets) -> pd.DataFrame:
    """Over decided events."""
    table = events[~events["open"]].assign(category=lambda t: known.category[t["market"]])
    size = table["pnl"].abs()
    gross = size.groupby(table["trader"]).transform("sum")
    short = table["category"].map(dict(enumerate(known.categories))) == CRYPTO_SHORT
    table = table.assign(
        won=table["pnl"] > 1e4,
        lost=table["pnl"] < -1e4,
        gain=table["pnl"].clip(lower=0),
        short=short,
        loss=-table["pnl"].clip(upper=0),
        size=size,
        square=(size / gross) ** 2,
        short_pnl=table["pnl"].where(short, 0.0),
    )
    sums = table.groupby("trader").agg(
        won_events=("won", "sum"),
        lost=("lost", "sum"),
        gain=("gain", "sum"),
        loss=("loss", "sum"),
        net=("pnl", "sum"),
        paid=("paid", "sum"),
        hhi=("square", "sum"),
        top=("size", "max"),
        gross=("size", "sum"),
        short_crypto_events=("short", "sum"),
        short_crypto_micro=("short_pnl", "sum"),
    )
    decided = sums["won_events"] + sums["lost"]
    per_category = table.groupby(["trader", "category"])["pnl"].sum().unstack(fill_value=0.0)
    best = per_category.idxmax(axis=1).where(per_category.max(axis=1) > 0, -1)
    return sums.assign(
        decided_events=decided,
        win_rate=sums["won_events"] / decided,
        roi=sums["net"] / sums["paid"],
        best_category=best,
        profit_factor=sums["gain"] / sums["loss"].where(sums["loss"] > 0),
        top_share=sums["top"] / sums["gross"].where(sums["gross"] > 0),
        event_count=events.groupby("trader").size(),
    ).drop(columns=["lost", "gain", "loss", "net", "paid", "top", "gross"])


def drawdown(positions: pd.DataFrame, days: pd.DataFrame, unrealized: pd.Series) -> pd.DataFrame:
    """Largest fall of the cumulative result, settlement on the day of the resolution, over the peak of capital."""
    late = positions[positions["settled"]]
    late = late.assign(
        day=late["decided_at"] // DAY_SECONDS,
        realized=late["late"],
        released=late["cost"],
        paid=0.0,
    )
    names = ["realized", "paid", "released"]
    curve = pd.concat([days[names], late.groupby(BY_DAY)[names].sum()]).groupby(level=[0, 1]).sum()
    trader = curve.index.get_level_values(0)
    total = curve["realized"].groupby(trader).cumsum()
    tied = (curve["paid"] - curve["released"]).groupby(trader).cumsum() + curve["released"]
    top = total.groupby(trader).cummax().clip(lower=0)
    last = top.groupby(trader).last() - total.groupby(trader).last() - unrealized
    found = pd.DataFrame(
        {
            "max_drawdown_micro": np.maximum((top - total).groupby(trader).max(), last),
            "capital": tied.groupby(trader).max(),
        }
    )
    return found.assign(max_drawdown=found["max_drawdown_micro"] / found["capital"]).drop(
        columns="capital"
    )


def event_surprises(positions: pd.DataFrame, known: Markets) -> pd.DataFrame:
    """Unit surprise, information, range, price and hit per trader and event, and whether it is scored or hedged."""
    side = known.outcome_position[positions["outcome"]]
    base = positions[["trader", "market", "event", "decided_at"]].assign(
        net=(positions["bought"] - positions["sold"]) / 1e6,
        price=(positions["paid"] - positions["entry_fee"]) / positions["bought"],
    )
    both = base[side == 0].merge(
        base[side == 1], on=["trader", "market", "event"], how="outer", suffixes=("", "_no")
    )
    yes, no = both["price"], both["price_no"]
    price = (yes / (yes + no)).fillna(yes).fillna(1 - no).clip(0.001, 0.999)
    first = known.first_outcome[both["market"]]
    yes_net, no_net = both["net"].fillna(0.0), both["net_no"].fillna(0.0)
    size = yes_net - no_net
    bets = both[["trader", "event", "market"]].assign(
        surprise=size * (known.payout_micro[first] / 1e6 - price),
        deviation=size.abs() * np.sqrt(price * (1 - price)),
        span=size.abs(),
        chance=price.where(size > 0, 1 - price),
        gross=yes_net + no_net,
        settled=known.resolved[both["market"]] | ((yes_net <= 0) & (no_net <= 0)),
        day=both[["decided_at", "decided_at_no"]].max(axis=1) // DAY_SECONDS,
    )
    bets = bets.sort_values("span", ascending=False, kind="stable")
    found = bets.groupby(BY_EVENT, as_index=False).agg(
        surprise=("surprise", "sum"),
        deviation=("deviation", "sum"),
        span=("span", "sum"),
        chance=("chance", "first"),
        sign=("surprise", "first"),
        settled=("settled", "all"),
        gross=("gross", "sum"),
        day=("day", "max"),
    )
    risk = found["span"] >= 1
    return found.assign(
        u=found["surprise"] / found["span"],
        v=(found["deviation"] / found["span"]) ** 2,
        hit=found["sign"] > 0,
        hedged=~risk & (found["gross"] >= 1),
        scored=risk & (found["gross"] >= 1) & found["settled"],
    )


def skill(bets: pd.DataFrame) -> pd.DataFrame:
    """Sufficient statistics."""
    found = bets[bets["scored"]]
    found = found.assign(weight=found["span"] * found["v"], excess=found["hit"] - found["chance"])
    return found.groupby("trader").agg(
        skill_events=("u", "size"),
        skill_hits=("hit", "sum"),
        sum_surprise=("u", "sum"),
        sum_information=("v", "sum"),
        sum_weight=("weight", "sum"),
        excess_hit=("excess", "mean"),
    )


def stability(bets: pd.DataFrame) -> pd.DataFrame:
    """Share of windows of 30 days, ten days apart, with a positive sum, and its Jeffreys bound."""
    found = bets[bets["scored"]]
    bucket = (found["day"] - found.groupby("trader")["day"].transform("min")) // 10
    copies = pd.concat([found[["trader", "u"]].assign(window=bucket - back) for back in range(3)])
    good = copies[copies["window"] >= 0].groupby(["trader", "window"])["u"].sum() > 0
    share, count = good.groupby(level=0).mean(), good.groupby(level=0).size() / 3
    return pd.DataFrame(
        {
            "stability": share,
            "stability_lower": betaincinv(share * count + 0.5, (1 - share) * count + 0.5, 0.05),
        }
    )


def binomial_tails(bets: pd.DataFrame) -> pd.Series:
    """Exact P(at least as many hits), all traders at once, event by event."""
    found = bets[bets["scored"]]
    prices = found.pivot_table(
        index="trader", columns=found.groupby("trader").cumcount(), values="chance"
    ).to_numpy()
    hits = found.groupby("trader")["hit"].sum()
    chance = np.zeros((len(prices), prices.shape[1] + 1))
    chance[:, 0] = 1.0
    for column in np.nan_to_num(prices).T[:, :, None]:
        chance[:, 1:] = chance[:, 1:] * (1 - column) + chance[:, :-1] * column
        chance[:, :1] *= 1 - column
    tail = chance[:, ::-1].cumsum(axis=1)[:, ::-1][np.arange(len(hits)), hits.to_numpy(int)]
    return pd.Series(tail, hits.index, name="p_exact")


def habits(positions: pd.DataFrame, days: pd.DataFrame, bets: pd.DataFrame) -> pd.DataFrame:
    """What flags look at, per trader."""
    t, trader = FLAG_THRESHOLDS, positions["trader"]
    bought, sold = positions["bought"], positions["sold"]
    paid, got = positions["paid"] / bought, positions["got"] / sold
    sides = positions.assign(bought_it=bought > 0).groupby(["trader", "market"])["bought_it"].sum()
    turned = (np.minimum(bought, sold) * (paid + got)).where(
        (paid - got).abs() <= t.wash_price_gap, 0.0
    )
    swept = positions["paid"].where(positions["paid"] >= t.farm_price * bought, 0.0)
    return pd.DataFrame(
        {
            "two_sided": (sides == 2).groupby(level=0).mean(),
            "active_days": (days["fills"] > 0).groupby(level=0).sum(),
            "sleepless": (days["hours"] >= t.bot_hours).groupby(level=0).sum(),
            "frantic": (days["fills"] >= t.bot_fills_per_day).groupby(level=0).sum(),
            "turned": turned.groupby(trader).sum(),
            "swept": swept.groupby(trader).sum(),
            "n_bought": (bought > 0).groupby(trader).sum(),
            "hedged": bets.groupby("trader")["hedged"].sum(),
            "scored": bets.groupby("trader")["scored"].sum(),
        }
    )


def flags(found: pd.DataFrame) -> dict[str, pd.Series]:
    """Which traders deserve which flag; without income nobody farms rewards."""
    t, fills, roles = FLAG_THRESHOLDS, found["trade_count"], found["made"] + found["taken"]
    bets = found["hedged"] + found["scored"]
    return {
        "MM": ((roles >= t.mm_known_fills) & (found["made"] >= t.mm_maker_share * roles))
        | ((fills >= t.mm_fills) & (found["two_sided"] >= t.mm_two_sided_share)),
        "BOT": (
            (found["active_days"] >= t.bot_days)
            & (found["sleepless"] >= t.bot_share * found["active_days"])
        )
        | ((found["frantic"] > 0) & (found["frantic"] >= t.bot_share * found["active_days"])),
        "WASH": (found["volume_micro"] >= t.wash_volume * 1e6)
        & (found["turned"] >= t.wash_share * found["volume_micro"]),
        "FARM": (found["n_bought"] >= t.farm_positions)
        & (found["swept"] >= t.farm_share * found["invested_micro"]),
        "ONE_EVENT": (found["decided_events"] >= t.one_event_events)
        & (found["top_share"] >= t.one_event_share),
        "HEDGER": (bets >= t.hedger_events) & (found["hedged"] >= t.hedger_share * bets),
        "PARTIAL": doubtful(found),
    }


def doubtful(found: pd.DataFrame) -> pd.Series:
    """More than dust is missing, and it could change the sign of what was made."""
    pnl = found["realized_micro"] + found["unrealized_micro"]
    lacks = found["missing"] > np.maximum(1e6, found["traded"] // 100)
    low = np.minimum(found["unexplained"] - found["missing"], 0.0)
    high = np.maximum(found["unexplained"], 0.0)
    loses, gains = (pnl > 0) & (pnl + low <= 0), (pnl < 0) & (pnl + high >= 0)
    return lacks & (loses | gains | ((pnl == 0) & (low < high)))
