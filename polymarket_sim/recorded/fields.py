"""Reading files and fields of a recording strictly: what cannot be read is named, with its file and row."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from smartmoney.errors import RecordingError
from smartmoney.ids import ANY_CASE_ADDRESS
from smartmoney.units import MICRO, PICO

Made = TypeVar("Made")
Row = Mapping[str, Any]
LARGEST = 1_000_000_000_000
FIRST_SECOND, LAST_SECOND = 1_577_836_800, 4_102_444_800
ADDRESS = re.compile(ANY_CASE_ADDRESS)
BYTES32 = re.compile(r"0x[0-9a-fA-F]{64}")
REMEDY = "mend it or copy the recording again from its source"


class Damage(ValueError):
    """What is wrong with one row, as a clause: "Shares is missing"."""


def parquet(file: Path, columns: Sequence[str]) -> Sequence[Row]:
    """Rows of a Parquet file as dictionaries; RecordingError without the file, a column or any row."""
    try:
        table = pq.read_table(_present(file))
    except (pa.ArrowException, OSError) as error:
        raise RecordingError(
            f"{label(file)} cannot be read as Parquet ({_first_line(error)}); {REMEDY}."
        ) from None
    _require(file, columns, table.column_names)
    return filled(file, table.select(list(columns)).to_pylist())


def comma_separated(file: Path, columns: Sequence[str]) -> Sequence[Row]:
    """Rows of a CSV file with a header line; RecordingError without the file, a column or any row."""
    try:
        with _present(file).open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            rows = [row for row in reader if any(row.values())]
    except (csv.Error, UnicodeDecodeError) as error:
        raise RecordingError(
            f"{label(file)} cannot be read as CSV ({_first_line(error)}); {REMEDY}."
        ) from None
    _require(file, columns, reader.fieldnames or ())
    return filled(file, rows)


def json_value(file: Path, kind: type) -> Any:
    """Content of a JSON file with exact numbers; RecordingError unless it is a `kind` (list or dict)."""
    try:
        value = json.loads(_present(file).read_bytes(), parse_float=Decimal)
    except ValueError as error:
        raise RecordingError(
            f"{label(file)} cannot be read as JSON ({_first_line(error)}); {REMEDY}."
        ) from None
    if not isinstance(value, kind):
        raise RecordingError(
            f"{label(file)} holds a {type(value).__name__} where a {kind.__name__} is expected; {REMEDY}."
        )
    return value


def each(file: Path, rows: Iterable[Any], read: Callable[[Row], Made]) -> list[Made]:
    """Read every row (counted from 1, a header not counted); the first damaged one raises RecordingError."""
    found = []
    for number, row in enumerate(rows, 1):
        try:
            if not isinstance(row, Mapping):
                raise Damage(f"it is a {type(row).__name__}, not an object")
            found.append(read(row))
        except Damage as damage:
            raise RecordingError(f"{label(file)}, row {number}: {damage}; {REMEDY}.") from None
    return found


def filled(file: Path, rows: Sequence[Row]) -> Sequence[Row]:
    """The same rows; RecordingError when there are none."""
    if not rows:
        raise RecordingError(
            f"{label(file)} holds no row; copy the recording again from its source."
        )
    return rows


def label(file: Path) -> str:
    """A file as people know it: its folder and its name."""
    return f"{file.parent.name}/{file.name}"


def text(row: Row, name: str, empty: bool = False) -> str:
    """A text field; it may be "" only if `empty`."""
    value = row.get(name)
    if not isinstance(value, str) or not (value or empty):
        raise Damage(f"{name} is {'missing' if value in (None, '') else f'{value!r}, not a text'}")
    return value


def choice(row: Row, name: str, choices: Mapping[Any, Made]) -> Made:
    """What a field stands for, out of a closed list."""
    value = row.get(name)
    if not isinstance(value, (str, int)) or value not in choices:
        allowed = (
            ", ".join(map(repr, choices)) if len(choices) <= 12 else "those the recording lists"
        )
        raise Damage(f"{name} is {value!r}, not one of {allowed}")
    return choices[value]


def matching(row: Row, name: str, pattern: re.Pattern[str], what: str) -> str:
    """A text field of a fixed form, in lower case."""
    value = text(row, name)
    if not pattern.fullmatch(value):
        raise Damage(f"{name} is {value!r}, not {what}")
    return value.lower()


def address(row: Row, name: str) -> str:
    """A wallet or contract address, lower case."""
    return matching(row, name, ADDRESS, "an address of 0x and 40 hexadecimal digits")


def hash32(row: Row, name: str) -> str:
    """A condition id or transaction hash, lower case."""
    return matching(row, name, BYTES32, "an identifier of 0x and 64 hexadecimal digits")


def decimal(row: Row, name: str, most: int = LARGEST) -> Decimal:
    """A number from 0 to `most`, exactly as it is written."""
    value = row.get(name)
    if value is None or isinstance(value, bool):
        raise Damage(f"{name} is missing")
    try:
        number = Decimal(repr(value) if isinstance(value, float) else str(value))
    except InvalidOperation:
        raise Damage(f"{name} is {value!r}, not a number") from None
    if not number.is_finite() or not 0 <= number <= most:
        raise Damage(f"{name} is {value!r}, not a number from 0 to {most:,}")
    return number


def whole(number: Decimal) -> int:
    """Nearest integer."""
    return int(number.to_integral_value(ROUND_HALF_EVEN))


def micro(row: Row, name: str) -> int:
    """An amount of USD or of shares in millionths."""
    return whole(decimal(row, name) * MICRO)


def pico(row: Row, name: str) -> int:
    """A price in 1e-12 USD per share."""
    return whole(decimal(row, name, most=1) * PICO)


def seconds(row: Row, name: str) -> int:
    """A moment given as Unix seconds."""
    value = row.get(name)
    if (
        isinstance(value, bool)
        or not isinstance(value, int)
        or not FIRST_SECOND <= value < LAST_SECOND
    ):
        raise Damage(f"{name} is {value!r}, not a moment in Unix seconds since 2020")
    return value


def moment(row: Row, name: str, form: str) -> int:
    """A moment (UTC) written in `form` (as for strptime, without zone), as Unix seconds."""
    value = text(row, name)
    try:
        return int(datetime.strptime(value + "+0000", form + "%z").astimezone(UTC).timestamp())
    except ValueError:
        raise Damage(
            f"{name} is {value!r}, not a moment like {datetime(2022, 1, 31, 23, 59, tzinfo=UTC):{form}}"
        ) from None


def _present(file: Path) -> Path:
    if not file.is_file():
        raise RecordingError(
            f"{label(file)} is missing from the recording; copy the recording again from its source."
        )
    return file


def _require(file: Path, columns: Iterable[str], present: Iterable[str]) -> None:
    missing = sorted(set(columns) - set(present))
    if missing:
        raise RecordingError(f"{label(file)} has no column {', '.join(missing)}; {REMEDY}.")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
