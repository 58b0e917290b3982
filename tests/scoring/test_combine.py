"""The frame of scores: complete, typed, without nan, the same on every engine and for every past date."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd
import pytest

from smartmoney.errors import ParameterError
from smartmoney.ledger import Activity, Kind, Markets
from smartmoney.scoring.constants import TIER_THRESHOLDS
from smartmoney.scoring.partitions import compute_partition, event_results, split_activity
from smartmoney.scoring.reasons import reasons
from smartmoney.scoring.score import combine, score_traders
from smartmoney.scoring.table import COUNTS, RATES
from tests.kit.crowd import DAY, START, M, crowd
from tests.kit.ledgers import resolved_otherwise


def scores(**options: Any) -> pd.DataFrame:
    events, markets, wallets = crowd(1, traders=250, bets=25, skilled_share=0.04)
    return score_traders(events, markets, wallets, **options)


def backwards(work: Callable[[Activity], Any], parts: Iterable[Activity]) -> list[Any]:
    return [work(part) for part in reversed(list(parts))]


@pytest.mark.parametrize("partitions", [2, 7, 250, 1_000])
def test_partitions_change_not_a_bit(partitions: int) -> None:
    pd.testing.assert_frame_equal(scores(), scores(partitions=partitions), check_exact=True)
    pd.testing.assert_frame_equal(
        scores(), scores(partitions=partitions, mapper=backwards), check_exact=True
    )


def test_other_processes_change_not_a_bit() -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        pd.testing.assert_frame_equal(
            scores(), scores(partitions=4, mapper=pool.map), check_exact=True
        )


def test_an_increment_changes_not_a_bit() -> None:
    events, markets, wallets = crowd(2, traders=60, bets=30, skilled_share=0.1)
    cut = START + 150 * DAY
    first = compute_partition(events.between(until=cut), markets)
    assert first.ledger is not None
    second = compute_partition(
        events.between(cut), markets, state=pickle.loads(pickle.dumps(first.ledger.state))
    )
    whole = compute_partition(events, markets)
    pd.testing.assert_frame_equal(
        combine([second.measures], wallets).frame,
        combine([whole.measures], wallets).frame,
        check_exact=True,
    )


def test_split_keeps_traders_whole_and_rows_all() -> None:
    events, _, _ = crowd(1, traders=31, bets=7)
    parts = split_activity(events, 4)
    assert 1 < len(parts) <= 4 and sum(len(part) for part in parts) == len(events)
    seen = [set(part.trader.tolist()) for part in parts]
    assert len(set.union(*seen)) == sum(len(part) for part in seen) == 31
    assert split_activity(Activity.empty(), 3)[0].trader.tolist() == []


def test_a_past_date_shows_what_was_known_then() -> None:
    """Rows and resolutions after the date are unknown to the score, whether they are there or not."""
    events, markets, wallets = crowd(3, traders=80, bets=30, skilled_share=0.1)
    then = START + 200 * DAY
    known = markets.resolved_at <= then
    at_the_time = resolved_otherwise(
        markets,
        np.where(np.repeat(known, 2), markets.payout_micro, -1),
        np.where(known, markets.resolved_at, -1),
    )
    pd.testing.assert_frame_equal(
        score_traders(events, markets, wallets, as_of=then),
        score_traders(events.between(until=then), at_the_time, wallets),
        check_exact=True,
    )


def test_the_skilled_come_out_on_top() -> None:
    events, markets, wallets = crowd(4, traders=400, bets=60, skilled_share=0.03)
    frame = score_traders(events, markets, wallets).merge(wallets[["trader", "skill"]])
    assert (frame.nlargest(4, "rarity_score")["skill"] > 0).all()
    assert (frame.nlargest(12, "rarity_score")["skill"] > 0).mean() >= 0.5
    assert set(frame.loc[frame["tier"].isin(["S", "A"]), "skill"]) == {0.8}


def test_no_nan_and_no_infinity_anywhere() -> None:
    frame = scores()
    for name in frame:
        values = frame[name].dropna()
        if pd.api.types.is_numeric_dtype(values.dtype):
            assert np.isfinite(values.to_numpy(np.float64)).all(), name
        assert (
            not pd.api.types.is_float_dtype(frame[name].dtype) or frame[name].dtype == "Float64"
        ), name


def test_every_column_has_its_documented_type() -> None:
    frame = scores()
    doc = combine.__doc__ or ""
    measured = [*COUNTS, *RATES]
    assert [name for name in frame if name not in doc and name not in measured] == []
    assert {str(frame[name].dtype) for name in COUNTS} == {"int64"}
    assert {str(frame[name].dtype) for name in RATES} == {"Float64"}
    assert str(frame["rarity_score"].dtype) == "Int64" and str(frame["tier"].dtype) == "string"
    assert frame["trader"].is_monotonic_increasing


def test_a_wallet_without_trades_has_no_score() -> None:
    events, markets, wallets = crowd(1, traders=5, bets=12)
    wallets = pd.concat([wallets, pd.DataFrame({"trader": [99, 50], "address": ["0xz", "0xy"]})])
    frame = score_traders(events, markets, wallets).set_index("trader")
    for trader in (50, 99):
        row = frame.loc[trader]
        assert (
            row["tier"] == "E" and row["rarity_score"] is pd.NA and row["rarity_classic"] is pd.NA
        )
        assert (
            row["reasons"] == ["no trades"]
            and row["trade_count"] == 0
            and row["last_active_at"] is pd.NA
        )
        assert row["win_rate"] is pd.NA and row["skill_prob"] is pd.NA
    nobody = combine([], wallets).frame
    assert (nobody["tier"] == "E").all() and len(nobody) == 7


def test_one_trader_in_the_world() -> None:
    events, markets, wallets = crowd(1, traders=1, bets=40)
    row = score_traders(events, markets, wallets).iloc[0]
    assert row["rarity_score"] == 50_000 and row["rank"] == 1 and row["tier"] == "C"


def test_nobody_in_the_world() -> None:
    frame = score_traders(
        Activity.empty(), Markets.of(event=[]), pd.DataFrame({"trader": [], "address": []})
    )
    assert len(frame) == 0 and "rarity_score" in frame


def test_all_ties_are_broken_by_address() -> None:
    one, markets, _ = crowd(5, traders=1, bets=30)
    same = Activity.concat(
        [Activity(**one.arrays() | {"trader": np.full(len(one), t, np.int32)}) for t in range(6)]
    )
    wallets = pd.DataFrame(
        {"trader": range(6), "address": ["0xf", "0xa", "0xc", "0xb", "0xe", "0xd"]}
    )
    frame = score_traders(same, markets, wallets)
    assert frame["rarity_score"].tolist() == [50_000] * 6
    assert frame.sort_values("rank")["address"].tolist() == [
        "0xa",
        "0xb",
        "0xc",
        "0xd",
        "0xe",
        "0xf",
    ]


def test_open_bets_only_wait() -> None:
    events, markets, wallets = crowd(1, traders=3, bets=4)
    unresolved = resolved_otherwise(
        markets, np.full_like(markets.payout_micro, -1), np.full_like(markets.resolved_at, -1)
    )
    frame = score_traders(events, unresolved, wallets)
    assert frame["rarity_score"].isna().all() and (frame["tier"] == "E").all()
    assert frame["reasons"].tolist() == [["no decided event that counts for skill yet"]] * 3
    assert frame["unrealized_pnl_micro"].isna().all() and frame["total_pnl_micro"].isna().all()


def test_short_crypto_markets_stand_outside_unless_asked_for() -> None:
    events, markets, wallets = crowd(1, traders=3, bets=15, categories=("crypto-short",))
    frame = score_traders(events, markets, wallets)
    assert frame["rarity_score"].isna().all() and (frame["short_crypto_events"] > 0).all()
    assert frame["reasons"][0] == [
        "only 5- and 15-minute crypto markets, which stand outside the tiers"
    ]
    inside = score_traders(events, markets, wallets, excluded=())
    assert inside["rarity_score"].notna().all()


def test_reasons_tell_the_numbers() -> None:
    frame = scores().sort_values("rank")
    best = frame.iloc[0]
    assert best["reasons"][0].startswith("rank 1 among") or best["reasons"][0].startswith(
        "score would rank 1 among"
    )
    assert f"over {best['skill_events']} events" in best["reasons"][1]
    assert best["tier"] != "S" and any(reason.startswith("not S:") for reason in best["reasons"])
    short = frame[frame["needs_events"] > 0].iloc[0]
    assert f"needs {short['needs_events']} more event" in short["reasons"][-1]


@pytest.mark.parametrize(
    ("wallets", "problem"),
    [
        (pd.DataFrame({"trader": [0, 0], "address": ["0xa", "0xb"]}), "twice among the wallets"),
        (pd.DataFrame({"trader": [7], "address": ["0xa"]}), "not among the wallets"),
    ],
)
def test_wallets_that_do_not_fit_are_refused(wallets: pd.DataFrame, problem: str) -> None:
    events, markets, _ = crowd(1, traders=1, bets=3)
    with pytest.raises(ParameterError, match=problem):
        score_traders(events, markets, wallets)


def test_a_trader_in_two_partitions_is_refused() -> None:
    events, markets, wallets = crowd(1, traders=1, bets=3)
    part = compute_partition(events, markets).measures
    with pytest.raises(ParameterError, match="two partitions"):
        combine([part, part], wallets)


def test_event_results_hold_one_row_per_bet() -> None:
    events, markets, _ = crowd(1, traders=3, bets=10, categories=("politics", "sports"))
    table = event_results(compute_partition(events, markets), markets)
    assert len(table) == 30 and table["entry_price"].between(0, 1).all()
    assert set(table["category"]) == {"politics", "sports"} and table["decided_at"].notna().all()
    won = table["pnl_micro"] > 0
    assert (table["entry_price"] + table["surprise"]).to_numpy(np.float64) == pytest.approx(
        won.astype(float), abs=1e-6
    )


BAD_ROWS = {
    "a sale before any purchase": {"kind": Kind.SELL},
    "zero size": {"size_micro": 0},
    "negative size": {"size_micro": -5},
    "negative cash": {"cash_micro": -(10**12)},
    "no market": {"market": -1, "outcome": -1},
}


@pytest.mark.parametrize("change", BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_bad_row_flags_its_wallet_only(change: dict[str, int]) -> None:
    events, markets, wallets = crowd(1, traders=4, bets=12)
    columns = {name: array.copy() for name, array in events.arrays().items()}
    for name, value in change.items():
        columns[name][np.argmin(events.ts)] = value
    flags = score_traders(Activity(**columns), markets, wallets)["flags"]
    sinner = int(events.trader[np.argmin(events.ts)])
    assert [t for t, names in enumerate(flags) if "PARTIAL" in names] == [sinner]


def test_a_bad_row_that_cannot_turn_the_record_flags_nobody() -> None:
    events, markets, wallets = crowd(1, traders=4, bets=12)
    columns = {name: array.copy() for name, array in events.arrays().items()}
    columns["cash_micro"][np.argmin(events.ts)] = -5
    flags = score_traders(Activity(**columns), markets, wallets)["flags"]
    assert not any("PARTIAL" in names for names in flags)


@pytest.mark.parametrize("pays", [(M, M), (0, 0), (-1, -1), (2 * M, -1)])
def test_odd_payouts_count_for_no_skill(pays: tuple[int, int]) -> None:
    events, markets, wallets = crowd(1, traders=1, bets=12)
    payout = markets.payout_micro.copy()
    payout[:2] = pays
    frame = score_traders(events, resolved_otherwise(markets, payout, markets.resolved_at), wallets)
    assert (
        frame["skill_events"].tolist() == [11]
        and frame["flags"].map(lambda names: "PARTIAL" not in names).all()
    )


def test_a_resolution_that_changes_changes_the_score_and_back() -> None:
    events, markets, wallets = crowd(1, traders=3, bets=12)
    flipped = resolved_otherwise(
        markets, markets.payout_micro.reshape(-1, 2)[:, ::-1].ravel().copy(), markets.resolved_at
    )
    before, during = (score_traders(events, world, wallets) for world in (markets, flipped))
    assert (before["skill_edge"] != during["skill_edge"]).all()
    pd.testing.assert_frame_equal(before, score_traders(events, markets, wallets), check_exact=True)


@pytest.mark.parametrize(
    "skill_prob, words",
    [(0.9996, "over 99% likely"), (0.76, "76% likely"), (0.0004, "under 1% likely")],
)
def test_a_reason_never_claims_certainty(skill_prob: float, words: str) -> None:
    found = reasons(
        rank=1,
        population=900,
        slot=1,
        tier=1,
        events=60,
        edge=3.0,
        low=1.0,
        high=5.0,
        skill_prob=skill_prob,
        q_value=0.01,
        flags=0,
        needs=0,
        thresholds=TIER_THRESHOLDS,
    )
    assert words in found[1] and "100%" not in found[1]
