"""What DuckDB is asked while a dump is imported; values are bound or come from constants of this package."""

from __future__ import annotations

from smartmoney.chain.contracts import BY_ADDRESS, EXCHANGES, TOKENS
from smartmoney.chain.schemas import DumpSchema

EVENT_COLUMNS = (
    "kind, wallet, counterparty, contract, transaction, block, log_index, part, token, condition, index_set, "
    "size_micro, cash_micro, fee_micro, fee_shares_micro, fee_bips, ts"
)
LATEST = 2**33
"""Seconds; what claims to be later is no time."""
BUCKETS = 64
"""Partitions by wallet: all events of one wallet lie in one of them."""

_IN = ", ".join(f"'{address}'" for address in sorted(EXCHANGES))
_TAKER = "kind IN ('buy', 'sell') AND contract <> '' AND counterparty = contract"
"""As `ChainEvent.taker`."""
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
    WITH read AS (
        SELECT lower(maker) AS wallet, lower(taker) AS counterparty, {given},
            CASE WHEN {contract} = '' AND lower(taker) IN ({_IN}) THEN lower(taker) ELSE {contract} END AS contract,
            lower(transaction) AS transaction, TRY_CAST({column("block")} AS BIGINT) AS block,
            TRY_CAST({column("log_index")} AS BIGINT) AS log_index,
            TRY_CAST(maker_amount AS BIGINT) AS made, TRY_CAST(taker_amount AS BIGINT) AS took,
            TRY_CAST({column("fee", "'0'")} AS BIGINT) AS fee, {time(schema)} AS ts
        FROM source),
    named AS (SELECT * REPLACE ({_exchange(schema)} AS contract) FROM read)
    SELECT CASE WHEN {buys} THEN 'buy' ELSE 'sell' END AS kind, wallet, counterparty, contract, transaction,
        block, log_index, 0 AS part, {token} AS token, '' AS condition, '' AS index_set,
        CASE WHEN {buys} THEN took ELSE made END AS size_micro,
        CASE WHEN {buys} THEN made ELSE took END AS cash_micro,
        CASE WHEN {buys} AND contract IN ({_V1}) THEN 0 ELSE fee END AS fee_micro,
        CASE WHEN {buys} AND contract IN ({_V1}) THEN fee ELSE 0 END AS fee_shares_micro,
        -1 AS fee_bips, ts,
        CASE WHEN contract <> '' AND contract NOT IN ({_IN}) THEN 'unknown contract'
            WHEN NOT coalesce({trade}, false) THEN 'a fill that is no trade of one token for collateral'
            WHEN made IS NULL OR took IS NULL OR fee IS NULL OR made < 0 OR took < 0 OR fee < 0
                THEN 'an amount beyond what a book holds'
            WHEN NOT coalesce(regexp_full_match(wallet, '0x[0-9a-f]{{40}}')
                AND regexp_full_match(transaction, '0x[0-9a-f]{{64}}'), false)
                THEN 'data that is no encoding of its event' END AS refused
    FROM named"""


def _exchange(schema: DumpSchema) -> str:
    """Where a form names no contract, the only exchange that an order of the same transaction took at."""
    if schema.has("contract"):
        return "contract"
    named = "nullif(contract, '')"
    one, other = (f"{each}({named}) OVER (PARTITION BY transaction)" for each in ("min", "max"))
    return f"CASE WHEN contract <> '' THEN contract WHEN {one} = {other} THEN {one} ELSE '' END"


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
    SELECT DISTINCT {EVENT_COLUMNS}, {_TAKER} AS taker FROM raw ANTI JOIN contradicted USING (transaction, log_index)
    WHERE refused IS NULL AND log_index IS NOT NULL AND (block IS NULL OR block < $last)
    UNION ALL
    SELECT {EVENT_COLUMNS}, {_TAKER} AS taker FROM raw WHERE refused IS NULL AND log_index IS NULL AND coalesce(ts < $last_ts, true)"""

SHARES_REDEEMED = f"""
    UPDATE events SET size_micro = burnt.size FROM (
        SELECT own.transaction, own.log_index, sum(burn.size_micro) AS size
        FROM (SELECT * FROM events WHERE kind = 'transfer' AND contract = '{TOKENS}'
            AND counterparty = '0x{"0" * 40}') AS burn
        ASOF JOIN (SELECT * FROM events WHERE kind IN ('split', 'merge', 'redeem') AND contract = '{TOKENS}') AS own
            ON burn.transaction = own.transaction AND burn.log_index < own.log_index
        WHERE own.kind = 'redeem' AND own.wallet = burn.wallet GROUP BY ALL
        HAVING sum(burn.size_micro) < {2**63}) AS burnt
    WHERE events.kind = 'redeem' AND events.size_micro = -1 AND events.contract = '{TOKENS}'
        AND events.transaction = burnt.transaction AND events.log_index = burnt.log_index"""
"""A redemption that does not name its shares burnt them just before it, after whatever else the contract wrote."""

CONVERSION_FEES = """
    UPDATE events SET fee_bips = market.bips, fee_shares_micro = CAST(size_micro::HUGEINT * market.bips // 10000 AS BIGINT),
        fee_micro = CASE WHEN size_micro = 0 THEN 0 ELSE CAST(
            cash_micro // size_micro * (size_micro::HUGEINT * market.bips // 10000) AS BIGINT) END
    FROM (SELECT condition, contract, max(fee_bips) AS bips FROM events WHERE kind = 'market' GROUP BY ALL) AS market
    WHERE events.kind = 'conversion' AND events.condition = market.condition AND events.contract = market.contract"""
"""What a conversion is short of: its part of each share received, and of each dollar."""

FEES_UNKNOWN = "SELECT count(*) FROM events WHERE kind = 'conversion' AND fee_bips = -1"

UNBALANCED = """
    WITH fills AS (
        SELECT transaction, contract, wallet, token, taker, size_micro,
            CASE kind WHEN 'buy' THEN size_micro ELSE -size_micro END AS shares,
            CASE kind WHEN 'buy' THEN cash_micro ELSE -cash_micro END AS cash
        FROM events WHERE kind IN ('buy', 'sell') AND contract <> ''),
    nets AS (SELECT transaction, contract, token, sum(shares) AS net FROM fills GROUP BY ALL HAVING sum(shares) <> 0),
    wrong AS (
        SELECT transaction, contract FROM fills GROUP BY ALL
        HAVING sum(size_micro) FILTER (taker) IS DISTINCT FROM sum(size_micro) FILTER (NOT taker)
            OR abs(sum(shares) - 2 * sum(cash)) > 2 * count(*)
        UNION
        SELECT transaction, contract FROM (
            SELECT transaction, contract, net FROM nets GROUP BY ALL HAVING count(*) % 2 = 1))
    SELECT transaction, contract, list(DISTINCT wallet ORDER BY wallet) FROM fills JOIN wrong USING (transaction, contract)
    GROUP BY ALL ORDER BY transaction, contract"""
"""Matches that do not add up, so that a log is missing or wrong.

Resting orders give what the order that took gets. A pair of shares is made of one dollar or becomes one, so that shares
bought less shares sold are twice the cash, to a millionth a fill; and of the two tokens of a market as many are made.
"""

KINDS = "SELECT contract, list(DISTINCT kind ORDER BY kind) FROM events GROUP BY contract ORDER BY contract"

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
