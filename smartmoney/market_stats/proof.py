"""Was the lean right? What smart money leaned to a day before each market resolved, against what it paid; pure, no IO.

The unit is the event: markets of one event are one bet, so every interval is over events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from smartmoney.market_stats.exposure import Floats, floats, members
from smartmoney.market_stats.lean import LEAST_RESOLVED, LEAST_WALLETS, fit_lean_slope
from smartmoney.units import DAY_SECONDS as DAY_S

DRAWS = 2_000
INTERVAL = (0.05, 0.95)
REACH = 1.645  # half-width of a 90 % interval in deviations
LEAST_EVENTS = 30
FOLDS = 10
EDGES = (-1.0, -0.6, -0.2, 0.2, 0.6, 1.0)


@dataclass(frozen=True)
class Between:
    """A mean with its 90 % interval over events; None where it cannot be computed."""

    mean: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class LeanProof:
    """What the lean was worth.

    Attributes:
        verdict: in one sentence.
        markets, events: how many had a lean a day before they resolved.
        fitted: of those, markets priced with a slope fitted on earlier ones.
        slope: b of logit P(YES) = logit price + b·lean over all of them, with the interval over events.
        brier_price: mean squared error of the price a day before.
        brier_smart: the same of the price moved by the lean, the slope fitted on markets resolved before.
        gain: brier_price less brier_smart: above 0 the lean helps.
        brier_cross: of the price moved by the lean, the slope fitted on the other events, earlier and later ones: what can be
            said before enough markets have resolved to price with.
        cross_gain: brier_price less brier_cross.
        calibration: per part of the lean: low, high, markets, events, lean, price, paid, and how much more than the price it
            paid (over, over_low, over_high).
    """

    verdict: str
    markets: int
    events: int
    fitted: int
    slope: Between
    brier_price: float | None
    brier_smart: float | None
    gain: Between
    brier_cross: float | None = None
    cross_gain: Between = Between()
    calibration: list[dict[str, Any]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """JSON-native."""
        return asdict(self)


def leans_then(
    exposure: pd.DataFrame, history: pd.DataFrame, smart_tiers: Sequence[str]
) -> pd.DataFrame:
    """Smart lean per market from exposures at some time and the tiers known by then.

    Args:
        exposure: market_id, trader_id, x (USD, + is YES) and `at`, Unix seconds: when it stood so.
        history: the score history: trader_id, as_of (Unix seconds), tier, skill_prob, flagged; rows after `at` are not looked at.
        smart_tiers: tiers that count as smart.

    Returns:
        market_id, smart_count, smart_lean (NaN under 3 wallets).
    """
    known = pd.merge_asof(
        exposure.astype({"at": np.int64}).sort_values("at", kind="stable"),
        history.astype({"as_of": np.int64}).sort_values("as_of", kind="stable"),
        left_on="at",
        right_on="as_of",
        by="trader_id",
    )
    smart = members(known.dropna(subset=["tier"]), smart_tiers)
    signed = (smart["pull"] * np.sign(smart["x"])).groupby(smart["market_id"]).sum()
    grouped = smart.groupby("market_id")
    found = pd.DataFrame(
        {"smart_count": grouped.size(), "smart_lean": signed / grouped["pull"].sum()}
    )
    found["smart_lean"] = found["smart_lean"].where(found["smart_count"] >= LEAST_WALLETS)
    return found.reset_index()


def prove(looks: pd.DataFrame, least: int = LEAST_RESOLVED, seed: int = 0) -> LeanProof:
    """Calibration of the lean and its Brier score against the price, clustered by event.

    Args:
        looks: one row per resolved market: event_id, at and resolved_at (Unix seconds), price of outcome 0 at `at`, smart_lean
            then, won (what outcome 0 paid, 0 to 1). Rows without a lean or with a price of 0 or 1 are left out.
        least: markets that must have resolved before a lean may move a price.
        seed: of the bootstrap.
    """
    price = floats(looks["price"])
    rows = looks[
        np.isfinite(floats(looks["smart_lean"]))
        & np.isfinite(floats(looks["won"]))
        & (price > 0)
        & (price < 1)
    ]
    rows = rows.sort_values(["at", "event_id"], kind="stable").reset_index(drop=True)
    price, lean, won = (floats(rows[name]) for name in ("price", "smart_lean", "won"))
    event = np.unique(rows["event_id"].to_numpy(), return_inverse=True)[1]
    if not len(rows):
        return LeanProof(
            "No market had a lean a day before it resolved: no verdict.",
            0,
            0,
            0,
            Between(),
            None,
            None,
            Between(),
        )
    slopes = walk_forward(rows, least)
    others = cross_fitted(price, lean, won, event)
    errors = [
        (chance - won) ** 2
        for chance in (price, _moved(price, lean, slopes), _moved(price, lean, others))
    ]
    draws = _draws(int(event.max()) + 1, seed)
    found: dict[str, Any] = {
        "markets": len(rows),
        "events": int(event.max()) + 1,
        "fitted": int((slopes != 0).sum()),
        "slope": slope(price, lean, won, event),
        "brier_price": float(errors[0].mean()),
        "brier_smart": float(errors[1].mean()),
        "gain": mean_of(errors[0] - errors[1], event, draws),
        "brier_cross": float(errors[2].mean()),
        "cross_gain": mean_of(errors[0] - errors[2], event, draws),
        "calibration": calibration(price, lean, won, event, draws),
    }
    gain = found["gain" if 2 * found["fitted"] >= len(rows) else "cross_gain"]
    return LeanProof(verdict(found["events"], found["markets"], found["slope"], gain), **found)


def walk_forward(rows: pd.DataFrame, least: int) -> Floats:
    """The slope each row may use: fitted on markets that had resolved by the day of its `at`; 0 while they are too few."""
    day = rows["at"].to_numpy(np.int64) // DAY_S * DAY_S
    resolved = rows["resolved_at"].to_numpy(np.int64)
    price, lean, won = (floats(rows[name]) for name in ("price", "smart_lean", "won"))
    slopes = np.zeros(len(rows))
    for start in np.unique(day):
        known = resolved <= start
        if known.sum() >= least:
            slopes[day == start] = fit_lean_slope(price[known], lean[known], won[known], least)
    return slopes


def cross_fitted(price: Floats, lean: Floats, won: Floats, event: np.ndarray) -> Floats:
    """The slope of each row, fitted on the rows of other events: a tenth of the events at a time."""
    slopes, fold = np.zeros(len(price)), event % FOLDS
    for number in range(FOLDS):
        rest = fold != number
        slopes[~rest] = fit_lean_slope(price[rest], lean[rest], won[rest], LEAST_EVENTS)
    return slopes


def _moved(price: Floats, lean: Floats, slopes: Floats) -> Floats:
    """The price moved by the lean, each by its own slope."""
    return 1 / (1 + np.exp(-(np.log(price / (1 - price)) + slopes * lean)))


def slope(price: Floats, lean: Floats, won: Floats, event: np.ndarray) -> Between:
    """b over all rows with the interval of its sandwich variance, clustered by event."""
    b = fit_lean_slope(price, lean, won, least=1)
    p = 1 / (1 + np.exp(-(np.log(price / (1 - price)) + b * lean)))
    curvature = float((lean * lean * p * (1 - p)).sum())
    scores = np.bincount(event, lean * (won - p))
    if curvature <= 1e-12 or len(scores) < LEAST_EVENTS:
        return Between()
    reach = REACH * float(np.sqrt((scores**2).sum())) / curvature
    return Between(b, b - reach, b + reach)


def _draws(events: int, seed: int) -> Floats:
    """How often each event is drawn, in each of the resamples; shape (DRAWS, events)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(events, np.full(events, 1 / events), DRAWS).astype(np.float64)


