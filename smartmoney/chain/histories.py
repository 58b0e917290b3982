"""Imported events as whole histories of wallets: every event once, whatever dumps it came in, sorted out of core by DuckDB.

What is known of markets comes in as tables; what a wallet's rows name and no table knows has row -1.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from smartmoney.chain.contracts import BY_ADDRESS, TOKENS
from smartmoney.chain.conversions import given_up
from smartmoney.chain.importing import STATEMENT
from smartmoney.chain.queries import BUCKETS
from smartmoney.errors import ParameterError

MEMORY = "2GB"
NOBODY = "0x" + "0" * 40
_OWN = f"""
    SELECT condition, "transaction", log_index, wallet FROM events WHERE kind = 'split' AND contract = '{TOKENS}'"""
_MINTED = f"""
    SELECT "transaction", log_index, counterparty AS wallet, max(token) FILTER (part = 0) AS first,
        max(token) FILTER (part = 1) AS second
    FROM events WHERE kind = 'transfer' AND contract = '{TOKENS}' AND wallet = '{NOBODY}' GROUP BY ALL HAVING count(*) = 2"""
_LEARNT = f"""
    SELECT condition, min(first) AS first, min(second) AS second
    FROM ({_OWN}) AS own ASOF JOIN ({_MINTED}) AS minted
        ON own."transaction" = minted."transaction" AND own.log_index > minted.log_index
    WHERE own.wallet = minted.wallet GROUP BY condition
    HAVING count(DISTINCT first) = 1 AND count(DISTINCT second) = 1 ORDER BY condition"""
_RESOLVED = """
    SELECT condition, max(cash_micro) FILTER (index_set = '1') AS first, max(cash_micro) FILTER (index_set = '2') AS second,
        coalesce(max(ts), -1) AS ts
    FROM events WHERE kind = 'resolution' GROUP BY condition HAVING count(*) = 2 ORDER BY condition"""
_REDEEMED = """
    SELECT condition, CAST(round(avg(paid)) AS BIGINT) AS first, 1000000 - CAST(round(avg(paid)) AS BIGINT) AS second,
        min(ts) AS ts
    FROM (SELECT condition, ts, CASE index_set WHEN '1' THEN 1e6 * cash_micro / size_micro
            ELSE 1e6 - 1e6 * cash_micro / size_micro END AS paid
        FROM events WHERE kind = 'redeem' AND index_set IN ('1', '2') AND size_micro >= 1000000)
    GROUP BY condition HAVING max(paid) - min(paid) <= 2 AND min(paid) BETWEEN -1 AND 1000001 AND min(ts) IS NOT NULL
    ORDER BY condition"""
_MOVED = f"""
    CREATE TABLE moved AS
    SELECT * FROM events
    ANTI JOIN (SELECT DISTINCT "transaction" FROM events WHERE kind <> 'transfer') AS busy USING ("transaction")
    WHERE kind = 'transfer' AND size_micro > 0 AND wallet <> counterparty AND wallet <> '{NOBODY}' AND counterparty <> '{NOBODY}'
        AND wallet NOT IN (SELECT address FROM contracts) AND counterparty NOT IN (SELECT address FROM contracts)"""
"""Shares that changed hands outside of everything the venue does: their price is not known."""
_LEGS = """
    CREATE TABLE legs AS
    SELECT given.event, given.index_set, given.condition,
        CASE WHEN bool_and(coalesce(grouped, false)) OVER (PARTITION BY event, index_set) THEN market ELSE -1 END AS market
    FROM given LEFT JOIN places USING (condition)"""
"""A conversion with a leg that is not known, or in no group that is, is not read at all."""
_HISTORY = """
    CREATE OR REPLACE TEMP TABLE history AS
    SELECT wallet, kind, token, condition, index_set, size_micro, cash_micro, fee_micro, fee_shares_micro, fee_bips, ts,
        block, log_index, part, contract, taker, "transaction"
    FROM events WHERE bucket = {bucket} AND wallet = coalesce($wallet, wallet)
        AND kind NOT IN ('transfer', 'market', 'resolution') AND wallet NOT IN (SELECT address FROM contracts)
    UNION ALL
    SELECT who, 'transfer', token, '', '', size_micro, 0, 0, 0, -1, ts, block, log_index, part, contract, false, "transaction"
    FROM (SELECT *, unnest([wallet, counterparty]) AS who FROM moved)
    WHERE hash(who) % {buckets} = {bucket} AND who = coalesce($wallet, who)"""
_ACTIVITY = """
    SELECT h.wallet, CAST(dense_rank() OVER (ORDER BY h.wallet) - 1 AS INTEGER) AS trader, coalesce(ts, -1) AS ts, kind,
        "transaction", token, coalesce(legs.condition, h.condition) AS condition, h.index_set,
        coalesce(legs.market, places.market, -1) AS market, coalesce(tokens.outcome, -1) AS outcome,
        size_micro, cash_micro, fee_micro, fee_shares_micro, fee_bips,
        coalesce(block, 0) * 1048576 + coalesce(log_index, 0) AS log,
        CAST(CASE WHEN kind NOT IN ('buy', 'sell') OR contract = '' THEN -1 WHEN taker THEN 0 ELSE 1 END AS TINYINT) AS maker
    FROM history AS h LEFT JOIN tokens USING (token)
    LEFT JOIN places ON h.condition = places.condition AND kind <> 'conversion'
    LEFT JOIN legs ON kind = 'conversion' AND h.condition = legs.event AND h.index_set = legs.index_set
    ORDER BY h.wallet, ts, block, log_index, part, "transaction", legs.condition"""
_UNKNOWN = """
    SELECT DISTINCT token FROM events ANTI JOIN tokens USING (token)
    WHERE kind IN ('buy', 'sell') AND wallet NOT IN (SELECT address FROM contracts) ORDER BY token"""


class Histories:
    """Events of some dumps, each once, and what is known of their markets; made by `opened`."""

    def __init__(
        self, base: duckdb.DuckDBPyConnection, dumps: list[Path], contracts: Iterable[str]
    ) -> None:
        """Read the files and find out who moved shares outside of trades.

        Args:
            base: an empty database on disk.
            dumps: folders that `import_dump` wrote.
            contracts: addresses that are no wallets, besides those whose logs are read.
        """
        self.base = base
        listed = ", ".join(f"'{_quoted(dump / 'events')}/*/*.parquet'" for dump in dumps)
        stored = f"read_parquet([{listed}], hive_partitioning = true, union_by_name = true)"
        addresses = sorted({*BY_ADDRESS, *contracts, NOBODY})
        self._given("contracts", pa.table({"address": addresses}))
        self.base.execute(
            f"CREATE VIEW events AS SELECT * FROM {stored}"
            if len(dumps) == 1
            else f"""CREATE VIEW events AS SELECT * FROM {stored} QUALIFY log_index IS NULL OR row_number() OVER (
                PARTITION BY bucket, "transaction", log_index, part ORDER BY ts NULLS LAST) = 1"""
        )
        self._check(stored, len(dumps))
        self.base.execute(_MOVED)

    def _check(self, stored: str, dumps: int) -> None:
        """Each wallet has to lie where this version of DuckDB would put it, and repeats have to be told from equals.

        Raises:
            ParameterError: one of the two is not so.
        """
        wrong = f"(SELECT DISTINCT bucket, wallet FROM {stored}) WHERE hash(wallet) % {BUCKETS} <> bucket"
        if self._any(wrong):
            raise ParameterError(
                "A dump was imported with another version of DuckDB, which parts wallets otherwise: import it again."
            )
        if dumps > 1 and self._any(f"{stored} WHERE log_index IS NULL"):
            raise ParameterError(
                "One of the dumps has fills without a place in a block, which cannot be told from those of the others: "
                "read it alone, or the others, with --from."
            )

    def _any(self, rows: str) -> bool:
        return self.base.execute(f"SELECT 1 FROM {rows} LIMIT 1").fetchone() is not None

    def _given(self, name: str, table: pa.Table) -> None:
        self.base.register("given_table", table)
        self.base.execute(f"CREATE TABLE {name} AS SELECT * FROM given_table")
        self.base.unregister("given_table")

    def learnt(self) -> pa.Table:
        """Markets as the chain's own splits show them: condition, first, second (tokens).

        A split mints both tokens in one transfer just before it; a market whose splits differ is left out.
        """
        return self.base.execute(_LEARNT).to_arrow_table()

    def resolutions(self) -> tuple[pa.Table, pa.Table]:
        """What shares pay by the chain's resolutions, and by what redemptions of one outcome paid: condition, first,
        second (millionths), ts; of a redemption the time of the first."""
        resolved, redeemed = (
            self.base.execute(query).to_arrow_table() for query in (_RESOLVED, _REDEEMED)
        )
        return resolved, redeemed

    def know(self, tokens: pa.Table, places: pa.Table) -> None:
        """Take what is known of markets, before histories are asked for.

        Args:
            tokens: token, outcome (a row number).
            places: condition, market (a row number), grouped (it is in a negative-risk group all of whose markets are known).
        """
        self._given("tokens", tokens)
        self._given("places", places)
        converted = self.base.execute(
            "SELECT DISTINCT condition, index_set FROM events WHERE kind = 'conversion'"
        )
        legs = [
            {"event": event, "index_set": bits, "condition": condition}
            for event, bits in converted.fetchall()
            for condition in given_up(event, int(bits))
        ]
        text = [(name, pa.string()) for name in ("event", "index_set", "condition")]
        self._given("given", pa.Table.from_pylist(legs, schema=pa.schema(text)))
        self.base.execute(_LEGS)

    def unknown_tokens(self) -> list[str]:
        """Tokens of fills that no market known here has."""
        return [row[0] for row in self.base.execute(_UNKNOWN).fetchall()]

    def by_bucket(self) -> Iterator[pa.Table]:
        """Histories of all wallets, some thousands of them at a time; see `of`."""
        for bucket in range(BUCKETS):
            yield self._rows(bucket)

    def of(self, wallet: str) -> pa.Table:
        """All rows of one wallet by time and place on the chain.

        Columns: wallet; trader, its number in the table; ts, -1 where the dump has no time; kind, a `ChainKind`;
        transaction, token, condition and index_set as the event has them; market and outcome, rows of the tables given to
        `know`, -1 where those know none; size_micro, cash_micro, fee_micro, fee_shares_micro, fee_bips; log, a number per
        log; maker, 1, 0, or -1 where it is not known. A conversion is one row per market whose NO it gave up.
        """
        bucket = self.base.execute(f"SELECT hash(?) % {BUCKETS}", [wallet]).fetchall()[0][0]
        return self._rows(bucket, wallet)

    def _rows(self, bucket: int, wallet: str | None = None) -> pa.Table:
        query = _HISTORY.format(bucket=bucket, buckets=BUCKETS)
        self.base.execute(query, {"wallet": wallet})
        return self.base.execute(_ACTIVITY).to_arrow_table()


@contextmanager
def opened(dumps: list[Path], work: Path, contracts: Iterable[str] = ()) -> Iterator[Histories]:
    """The histories in some dumps; what DuckDB needs meanwhile lies below `work` and is gone afterwards.

    Raises:
        ParameterError: a folder is no imported dump, or two of them cannot be read together.
    """
    statements(dumps)
    work.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=".histories-", dir=work))
    try:
        with duckdb.connect(str(place / "work.duckdb")) as base:
            base.execute(f"SET memory_limit = '{MEMORY}'; SET enable_progress_bar = false")
            base.execute(f"SET temp_directory = '{_quoted(place / 'spill')}'")
            base.execute("SET preserve_insertion_order = false")
            yield Histories(base, dumps, contracts)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def statements(dumps: list[Path]) -> dict[Path, dict[str, Any]]:
    """What the import of each dump said of its completeness.

    Raises:
        ParameterError: there is none, or a folder holds no imported dump.
    """
    if not dumps:
        raise ParameterError(
            "No dump of the chain is imported yet: begin with `smartmoney chain import PATH`."
        )
    found = {}
    for dump in dumps:
        try:
            found[dump] = json.loads((dump / STATEMENT).read_text())
        except (OSError, ValueError) as error:
            raise ParameterError(f"{dump} is no imported dump ({error}).") from error
    return found


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
