"""The forms of public dumps, told by their columns; any other form is described by a mapping file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from smartmoney.errors import ParameterError

LOG_COLUMNS = ("address", "data", "transaction", "block", "log_index")
TOPICS = ("topic0", "topic1", "topic2", "topic3")
FILL_COLUMNS = ("maker", "taker", "maker_amount", "taker_amount", "transaction")
OPTIONAL = ("topics", *TOPICS, "ts", "contract", "block", "log_index", "fee")
ASSETS = ("maker_asset", "taker_asset")
"""Of a fill of version 1: what the order gave and got, 0 being collateral."""
SIDED = ("side", "token")
"""Of a fill of later versions."""


@dataclass(frozen=True)
class DumpSchema:
    """How one kind of dump names what is read from it.

    Attributes:
        name: for people.
        columns: our name of a column to the dump's.
        lacks: what such a dump cannot say, as a sentence; "" where it says all.
    """

    name: str
    columns: Mapping[str, str]
    lacks: str = ""

    @property
    def logs(self) -> bool:
        """Rows are raw logs, not decoded fills."""
        return "data" in self.columns

    def has(self, column: str) -> bool:
        """Whether the dump has that column of ours."""
        return column in self.columns


_NODE = {
    "address": "address",
    "topics": "topics",
    "data": "data",
    "transaction": "transactionHash",
    "block": "blockNumber",
    "log_index": "logIndex",
}
_TABLE = {
    "address": "address",
    "data": "data",
    "transaction": "transaction_hash",
    "block": "block_number",
    "log_index": "log_index",
}
_SUBGRAPH = {
    "ts": "timestamp",
    "maker": "maker",
    "taker": "taker",
    "maker_asset": "makerAssetId",
    "taker_asset": "takerAssetId",
    "maker_amount": "makerAmountFilled",
    "taker_amount": "takerAmountFilled",
    "transaction": "transactionHash",
}
_ANALYSIS = {
    "block": "block_number",
    "log_index": "log_index",
    "transaction": "transaction_hash",
    "maker": "maker",
    "taker": "taker",
    "maker_asset": "maker_asset_id",
    "taker_asset": "taker_asset_id",
    "maker_amount": "maker_amount",
    "taker_amount": "taker_amount",
    "fee": "fee",
}
_UNTIMED = "It has no time: days are not known."
KNOWN = (
    DumpSchema("logs with times, as newer nodes answer", {**_NODE, "ts": "blockTimestamp"}),
    DumpSchema("logs as a node answers", _NODE, _UNTIMED),
    DumpSchema(
        "logs as tables with times",
        {**_TABLE, **{topic: topic for topic in TOPICS}, "ts": "block_timestamp"},
    ),
    DumpSchema("logs as tables", {**_TABLE, **{topic: topic for topic in TOPICS}}, _UNTIMED),
    DumpSchema(
        "logs as tables, topics in a list, with times",
        {**_TABLE, "topics": "topics", "ts": "block_timestamp"},
    ),
    DumpSchema("logs as tables, topics in a list", {**_TABLE, "topics": "topics"}, _UNTIMED),
    DumpSchema(
        "fills of the orderbook subgraph (poly_data, orderFilled.csv)",
        _SUBGRAPH,
        "It has no contract, block, place in the block or fee: rows that are equal cannot be told from doubled ones, "
        "books are before fees, and nothing after 2026-04-28 is in it.",
    ),
    DumpSchema(
        "fills with contracts (prediction-market-analysis)",
        {**_ANALYSIS, "contract": "_contract", "ts": "timestamp"},
    ),
    DumpSchema("fills by block (prediction-market-analysis)", _ANALYSIS, _UNTIMED),
)


def recognised(present: Iterable[str]) -> DumpSchema:
    """The first known form all of whose columns are there.

    Raises:
        ParameterError: there is none.
    """
    names = {*present}
    for schema in KNOWN:
        if names >= {*schema.columns.values()}:
            return schema
    raise ParameterError(
        f"This is no dump we know (its columns: {', '.join(sorted(names))[:300]}); "
        "say with --mapping FILE which column is which."
    )


def mapped(path: Path, present: Iterable[str]) -> DumpSchema:
    """The form that a mapping file describes: a JSON object from our names to the dump's.

    Raises:
        ParameterError: it cannot be read, names a column that is not there, or leaves one out that is needed.
    """
    try:
        columns = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ParameterError(f"The mapping {path} cannot be read: {error}.") from error
    known = {*LOG_COLUMNS, *FILL_COLUMNS, *OPTIONAL, *ASSETS, *SIDED}
    if not isinstance(columns, dict) or not {*columns} <= known:
        raise ParameterError(
            f"A mapping is an object with names out of {', '.join(sorted(known))}."
        )
    absent = {str(column) for column in columns.values()} - {*present}
    if absent:
        raise ParameterError(f"The dump has no column {', '.join(sorted(absent))}.")
    schema = DumpSchema(f"mapped by {path.name}", columns)
    if missing := _missing(schema):
        raise ParameterError(f"The mapping leaves out {', '.join(missing)}.")
    return schema


def _missing(schema: DumpSchema) -> list[str]:
    if schema.logs:
        topics = [] if schema.has("topics") or schema.has("topic0") else ["topics or topic0"]
        return [name for name in LOG_COLUMNS if not schema.has(name)] + topics
    assets = all(map(schema.has, ASSETS)) or all(map(schema.has, SIDED))
    unsaid = [] if assets else ["maker_asset and taker_asset, or side and token"]
    return [name for name in FILL_COLUMNS if not schema.has(name)] + unsaid
