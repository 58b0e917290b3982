"""The real sets of a folder as rows that `smartmoney import-recorded` takes; what cannot answer says why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from smartmoney.errors import RecordingError
from smartmoney.proof.thresholds import THRESHOLDS
from smartmoney.units import DAY_SECONDS, HOUR_SECONDS, MICRO

BETS, ACTIVITY, MARKETS = "bets_open_at_first_sight", "activity", "markets"
PAYOUTS = "resolutions"
SILENT = {
    "leaderboard_top200": "positions of winners without the price they were entered at",
    "subgraph_positions_44": "results per token without prices or times, of wallets picked for having won",
    "wallet_official_pnl": "one lifetime profit per wallet and no bets",
    "price_series": "prices of markets and no wallets",
    "gamma_open_2026_03_11": "markets and no wallets",
    "fixtures": "a handful of rows, kept to check shapes",
    PAYOUTS: "how markets ended; the other sets are settled with it",
}
"""Folders of which it is known what they lack."""
WINNERS = {"jadesullie"}
"""Sets of wallets picked for having won: a population of winners says nothing about who wins again among all."""
OF_BET = {
    "wallet": "proxyWallet",
    "first_commit_unix": "timestamp",
    "first_size": "size",
    "first_avgPrice": "price",
}


@dataclass(frozen=True)
class RealSet:
    """One set of rows of real wallets.

    Attributes:
        name: folder and kind of rows.
        kind: BETS or ACTIVITY.
        file: its rows.
        selected: its wallets were picked for having won.
    """

    name: str
    kind: str
    file: Path
    selected: bool


def sets_of(folder: Path) -> tuple[list[RealSet], dict[str, str]]:
    """The sets that can be asked, the fair one first, and why each other folder cannot.

    Raises:
        RecordingError: there is no such folder.
    """
    if not folder.is_dir():
        raise RecordingError(
            f"There are no real sets at {folder}; name their folder, or set REALDATA to it."
        )
    found, silent = [], {}
    for own in sorted(each for each in folder.iterdir() if each.is_dir()):
        files = [(kind, own / f"{kind}.parquet") for kind in (BETS, ACTIVITY)]
        known = [
            RealSet(f"{own.name}/{kind}", kind, file, own.name in WINNERS)
            for kind, file in files
            if file.is_file()
        ]
        found += known
        if not known:
            silent[own.name] = SILENT.get(
                own.name,
                f"not known here: it holds neither {BETS}.parquet nor {ACTIVITY}.parquet",
            )
    return sorted(found, key=lambda each: (each.selected, each.kind != BETS)), silent


def digest_of(file: Path) -> str:
    """The first 16 digits of the SHA-256 of a file, so that a record says of which rows it is."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:16]


def stage(real: RealSet, folder: Path, target: Path) -> dict[str, int]:
    """Write a set as rows of the API: fills or activity, and how their markets ended; returns how many of each.

    Raises:
        RecordingError: a column is missing, or the set holds no row.
    """
    try:
        rows = pd.read_parquet(real.file)
        described = _described(folder)
        rows = _fills_of_bets(rows, described) if real.kind == BETS else _activity(rows)
        ended = _ended(folder, rows, described)
    except KeyError as error:
        raise RecordingError(f"{real.name} has no column {error}; see its README.") from None
    if rows.empty:
        raise RecordingError(f"{real.name} holds no row.")
    target.mkdir(parents=True, exist_ok=True)
    rows.to_parquet(target / "rows.parquet", index=False)
    if not ended.empty:
        ended.to_parquet(target / "resolutions.parquet", index=False)
    return {
        "rows": len(rows),
        "wallets": int(rows["proxyWallet"].nunique()),
        "markets": int(rows["conditionId"].nunique()),
        "settled markets": len(ended),
    }


