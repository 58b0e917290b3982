"""What DuckDB is asked while a dump is imported; values are bound or come from constants of this package."""

from __future__ import annotations

from smartmoney.chain.contracts import BY_ADDRESS
from smartmoney.chain.schemas import DumpSchema

EVENT_COLUMNS = (
    "kind, wallet, counterparty, contract, transaction, block, log_index, part, token, condition, index_set, "
    "size_micro, cash_micro, fee_micro, fee_shares_micro, taker, ts"
)
LATEST = 2**33
"""Seconds; what claims to be later is no time."""
BUCKETS = 64
"""Partitions by wallet: all events of one wallet lie in one of them."""

_IN = ", ".join(f"'{address}'" for address in BY_ADDRESS)
_V1 = ", ".join(
    f"'{address}'" for address, contract in BY_ADDRESS.items() if "OrderFilled/1" in contract.events
)


def fills(schema: DumpSchema) -> str:
    """A table `raw` of fills, a reason beside each that is none."""

    def column(name: str, otherwise: str = "NULL") -> str:
        return f"CAST({name} AS VARCHAR)" if schema.has(name) else otherwise

    if schema.has("maker_asset"):
        buys, token = "gave = '0'", "CASE WHEN gave = '0' THEN got ELSE gave END"
        trade = "(gave = '0') <> (got = '0')"
        given = f"{column('maker_asset')} AS gave, {column('taker_asset')} AS got"
    else:
        buys, token = "gave IN ('0', 'BUY', 'buy')", "got"
        trade = "gave IN ('0', '1', 'BUY', 'SELL', 'buy', 'sell') AND got <> '0'"
        given = f"{column('side')} AS gave, {column('token')} AS got"
    contract = f"lower({column('contract', chr(39) * 2)})"
    return f"""
    CREATE TABLE raw AS
    WITH named AS (
        SELECT lower(maker) AS wallet, lower(taker) AS counterparty, {given},
            CASE WHEN {contract} = '' AND lower(taker) IN ({_IN}) THEN lower(taker) ELSE {contract} END AS contract,
            lower(transaction) AS transaction, TRY_CAST({column("block")} AS BIGINT) AS block,
            TRY_CAST({column("log_index")} AS BIGINT) AS log_index,
            TRY_CAST(maker_amount AS BIGINT) AS made, TRY_CAST(taker_amount AS BIGINT) AS took,
            TRY_CAST({column("fee", "'0'")} AS BIGINT) AS fee, {time(schema)} AS ts
        FROM source)
    SELECT CASE WHEN {buys} THEN 'buy' ELSE 'sell' END AS kind, wallet, counterparty, contract, transaction,
        block, log_index, 0 AS part, {token} AS token, '' AS condition, '' AS index_set,
        CASE WHEN {buys} THEN took ELSE made END AS size_micro,
        CASE WHEN {buys} THEN made ELSE took END AS cash_micro,
        CASE WHEN {buys} AND contract IN ({_V1}) THEN 0 ELSE fee END AS fee_micro,
        CASE WHEN {buys} AND contract IN ({_V1}) THEN fee ELSE 0 END AS fee_shares_micro,
        counterparty IN ({_IN}) AS taker, ts,
        CASE WHEN contract <> '' AND contract NOT IN ({_IN}) THEN 'unknown contract'
            WHEN NOT coalesce({trade}, false) THEN 'a fill that is no trade of one token for collateral'
            WHEN made IS NULL OR took IS NULL OR fee IS NULL OR made < 0 OR took < 0 OR fee < 0
                THEN 'an amount beyond what a book holds'
            WHEN NOT coalesce(regexp_full_match(wallet, '0x[0-9a-f]{{40}}')
                AND regexp_full_match(transaction, '0x[0-9a-f]{{64}}'), false)
                THEN 'data that is no encoding of its event' END AS refused
    FROM named"""


def time(schema: DumpSchema) -> str:
    """The time of a row in seconds: a number, hexadecimal as nodes write it, or text of a time."""
    if not schema.has("ts"):
        return "CAST(NULL AS BIGINT)"
    text = "CAST(ts AS VARCHAR)"
    whole = f"TRY_CAST({text} AS BIGINT), TRY_CAST(epoch(TRY_CAST({text} AS TIMESTAMP)) AS BIGINT)"
    seconds = f"coalesce({whole})"
    return f"CASE WHEN {seconds} BETWEEN 0 AND {LATEST} THEN {seconds} END"


CONTRADICTED = """
    CREATE TABLE contradicted AS
    SELECT transaction, log_index FROM (SELECT DISTINCT * FROM raw WHERE refused IS NULL AND log_index IS NOT NULL)
    GROUP BY transaction, log_index, part HAVING count(*) > 1"""

LAST = "SELECT max(block), max(ts) FROM raw"

EVENTS = f"""
    CREATE TABLE events AS
    SELECT DISTINCT {EVENT_COLUMNS} FROM raw ANTI JOIN contradicted USING (transaction, log_index)
    WHERE refused IS NULL AND log_index IS NOT NULL AND (block IS NULL OR block < $last)
    UNION ALL
    SELECT {EVENT_COLUMNS} FROM raw WHERE refused IS NULL AND log_index IS NULL AND coalesce(ts < $last_ts, true)"""

UNBALANCED = """
    SELECT transaction, list(DISTINCT wallet) FROM events WHERE kind IN ('buy', 'sell') AND contract <> ''
    GROUP BY transaction, contract
    HAVING sum(size_micro) FILTER (taker) IS DISTINCT FROM sum(size_micro) FILTER (NOT taker)
    ORDER BY transaction"""
"""Transactions whose resting orders do not add up to what the order that took got: a log is missing, or wrong."""

DAYS = """
    SELECT contract, CAST(make_timestamp(ts * 1000000) AS DATE) AS day, count(*), min(block), max(block)
    FROM events GROUP BY ALL ORDER BY contract, day"""

REFUSED = (
    "SELECT refused, count(*) FROM raw WHERE refused IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
)
NAMED = """
    SELECT DISTINCT wallet FROM raw JOIN contradicted USING (transaction, log_index) WHERE wallet <> '' ORDER BY 1"""

COPY = f"""
    COPY (SELECT *, CAST(hash(wallet) %% {BUCKETS} AS INTEGER) AS bucket FROM events
        ORDER BY bucket, wallet, block, log_index, part)
    TO '%s' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (bucket))"""
