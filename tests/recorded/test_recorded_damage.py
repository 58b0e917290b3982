"""A damaged recording: one sentence that names file, row and remedy, and no world at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from polymarket_sim.recorded import load_recording
from smartmoney.errors import RecordingError

pytestmark = pytest.mark.shared
Copy = Callable[[str], Path]
MIDTERMS, TRADES, ACTIVITY = "midterms2022", "wallet_0xee50", "wallet_0x4f34"
NOBODY = "0x" + "ab" * 32


def spoil_parquet(file: Path, row: int, column: str, value: Any) -> None:
    """Overwrite one value of the row-th row (from 1)."""
    table = pq.read_table(file)
    values = table.column(column).to_pylist()
    values[row - 1] = value
    kind = table.schema.field(column).type
    pq.write_table(
        table.set_column(table.schema.get_field_index(column), column, pa.array(values, kind)), file
    )


def spoil_json(file: Path, row: int, change: dict[str, Any]) -> None:
    """Overwrite fields of the row-th object (from 1); None drops the field."""
    rows = json.loads(file.read_text(encoding="utf-8"))
    rows[row - 1] = {
        name: value for name, value in (rows[row - 1] | change).items() if value is not None
    }
    file.write_text(json.dumps(rows), encoding="utf-8")


def refused(folder: Path) -> str:
    """The message of the refusal: one line that ends with the remedy."""
    with pytest.raises(RecordingError) as caught:
        load_recording(folder)
    message = str(caught.value)
    assert "\n" not in message and re.search(
        r"(copy the recording again from its source|of the folders)\.$", message
    )
    return message


@pytest.mark.parametrize(
    ("set_name", "column", "value", "clause"),
    [
        (MIDTERMS, "Shares", None, "Shares is missing"),
        (MIDTERMS, "Shares", float("nan"), "Shares is nan, not a number from 0"),
        (MIDTERMS, "Shares", -3.0, "Shares is -3.0, not a number from 0"),
        (MIDTERMS, "Amount", float("inf"), "Amount is inf, not a number from 0"),
        (MIDTERMS, "Amount", 1e30, "Amount is 1e+30, not a number from 0"),
        (MIDTERMS, "Price", 1.5, "Price is 1.5, not a number from 0 to 1"),
        (
            MIDTERMS,
            "Timestamp",
            "2022-13-01 10:00:00",
            "Timestamp is '2022-13-01 10:00:00', not a moment like",
        ),
        (MIDTERMS, "Timestamp", "", "Timestamp is missing"),
        (MIDTERMS, "Account", "0x1234", "Account is '0x1234', not an address"),
        (MIDTERMS, "Account", None, "Account is missing"),
        (MIDTERMS, "Type", "Hold", "Type is 'Hold', not one of 'Buy', 'Sell'"),
        (MIDTERMS, "Outcome", "Libertarian", "Outcome is 'Libertarian', not one of"),
        (MIDTERMS, "Outcome", "Yes", "Outcome does not fit the other rows of its market"),
        (MIDTERMS, "market_short_name", "atlantis", "market_short_name is 'atlantis'"),
        (MIDTERMS, "csv_row", 1, "csv_row of us_senate_overall is 1 once more"),
        (TRADES, "size", None, "size is missing"),
        (TRADES, "price", 1.0001, "price is 1.0001, not a number from 0 to 1"),
        (TRADES, "side", "HOLD", "side is 'HOLD', not one of 'BUY', 'SELL'"),
        (
            TRADES,
            "timestamp",
            1_764_816_217_000,
            "timestamp is 1764816217000, not a moment in Unix seconds",
        ),
        (TRADES, "transactionHash", "0xzz", "transactionHash is '0xzz', not an identifier"),
        (TRADES, "conditionId", NOBODY, "not one of those the recording lists"),
        (TRADES, "asset", "12345", "asset 12345 is not the token of outcome"),
        (TRADES, "outcome", "Maybe", "outcome is 'Maybe' where outcome"),
        (TRADES, "outcomeIndex", 999, "outcomeIndex is 999, not one of 0, 1"),
        (TRADES, "proxyWallet", "me", "proxyWallet is 'me', not an address"),
    ],
)
def test_a_damaged_parquet_row(
    copied: Copy, set_name: str, column: str, value: Any, clause: str
) -> None:
    folder = copied(set_name)
    spoil_parquet(folder / "trades.parquet", 7, column, value)
    message = refused(folder)
    assert message.startswith(f"{set_name}/trades.parquet, row 7: ")
    assert clause in message


@pytest.mark.parametrize(
    ("set_name", "file", "change", "clause"),
    [
        (
            ACTIVITY,
            "onchain_activity.json",
            {"usdcSize": "lots"},
            "usdcSize is 'lots', not a number",
        ),
        (ACTIVITY, "onchain_activity.json", {"usdcSize": None}, "usdcSize is missing"),
        (ACTIVITY, "onchain_activity.json", {"type": "GIFT"}, "type is 'GIFT', not one of"),
        (
            ACTIVITY,
            "onchain_activity.json",
            {"timestamp": "today"},
            "timestamp is 'today', not a moment",
        ),
        (
            ACTIVITY,
            "onchain_activity.json",
            {"conditionId": "0x12"},
            "conditionId is '0x12', not an identifier",
        ),
        (ACTIVITY, "onchain_activity.json", {"type": ["TRADE"]}, "type is ['TRADE'], not one of"),
        (TRADES, "markets.json", {"tokens": []}, "tokens is not a list of two tokens"),
        (
            TRADES,
            "markets.json",
            {"condition_id": NOBODY},
            "its winner is not the one that market_resolution.json",
        ),
        (TRADES, "markets.json", {"neg_risk": "no"}, "neg_risk is 'no', not one of True, False"),
        (
            TRADES,
            "markets.json",
            {"end_date_iso": "soon"},
            "end_date_iso is 'soon', not a moment like",
        ),
    ],
)
def test_a_damaged_json_row(
    copied: Copy, set_name: str, file: str, change: dict[str, Any], clause: str
) -> None:
    folder = copied(set_name)
    spoil_json(folder / file, 5, change)
    message = refused(folder)
    assert message.startswith(f"{set_name}/{file}, row 5: ")
    assert clause in message


def test_a_token_of_another_market_is_damage(copied: Copy) -> None:
    folder = copied(ACTIVITY)
    file = folder / "onchain_activity.json"
    rows = json.loads(file.read_text(encoding="utf-8"))
    trade = next(number for number, row in enumerate(rows, 1) if row["type"] == "TRADE")
    spoil_json(file, trade, {"asset": "1"})
    assert f"row {trade}: asset 1 is not the token of outcome" in refused(folder)


def test_two_sources_of_winners_must_agree(copied: Copy) -> None:
    folder = copied(TRADES)
    winners = json.loads((folder / "market_resolution.json").read_text(encoding="utf-8"))
    first = next(iter(winners))
    winners[first] = {token: not won for token, won in winners[first].items()}
    (folder / "market_resolution.json").write_text(json.dumps(winners), encoding="utf-8")
    assert "its winner is not the one that market_resolution.json names" in refused(folder)


def test_a_damaged_line_of_the_market_list(copied: Copy) -> None:
    file = copied(MIDTERMS) / "markets.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].replace(",ongoing", ",perhaps")
    file.write_text("\n".join(lines), encoding="utf-8")
    assert refused(file.parent).startswith(
        "midterms2022/markets.csv, row 3: resolution is 'perhaps', not one of '1'"
    )


PARTS = [
    (MIDTERMS, "markets.csv"),
    (MIDTERMS, "trades.parquet"),
    (TRADES, "trades.parquet"),
    (TRADES, "markets.json"),
    (TRADES, "market_resolution.json"),
    (TRADES, "closed_positions.json"),
    (ACTIVITY, "onchain_activity.json"),
]


@pytest.mark.parametrize(("set_name", "file"), PARTS)
def test_a_missing_or_cut_file_is_named(copied: Copy, set_name: str, file: str) -> None:
    folder = copied(set_name)
    whole = (folder / file).read_bytes()
    (folder / file).write_bytes(whole[: len(whole) // 2])
    assert f"{set_name}/{file}" in refused(folder)
    (folder / file).unlink()
    assert refused(folder).startswith(f"{set_name}/{file} is missing from the recording")


def test_a_missing_column_is_named(copied: Copy) -> None:
    file = copied(MIDTERMS) / "trades.parquet"
    pq.write_table(pq.read_table(file).drop_columns(["Amount", "Type"]), file)
    assert refused(file.parent).startswith("midterms2022/trades.parquet has no column Amount, Type")


def test_an_empty_recording_is_refused(copied: Copy) -> None:
    file = copied(ACTIVITY) / "onchain_activity.json"
    file.write_text("[]", encoding="utf-8")
    assert refused(file.parent).startswith("wallet_0x4f34/onchain_activity.json holds no row")


def test_json_of_the_wrong_shape_is_refused(copied: Copy) -> None:
    file = copied(ACTIVITY) / "onchain_activity.json"
    file.write_text('{"rows": []}', encoding="utf-8")
    assert "holds a dict where a list is expected" in refused(file.parent)
    file.write_text("[1]", encoding="utf-8")
    assert "row 1: it is a int, not an object" in refused(file.parent)
