"""From imported dumps to measures and skill of everybody, bucket by bucket, written as Parquet files by wallet."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from smartmoney.books.batches import in_groups
from smartmoney.books.tables import coverage, score_rows
from smartmoney.chain.histories import Histories, opened, statements
from smartmoney.errors import ParameterError
from smartmoney.ledger import Activity
from smartmoney.ledger.columns import IntArray
from smartmoney.metrics import PARTIAL_BIT, Measures
from smartmoney.polymarket.contracts import CONTRACTS
from smartmoney.population.activity import activity_of
from smartmoney.population.markets import KnownMarkets, known_markets
from smartmoney.schema import TRADER, On
from smartmoney.scoring.partitions import compute_partition
from smartmoney.scoring.score import Scores, combine
from smartmoney.store.db import Store

STATEMENT = "population.json"
WALLETS = "wallets"
ALONE = "From the chain alone; not compared with the platform."
DOUBTED = "A log of a match of the wallet is missing or wrong in the dump."
SHOWN = 5
Say = Callable[[str], None]


@dataclass(frozen=True)
class Population:
    """What was computed of everybody, and of what.

    Attributes:
        as_of: when, ISO text, UTC.
        dumps: names of the imported dumps.
        wallets: wallets with an event.
        events: events of theirs that were read, a conversion once per market that it gave up.
        first, last: seconds of the first and last event with a time; None without any.
        learnt, resolved, redeemed: see `KnownMarkets`.
        unknown_tokens: tokens of fills that no market known here has.
        wallets_unknown: wallets with an event that names such a token or market, or has no time.
        wallets_moved: wallets that sent or received shares outside of the venue's contracts.
        wallets_doubted: wallets that an import named as having a wrong or incomplete history.
        fees_left_out: legs of conversions whose fee the books leave out.
        scored: wallets with a score.
        reference: unflagged wallets with a score, among whom percentiles are.
        prior_mean, prior_deviation: of their edge, in log-odds.
        lacks: what the dumps cannot say, as sentences.
    """

    as_of: str
    dumps: list[str]
    wallets: int = 0
    events: int = 0
    first: int | None = None
    last: int | None = None
    learnt: int = 0
    resolved: int = 0
    redeemed: int = 0
    unknown_tokens: list[str] = field(default_factory=list, repr=False)
    wallets_unknown: int = 0
    wallets_moved: int = 0
    wallets_doubted: int = 0
    fees_left_out: int = 0
    scored: int = 0
    reference: int = 0
    prior_mean: float = 0.0
    prior_deviation: float = 0.0
    lacks: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The statement of the population in a folder.

        Raises:
            ParameterError: there is none.
        """
        try:
            return cls(**json.loads((folder / STATEMENT).read_text()))
        except (OSError, TypeError, ValueError) as error:
            raise ParameterError(
                f"There is no population in {folder}: import a dump of the chain with `smartmoney chain import PATH`, "
                "then run `smartmoney chain score`."
            ) from error

    def sentences(self) -> list[str]:
        """The statement for people."""
        lines = [
            f"{self.wallets:,} wallets, {self.events:,} events{self._span()}; {self.scored:,} wallets have a score.",
            f"Percentiles are among {self.reference:,} unflagged wallets; their edge: mean {self.prior_mean:+.3f}, "
            f"spread {self.prior_deviation:.3f} log-odds.",
        ]
        counted = (
            (
                self.learnt,
                "markets are known from splits on the chain only, without question, category or event.",
            ),
            (self.resolved, "markets are settled by resolutions on the chain."),
            (
                self.redeemed,
                "markets are settled by what redemptions paid, from the first of them on.",
            ),
            (
                self.wallets_unknown,
                "wallets have events of no known market or without a time, which are in no book.",
            ),
            (
                self.wallets_moved,
                "wallets moved shares outside of the venue's contracts, at no known price.",
            ),
            (
                self.wallets_doubted,
                "wallets have a history that is wrong or in part, as the import found.",
            ),
            (self.fees_left_out, "legs of conversions are booked without the fee of their event."),
        )
        lines += [f"{count:,} {what}" for count, what in counted if count]
        if self.unknown_tokens:
            shown = ", ".join(self.unknown_tokens[:SHOWN])
            more = " and others" if len(self.unknown_tokens) > SHOWN else ""
            lines.append(
                f"{len(self.unknown_tokens):,} tokens are of no known market: {shown}{more}."
            )
        return [*lines, *self.lacks]

    def _span(self) -> str:
        if self.first is None or self.last is None:
            return ""
        first, last = (datetime.fromtimestamp(each, UTC) for each in (self.first, self.last))
        return f" from {first:%Y-%m-%d} to {last:%Y-%m-%d}"


