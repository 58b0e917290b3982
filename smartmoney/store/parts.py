"""Per wallet, its part of the score: what the global step needs of it, kept so that a run reads only wallets with news."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from psycopg import Connection

from smartmoney.metrics import Measures

RECORD = np.dtype([(name, "<i8") for name in Measures.__dataclass_fields__])
"""One wallet's measures: every field in eight bytes, floats as their own bits."""


def packed(measures: Measures) -> np.ndarray:
    """Measures as an array of RECORD."""
    rows = np.zeros(len(measures), RECORD)
    for name, values in measures.arrays().items():
        rows[name] = values.astype("<f8").view("<i8") if values.dtype.kind == "f" else values
    return rows


def unpacked(rows: np.ndarray) -> Measures:
    """The inverse of `packed`."""
    example = Measures.__annotations__
    return Measures(
        **{
            name: rows[name].copy().view("<f8") if "Float" in str(example[name]) else _whole(name, rows[name])
            for name in RECORD.names or ()
        }
    )


def _whole(name: str, values: np.ndarray) -> np.ndarray:
    kinds = {"trader": np.int32, "best_category": np.int16}
    return values.astype(kinds.get(name, np.int64))


def save_parts(connection: Connection[Any], measures: Measures, version: str, read_to: datetime) -> None:
    """Keep the measures of some wallets.

    Args:
        version: of formulas and categories; parts of another version are not read back.
        read_to: all activity up to this second is in them.
    """
    connection.execute(
        "create temporary table if not exists stage_part (trader_id integer, part bytea) on commit delete rows"
    )
    with connection.cursor() as cursor, cursor.copy("copy stage_part from stdin") as copy:
        for trader, row in zip(measures.trader.tolist(), packed(measures), strict=True):
            copy.write_row((trader, row.tobytes()))
    connection.execute(
        "insert into ledger_state as l (trader_id, covered_to, version, part) select trader_id, %s, %s, part from stage_part "
        "on conflict (trader_id) do update set covered_to = excluded.covered_to, version = excluded.version, "
        "part = excluded.part",
        [read_to, version],
    )
    connection.execute("truncate stage_part")


def load_parts(connection: Connection[Any], version: str) -> Measures:
    """The kept measures of all wallets of this version, ascending by wallet."""
    rows = connection.execute(
        "select part from ledger_state where version = %s order by trader_id", [version]
    ).fetchall()
    return unpacked(np.frombuffer(b"".join(row[0] for row in rows), RECORD))


def current_parts(connection: Connection[Any], version: str) -> set[int]:
    """Wallets whose kept measures are of this version."""
    return {
        row[0]
        for row in connection.execute("select trader_id from ledger_state where version = %s", [version])
    }