def _fills_of_bets(bets: pd.DataFrame, described: pd.DataFrame) -> pd.DataFrame:
    """Each bet as one purchase at its average price, at the moment it was first seen: it was made before."""
    bets = bets[bets["first_avgPrice"].between(0, 1, "neither") & (bets["first_size"] > 0)]
    kept = ["conditionId", "outcomeIndex", *OF_BET]
    fills = bets[kept].rename(columns=OF_BET).reset_index(drop=True)
    fills["eventSlug"] = bets["eventSlug"].fillna("").to_numpy()
    fills["type"], fills["side"] = "TRADE", "BUY"
    about = described.reindex(fills["conditionId"]).reset_index(drop=True)
    second = fills["outcomeIndex"] == 1
    for name, first in (("asset", "asset0"), ("outcome", "outcome0")):
        fills[name] = about[first].where(~second, about[first.replace("0", "1")]).fillna("")
    for name in ("title", "slug"):
        fills[name] = about[name].fillna("")
    return fills


def _activity(rows: pd.DataFrame) -> pd.DataFrame:
    """Raw rows as they are, less what whoever collected them wrote beside."""
    names = {"first_commit_unix", "source_file", "source_row", "bio"}
    return rows[[name for name in rows.columns if name not in names]]


def _described(folder: Path) -> pd.DataFrame:
    """Tokens, labels, texts and last day by condition, from every file of markets that has them."""
    parts = list(_market_files(folder))
    every = pd.concat(parts) if parts else pd.DataFrame(columns=[*NAMED, "conditionId"])
    return every.drop_duplicates("conditionId").set_index("conditionId")


NAMED = ("asset0", "asset1", "outcome0", "outcome1", "title", "slug", "endDate")


def _market_files(folder: Path) -> Iterator[pd.DataFrame]:
    for file in sorted(folder.glob(f"*/{MARKETS}.parquet")):
        rows = pd.read_parquet(file)
        if {"conditionId", *NAMED} <= set(rows.columns):
            yield rows[["conditionId", *NAMED]]


def _ended(folder: Path, rows: pd.DataFrame, described: pd.DataFrame) -> pd.DataFrame:
    """Resolutions of the markets the rows name, as the API has them.

    No source tells when a market resolved: its first redemption, else a day after its last day, and after every trade in it.
    """
    file = folder / PAYOUTS / f"{PAYOUTS}.parquet"
    if not file.is_file():
        return pd.DataFrame()
    known = pd.read_parquet(file, columns=["conditionId", "payout0"]).dropna()
    payout = known.drop_duplicates("conditionId").set_index("conditionId")["payout0"]
    trades = rows[rows["type"] == "TRADE"].groupby("conditionId")["timestamp"].max()
    payout = payout.reindex(trades.index).dropna()
    at = _last_day(described, payout.index) + DAY_SECONDS + THRESHOLDS.settled_hours * HOUR_SECONDS
    redeemed = rows[rows["type"] == "REDEEM"].groupby("conditionId")["timestamp"].min()
    at = redeemed.reindex(payout.index).fillna(at).fillna(trades)
    at = at.clip(lower=trades.reindex(payout.index) + 1).clip(lower=0)
    first = (payout * MICRO).round().astype(int)
    return pd.DataFrame(
        {
            "condition_id": payout.index,
            "question_id": "",
            "status": "resolved",
            "payouts": [[each, MICRO - each] for each in first],
            "resolved_at": pd.to_datetime(at.astype("int64"), unit="s").dt.strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            ),
            "last_update_timestamp": "",
            "log_index": "",
            "reporter": "proof",
        }
    ).reset_index(drop=True)


def _last_day(described: pd.DataFrame, conditions: pd.Index) -> pd.Series:
    """Unix seconds at which the last day of each market begins, NaN where it is not told."""
    days = pd.to_datetime(
        described["endDate"].reindex(conditions).str[:10], errors="coerce", format="%Y-%m-%d"
    )
    seconds = (days - pd.Timestamp(0)) // pd.Timedelta(seconds=1)
    return seconds.astype("float64")