def score_population(store: Store, dumps: list[Path], folder: Path, say: Say) -> Population:
    """Measure and score every wallet of some dumps; in `folder` the new population takes the place of the old at the end.

    Args:
        store: the installation's markets.
        dumps: folders that `smartmoney chain import` wrote.
        folder: what is written: `wallets/bucket=N/` and the statement.
        say: is given a sentence now and then.

    Raises:
        ParameterError: there is no dump, one cannot be read, or nothing in them can be scored. `folder` stays as it was.
        StoreUnavailable: the database does not answer.
    """
    imported = statements(dumps)
    doubted = {
        wallet
        for each in imported.values()
        for wallet in [
            *each["contradicted"],
            *(w for m in each["unbalanced"] for w in m["wallets"]),
        ]
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        with opened(dumps, staging / "work", CONTRACTS) as histories:
            say("Events are read; now the markets.")
            measured = _measured(histories, known_markets(store, histories), doubted, say)
        lacks = sorted({str(each["lacks"]) for each in imported.values()} - {""})
        population = _written(measured, [dump.name for dump in dumps], lacks, staging / "whole")
        _put(staging / "whole", folder, staging / "old")
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return population


@dataclass
class _Measured:
    """What is kept of the wallets while the buckets are read."""

    known: KnownMarkets
    unknown_tokens: list[str]
    parts: list[Measures] = field(default_factory=list)
    addresses: list[pa.Array] = field(default_factory=list)
    buckets: list[int] = field(default_factory=list)
    coverage: dict[int, tuple[str, str]] = field(default_factory=dict)
    wallets: int = 0
    events: int = 0
    first: int | None = None
    last: int | None = None
    unknown: int = 0
    moved: int = 0
    doubted: int = 0
    fees_left_out: int = 0


def _measured(histories: Histories, known: KnownMarkets, doubted: set[str], say: Say) -> _Measured:
    found = _Measured(known, histories.unknown_tokens())
    for bucket, rows in enumerate(histories.by_bucket()):
        if len(rows):
            _measure_bucket(found, rows, doubted)
        found.buckets.append(found.wallets)
        say(f"{bucket + 1} parts read: {found.wallets:,} wallets, {found.events:,} events.")
    if not found.wallets:
        raise ParameterError("The dumps have no event of any wallet.")
    if found.last is None:
        raise ParameterError("No event of the dumps has a time, so that no book can be kept.")
    return found


def _measure_bucket(found: _Measured, rows: pa.Table, doubted: set[str]) -> None:
    activity = activity_of(rows, found.known.markets, found.wallets)
    names = rows.column("wallet").combine_chunks()
    firsts = np.flatnonzero(np.diff(activity.trader, prepend=-1))
    addresses = names.take(pa.array(firsts))
    found.fees_left_out += int((rows.column("fee_bips").to_numpy() > 0).sum())
    found.events += len(activity)
    timed = activity.ts[activity.ts >= 0]
    if len(timed):
        found.first = min(
            int(timed.min()), found.first if found.first is not None else int(timed.min())
        )
        found.last = max(int(timed.max()), found.last or 0)
    del rows, names
    for group in in_groups(activity):
        _measure_group(found, group)
    for place, address in enumerate(addresses.to_pylist()):
        if address in doubted:
            found.doubted += 1
            found.coverage[found.wallets + place] = ("partial", DOUBTED)
    found.addresses.append(addresses)
    found.wallets += len(addresses)


def _measure_group(found: _Measured, group: Activity) -> None:
    part = compute_partition(group, found.known.markets, marks_micro=found.known.marks_micro)
    assert part.ledger is not None
    accounts = part.ledger.state.accounts
    found.unknown += int((accounts["n_bad_rows"] > 0).sum())
    found.moved += int((accounts["n_transfers"] > 0).sum())
    lacking: IntArray = accounts.trader[accounts.partial | accounts.conflicted]
    judged = coverage(part.ledger, lacking.tolist(), {}, {})
    found.coverage |= {trader: (each.status, each.reason) for trader, each in judged.items()}
    found.parts.append(part.measures)


def _written(found: _Measured, dumps: list[str], lacks: list[str], folder: Path) -> Population:
    now = datetime.now(UTC).replace(microsecond=0)
    wallets = _wallets(found)
    scores = combine(_flagged(found), wallets)
    frame = score_rows(scores, wallets, found.known.markets.categories)
    _write(frame, now, found.buckets, folder / WALLETS)
    population = _population(found, scores, now, dumps, lacks)
    (folder / STATEMENT).write_text(json.dumps(asdict(population), indent=1))
    return population


def _wallets(found: _Measured) -> pd.DataFrame:
    verdicts = [found.coverage.get(trader, ("unchecked", ALONE)) for trader in range(found.wallets)]
    return pd.DataFrame(
        {
            "trader": np.arange(found.wallets, dtype=np.int32),
            "address": pa.chunked_array(found.addresses).to_pandas(),
            "coverage": pd.Series([status for status, _ in verdicts], dtype=object),
            "coverage_reason": pd.Series([reason for _, reason in verdicts], dtype=object),
        }
    )


def _flagged(found: _Measured) -> list[Measures]:
    """Measures in which whoever an import doubts is flagged: a log that is missing bounds nothing."""
    doubted = [trader for trader, (_, reason) in found.coverage.items() if reason == DOUBTED]
    return [
        replace(part, flags=part.flags | np.where(np.isin(part.trader, doubted), PARTIAL_BIT, 0))
        for part in found.parts
    ]


def _write(frame: pd.DataFrame, now: datetime, buckets: list[int], folder: Path) -> None:
    """The columns of the dictionary, of each wallet in the file of its bucket; what only the API or Postgres knows is null."""
    stored = TRADER.on(On.FRAME | On.STORED)
    seconds = frame["last_active_at"]
    frame = frame.assign(
        flags=frame["flags"].map(" ".join),
        reasons=frame["reasons"].map(" ".join),
        last_active_at=pd.to_datetime(seconds.astype("float64"), unit="s", utc=True),
        as_of=pd.Timestamp(now),
        name=pd.NA,
        good_at=pd.NA,
    )
    frame = frame[[column.name for column in stored]].astype(
        {column.name: column.dtype for column in stored}
    )
    start = 0
    for bucket, stop in enumerate(buckets):
        if stop > start:
            place = folder / f"bucket={bucket}"
            place.mkdir(parents=True)
            table = pa.Table.from_pandas(frame.iloc[start:stop], preserve_index=False)
            pq.write_table(table, place / "wallets.parquet", compression="zstd")
        start = stop


def _population(
    found: _Measured, scores: Scores, now: datetime, dumps: list[str], lacks: list[str]
) -> Population:
    return Population(
        as_of=now.isoformat(),
        dumps=dumps,
        wallets=found.wallets,
        events=found.events,
        first=found.first,
        last=found.last,
        learnt=found.known.learnt,
        resolved=found.known.resolved,
        redeemed=found.known.redeemed,
        unknown_tokens=found.unknown_tokens,
        wallets_unknown=found.unknown,
        wallets_moved=found.moved,
        wallets_doubted=found.doubted,
        fees_left_out=found.fees_left_out,
        scored=scores.scored,
        reference=scores.population,
        prior_mean=float(scores.prior.mean),
        prior_deviation=float(scores.prior.deviation),
        lacks=lacks,
    )


def _put(whole: Path, folder: Path, old: Path) -> None:
    """The new folder in place of the old one, which comes back where the new one cannot be moved there."""
    if folder.exists():
        folder.rename(old)
    try:
        whole.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
