"""A dump of logs or of decoded fills becomes Parquet files of events by wallet, whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from smartmoney.chain import queries
from smartmoney.chain.completeness import Completeness, Day, Match
from smartmoney.chain.decoding import RefusedLog, decode
from smartmoney.chain.events import ChainEvent, Log
from smartmoney.chain.schemas import TOPICS, DumpSchema, mapped, recognised
from smartmoney.errors import ParameterError

MEMORY = "2GB"
BATCH_ROWS = 50_000
STATEMENT = "completeness.json"
_READERS = {
    ".parquet": "read_parquet(%s, union_by_name = true)",
    ".csv": "read_csv(%s, all_varchar = true, union_by_name = true)",
    ".json": "read_json(%s, union_by_name = true)",
    ".jsonl": "read_json(%s, format = 'newline_delimited', union_by_name = true)",
}
_TEXT, _WHOLE = pa.string(), pa.int64()
_RAW = pa.schema(
    [(name, _TEXT) for name in ("kind", "wallet", "counterparty", "contract", "transaction")]
    + [(name, _WHOLE) for name in ("block", "log_index", "part")]
    + [(name, _TEXT) for name in ("token", "condition", "index_set")]
    + [(name, _WHOLE) for name in ("size_micro", "cash_micro", "fee_micro", "fee_shares_micro")]
    + [("fee_bips", _WHOLE), ("ts", _WHOLE), ("refused", _TEXT)]
)


def import_dump(path: Path, folder: Path, mapping: Path | None = None) -> Completeness:
    """Import one dump into a new folder.

    Args:
        path: a file, or a folder of files of one form: Parquet, CSV (also .csv.gz), JSON, JSON lines.
        folder: what is written: `events/bucket=N/` by wallet, and the statement of completeness. It must not exist;
            it appears when everything is in it.
        mapping: which column is which, where the form is not known; see `schemas.mapped`.

    Raises:
        ParameterError: the dump cannot be read or is of no known form, or the folder exists. Nothing is left.
    """
    if folder.exists():
        raise ParameterError(f"{folder} exists; a dump is imported into a folder of its own.")
    files, reader = _files(path)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        whole = staging / "whole"
        whole.mkdir()
        with duckdb.connect(str(staging / "work.duckdb")) as base:
            base.execute(f"SET memory_limit = '{MEMORY}'; SET preserve_insertion_order = false")
            base.execute(f"SET temp_directory = '{_quoted(staging / 'spill')}'")
            statement = _imported(base, files, reader, mapping, whole)
        (whole / STATEMENT).write_text(json.dumps(asdict(statement), default=str, indent=1))
        whole.rename(folder)
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise ParameterError(f"{path} cannot be read, and nothing was imported: {first}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return statement


def _files(path: Path) -> tuple[list[Path], str]:
    found = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    forms = {each: next((s for s in each.suffixes[-2:] if s in _READERS), None) for each in found}
    files = [each for each, form in forms.items() if form]
    kinds = {form for form in forms.values() if form}
    if len(kinds) != 1 or not path.exists():
        raise ParameterError(f"{path} holds no files of one form out of {', '.join(_READERS)}.")
    return files, _READERS[kinds.pop()]


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _imported(
    base: duckdb.DuckDBPyConnection,
    files: list[Path],
    reader: str,
    mapping: Path | None,
    whole: Path,
) -> Completeness:
    listed = "[" + ", ".join(f"'{_quoted(each)}'" for each in files) + "]"
    read = reader % listed
    present = [str(row[0]) for row in base.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()]
    schema = mapped(mapping, present) if mapping else recognised(present)
    columns = ", ".join(
        '"' + theirs.replace('"', '""') + f'" AS {ours}' for ours, theirs in schema.columns.items()
    )
    base.execute(f"CREATE VIEW source AS SELECT {columns} FROM {read}")
    if schema.logs:
        _decode_logs(base, schema)
    else:
        base.execute(queries.fills(schema))
    base.execute(queries.CONTRADICTED)
    [last, last_ts] = _row(base, queries.LAST)
    largest = 2**63 - 1
    bound = {"last": largest if last is None else last}
    bound["last_ts"] = largest if last_ts is None else last_ts
    base.execute(queries.EVENTS, bound)
    base.execute(queries.SHARES_REDEEMED)
    base.execute(queries.CONVERSION_FEES)
    statement = _statement(base, schema, bound)
    if not statement.events:
        raise ParameterError(
            "The dump has no event that can be kept: " + " ".join(statement.sentences())
        )
    base.execute(queries.COPY % _quoted(whole / "events"))
    return statement


def _row(base: duckdb.DuckDBPyConnection, query: str, bound: Any = None) -> tuple[Any, ...]:
    row = base.execute(query, bound).fetchone()
    assert row is not None
    return row


def _statement(
    base: duckdb.DuckDBPyConnection, schema: DumpSchema, bound: dict[str, int]
) -> Completeness:
    [rows] = _row(base, "SELECT count(*) FROM source")
    [events] = _row(base, "SELECT count(*) FROM events")
    [good, distinct] = _row(
        base,
        "SELECT count(*), count(DISTINCT (transaction, log_index, part, size_micro, cash_micro, wallet)) "
        "FROM raw WHERE refused IS NULL AND log_index IS NOT NULL",
    )
    [held_back] = _row(
        base,
        "SELECT count(*) FROM raw WHERE refused IS NULL "
        "AND CASE WHEN log_index IS NULL THEN ts >= $last_ts ELSE block >= $last END",
        bound,
    )
    return Completeness(
        schema=schema.name,
        lacks=schema.lacks,
        rows=rows,
        events=events,
        doubled=good - distinct,
        held_back=held_back,
        refused=dict(base.execute(queries.REFUSED).fetchall()),
        contradicted=[row[0] for row in base.execute(queries.NAMED).fetchall()],
        unbalanced=[Match(*row) for row in base.execute(queries.UNBALANCED).fetchall()],
        fees_unknown=_row(base, queries.FEES_UNKNOWN)[0],
        kinds=dict(base.execute(queries.KINDS).fetchall()),
        fills_only=not schema.logs,
        days=[Day(*row[:3]) for row in base.execute(queries.DAYS).fetchall()],
    )


def _decode_logs(base: duckdb.DuckDBPyConnection, schema: DumpSchema) -> None:
    listed = ", ".join(topic for topic in TOPICS if schema.has(topic))
    topics = "topics" if schema.has("topics") else f"[{listed}]"
    rows = base.cursor().execute(
        f"SELECT address, {topics} AS topics, data, transaction, CAST(block AS VARCHAR), "
        f"CAST(log_index AS VARCHAR), {queries.time(schema)} FROM source"
    )
    base.register("nothing", _RAW.empty_table())
    base.execute("CREATE TABLE raw AS SELECT * FROM nothing")
    while batch := rows.fetchmany(BATCH_ROWS):
        decoded = [event for row in batch for event in _raw_rows(row)]
        base.register("batch", pa.Table.from_pylist(decoded, schema=_RAW))
        base.execute("INSERT INTO raw SELECT * FROM batch")


def _raw_rows(row: tuple[Any, ...]) -> Iterator[dict[str, Any]]:
    *fields, ts = row
    try:
        log = _log(*fields)
    except (ParameterError, TypeError, ValueError):
        yield {"refused": "a row that is no log", "transaction": str(row[3])}
        return
    decoded = decode(log)
    if isinstance(decoded, RefusedLog):
        where = {"transaction": log.transaction, "block": log.block, "log_index": log.index}
        yield {**where, "refused": decoded.why.value, "contract": log.address, "ts": ts}
        return
    for event in decoded:
        yield {**_fields(event), "ts": ts, "refused": None}


def _fields(event: ChainEvent) -> dict[str, Any]:
    index_set = str(event.index_set) if event.index_set else ""
    return {**vars(event), "kind": event.kind.value, "index_set": index_set}


def _log(address: Any, topics: Any, data: Any, transaction: Any, block: str, index: str) -> Log:
    given = json.loads(topics) if isinstance(topics, str) else topics
    return Log.of(
        {
            "address": _text(address),
            "topics": [_text(topic) for topic in given if topic],
            "data": _text(data),
            "transactionHash": _text(transaction),
            "blockNumber": int(block, 0),
            "logIndex": int(index, 0),
        }
    )


def _text(value: str | bytes) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else value