def mean_of(values: Floats, event: np.ndarray, draws: Floats) -> Between:
    """Mean of the values with its interval over events; without an interval below 3 of them."""
    if not len(values):
        return Between()
    events = draws.shape[1]
    sums, counts = (
        np.bincount(event, values, events),
        np.bincount(event, minlength=events).astype(np.float64),
    )
    if (counts > 0).sum() < 3:
        return Between(float(values.mean()))
    drawn = draws @ counts
    means = (draws @ sums)[drawn > 0] / drawn[drawn > 0]
    low, high = np.quantile(means, INTERVAL)
    return Between(float(values.mean()), float(low), float(high))


def calibration(
    price: Floats, lean: Floats, won: Floats, event: np.ndarray, draws: Floats
) -> list[dict[str, Any]]:
    """What markets paid beyond their price, by how far smart money leaned."""
    place = np.clip(np.searchsorted(EDGES, lean, "right") - 1, 0, len(EDGES) - 2)
    rows = []
    for number in range(len(EDGES) - 1):
        here = place == number
        if not here.any():
            continue
        over = mean_of((won - price)[here], event[here], draws)
        rows.append(
            {
                "low": EDGES[number],
                "high": EDGES[number + 1],
                "markets": int(here.sum()),
                "events": len(np.unique(event[here])),
                "lean": float(lean[here].mean()),
                "price": float(price[here].mean()),
                "paid": float(won[here].mean()),
                "over": over.mean,
                "over_low": over.low,
                "over_high": over.high,
            }
        )
    return rows


def verdict(events: int, markets: int, slope: Between, gain: Between) -> str:
    """In one sentence, with n."""
    of = f"over {markets:,} markets of {events:,} events"
    if events < LEAST_EVENTS or slope.low is None or slope.high is None:
        return f"Too few markets had a lean a day before they resolved ({of}; {LEAST_EVENTS} events are needed): no verdict."
    slope_text = f"b = {slope.mean:+.2f} (90 %: {slope.low:+.2f} to {slope.high:+.2f}) {of}"
    if slope.high < 0:
        return f"The lean pointed the wrong way: {slope_text}."
    if slope.low <= 0:
        return f"Not shown that the lean says more than the price: {slope_text}."
    better = (
        f"Brier gain {gain.mean:+.4f} (90 %: {gain.low:+.4f} to {gain.high:+.4f})"
        if gain.low is not None
        else "no gain known"
    )
    if gain.low is not None and gain.low > 0:
        return f"The lean says more than the price, and prices moved by it were better: {slope_text}; {better}."
    return f"The lean says more than the price: {slope_text}; that prices moved by it are better is not shown: {better}."
