"""Who is good at what: on a made-up frame of results in which every tenth wallet knows politics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from smartmoney.research import skill_by_category, skill_by_window

NOW = pd.Timestamp("2026-06-30", tz="UTC")


def made(seed: int = 1, wallets: int = 250) -> pd.DataFrame:
    """30 events each in politics and sports at 50 cents; every tenth wallet is right nine times in ten in politics."""
    rng = np.random.default_rng(seed)
    rows = []
    for wallet in range(wallets):
        for category in ("politics", "sports"):
            chance = 0.9 if wallet % 10 == 0 and category == "politics" else 0.5
            for event in range(30):
                hit = rng.random() < chance
                rows.append((f"0x{wallet:040x}", category, event, hit))
    frame = pd.DataFrame(rows, columns=["address", "category", "event_id", "hit"])
    hits = frame.pop("hit")
    return frame.assign(
        surprise=np.where(hits, 0.5, -0.5),
        information=0.25,
        entry_price=0.5,
        pnl=np.where(hits, 50.0, -50.0),
        decided_at=NOW - pd.to_timedelta(frame["event_id"] * 4, unit="D"),
    )


def test_those_who_know_politics_are_good_there_and_hardly_anybody_elsewhere() -> None:
    table = skill_by_category(made())
    good = table[table["good"]]
    knows = good["address"].isin([f"0x{wallet:040x}" for wallet in range(0, 250, 10)])
    right = knows & (good["category"] == "politics")
    assert right.sum() >= 20
    assert (~right).sum() <= 2
    best = table.iloc[0]
    assert 0 < best["low"] < best["edge"] < best["high"]
    assert (table["withheld"] == "").all()


def test_the_pnl_by_category_adds_up_and_what_counts_for_no_skill_is_left_out() -> None:
    results = made(wallets=3)
    results.loc[results["address"].str.endswith("1"), "category"] = None
    results.loc[results["address"].str.endswith("2"), "category"] = "crypto-short"
    table = skill_by_category(results)
    assert set(table["category"]) == {"politics", "sports", "uncategorised"}
    counted = results[results["category"] != "crypto-short"]
    assert table["pnl"].sum() == pytest.approx(counted["pnl"].sum())


def test_a_part_with_few_events_says_how_many_are_missing() -> None:
    results = made(wallets=2)
    table = skill_by_category(results[results["event_id"] < 9])
    assert table["edge"].isna().all()
    assert not table["good"].any()
    assert set(table["withheld"]) == {"9 of 10 events"}


def test_windows_end_now_and_hold_what_was_decided_in_them() -> None:
    table = skill_by_window(made(), NOW, windows=(20, 90))
    one = table[table["address"] == f"0x{0:040x}"].set_index("days")
    assert one.loc[20, "events"] == 2 * 5
    assert one.loc[90, "events"] == 2 * 23
    assert one.loc[90, "edge"] > 0
    assert skill_by_window(made(), NOW - pd.Timedelta(days=365)).empty


def test_an_empty_frame_gives_an_empty_one_with_its_columns() -> None:
    nothing = made().iloc[:0]
    assert {"edge", "good", "withheld"} <= set(skill_by_category(nothing))
    assert {"edge", "days", "withheld"} <= set(skill_by_window(nothing, NOW))
