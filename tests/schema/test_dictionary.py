"""Every name that people meet has one entry in the dictionary, and every entry is true of the database."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from smartmoney import schema
from smartmoney.api.models import markets, traders
from smartmoney.api.models.base import Model, described
from smartmoney.api.wire import camel
from smartmoney.metrics import FLAGS
from smartmoney.schema import Column, Dataset, On, Topic
from smartmoney.scoring.constants import TIERS
from smartmoney.store.db import Store
from smartmoney.store.frame_tables import TABLES

PACKAGE = Path(schema.__file__).parents[1]
DATASETS = {name: each for name, each in vars(schema).items() if isinstance(each, Dataset)}
PLACES = {"trader", "trader_score", "trader_event", "market", "outcome", "trade", "position"}
ALIASES = {"smart": "market_smart_stats", "first": "outcome"} | {name: name for name in PLACES}
OURS = {
    "trader": {"id", "updated_at"},
    "trader_score": {"trader_id", "run_id"},
    "trader_event": {"trader_id"},
    "market": {
        "gamma_id",
        "question_id",
        "neg_risk_market_id",
        "version",
        "created_at",
        "fee_rate",
        "resolution_seen_at",
        "first_seen_at",
        "updated_at",
        "history_at",
    },
    "market_smart_stats": {"market_id", "liquidity"},
    "outcome": {"id", "market_id"},
    "trade": {"trader_id", "outcome_id"},
    "position": {"trader_id", "outcome_id", "market_id", "total_bought_micro", "last_event_at"},
}
"""Columns that are the house's own: no page, frame or REST body shows them."""


def every_column() -> Iterator[tuple[str, Column]]:
    for name, dataset in DATASETS.items():
        for column in dataset:
            yield name, column


@pytest.fixture
def types(owner: Store) -> dict[str, dict[str, tuple[str, bool]]]:
    """By table and column: the PostgreSQL type without its precision, and whether it may be null."""
    with owner.raw() as connection:
        rows = connection.execute(
            "select relname, attname, format_type(atttypid, null), not attnotnull from pg_attribute "
            "join pg_class on pg_class.oid = attrelid where relname = any(%s) and attnum > 0 and not attisdropped",
            [list(ALIASES.values())],
        ).fetchall()
    found: dict[str, dict[str, tuple[str, bool]]] = {}
    for table, name, kind, nullable in rows:
        kind = kind.replace("timestamp with time zone", "timestamptz")
        found.setdefault(table, {})[name] = (kind, nullable)
    return found


def test_each_column_of_the_tables_people_read_has_an_entry(
    types: dict[str, dict[str, tuple[str, bool]]],
) -> None:
    named = {
        (ALIASES[alias], name)
        for _, column in every_column()
        for alias, name in re.findall(r"\b(\w+)\.(\w+)", column.expression)
        if alias in ALIASES
    }
    for table, columns in types.items():
        known = {name for where, name in named if where == table}
        assert set(columns) - known - OURS[table] == set(), table
        assert OURS[table] <= set(columns), table


def test_types_and_missing_values_are_those_of_the_database(
    types: dict[str, dict[str, tuple[str, bool]]],
) -> None:
    wrong = []
    for dataset, column in every_column():
        alias, _, name = column.expression.partition(".")
        if alias not in ALIASES or not name.isidentifier():
            continue
        kind, nullable = types[ALIASES[alias]][name]
        if kind != column.sql and not (column.scale and kind in ("bigint", "integer")):
            wrong.append(f"{dataset}.{column.name} is {kind}, not {column.sql}")
        if nullable and not column.nullable:
            wrong.append(f"{dataset}.{column.name} may be null, and nothing says why")
    assert wrong == []


def test_an_entry_says_what_it_must() -> None:
    for dataset, column in every_column():
        assert column.label and column.means.endswith((".", "?")), (dataset, column.name)
        assert not column.missing.endswith("."), (dataset, column.name)
        assert column.means[0].isupper() or column.means[0] in "Σ(`16", (dataset, column.name)
        for name in re.findall(r"`([a-z_0-9]+)`", column.means):
            assert any(name in each for each in DATASETS.values()), (dataset, column.name, name)


def test_words_of_the_house_are_those_of_the_dictionary() -> None:
    assert tuple(schema.FLAGS) == FLAGS
    assert schema.TIERS == TIERS


def test_frames_show_columns_of_the_dictionary_only() -> None:
    known = {column.means for _, column in every_column()}
    for name, table in TABLES.items():
        for column in table.columns.values():
            assert column.means in known, (name, column.name)


ROWS = [
    (traders.TraderRow, schema.TRADER.on(On.LIST)),
    (traders.TraderDetail, schema.TRADER.on(On.LIST | On.DETAIL)),
    (traders.PositionRow, tuple(schema.POSITION)),
    (traders.TradeRow, schema.WALLET_FILL),
    (traders.ScoreRow, tuple(schema.SCORE)),
    (traders.DailyRow, tuple(schema.DAY)),
    (markets.MarketRow, schema.MARKET.on(On.LIST)),
    (markets.SmartRow, tuple(schema.SMART_MARKET)),
    (markets.MarketDetail, schema.MARKET_DETAIL),
    (markets.HolderRow, tuple(schema.HOLDER)),
    (markets.MarketTradeRow, schema.MARKET_FILL),
]


@pytest.mark.parametrize("model, columns", ROWS, ids=[model.__name__ for model, _ in ROWS])
def test_rest_rows_say_what_the_dictionary_says(
    model: type[Model], columns: tuple[Column, ...]
) -> None:
    properties = model.model_json_schema()["properties"]
    assert list(properties) == [camel(column.name) for column in columns]
    for column in columns:
        assert properties[camel(column.name)]["description"] == described(column).description


def test_no_body_of_the_api_describes_a_column_again() -> None:
    known = {column.name for column in schema.TRADER if column.topic is not Topic.NONE}
    known |= {"address", "question", "outcome", "outcome_index", "condition_id", "tx_hash"}
    again = []
    for path in sorted((PACKAGE / "api" / "models").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                value = node.value
                plain = isinstance(value, ast.Call) and getattr(value.func, "id", "") == "field"
                if node.target.id in known and plain:
                    again.append(f"{path.name}: {node.target.id}")
    assert again == []


def test_no_sentence_of_the_dictionary_is_written_twice() -> None:
    meanings = {column.means for _, column in every_column()}
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parent.name == "schema":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value not in meanings, (path.name, node.value)
