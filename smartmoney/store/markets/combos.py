"""Legs of combos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson
from psycopg import Connection

from smartmoney.polymarket.types import ComboRecord
from smartmoney.store.sql import Statements

SQL = Statements(__file__)


def save_legs(connection: Connection[Any], combos: Sequence[ComboRecord]) -> None:
    """Keep the legs of combos whose markets are stored; what a leg became is refreshed."""
    rows = [
        {"combo": combo.condition_id, "leg_index": leg.index, **asdict(leg)}
        for combo in combos
        for leg in combo.legs
    ]
    if rows:
        SQL.run(connection, "save_legs", rows=orjson.dumps(rows).decode())
