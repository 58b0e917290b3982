"""Lists as files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from smartmoney.spreadsheet import cell
from smartmoney.store.reads import Row


def as_csv(rows: Sequence[Row]) -> bytes:
    """Rows as UTF-8 CSV. Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows({key: cell(value) for key, value in row.items()} for row in rows)
    return out.getvalue().encode()


def as_parquet(rows: Sequence[Row]) -> bytes:
    """Rows as Parquet; decimals and times keep their types, nested values become JSON."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    flat = [{key: _flat(value) for key, value in row.items()} for row in rows]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(flat), sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _flat(value: Any) -> Any:
    nested = isinstance(value, list) and value and isinstance(value[0], dict)
    return json.dumps(value) if nested or isinstance(value, dict) else value
