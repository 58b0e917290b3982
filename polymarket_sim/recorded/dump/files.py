"""Files of any name and form as rows: what a file is, its first bytes tell."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from polymarket_sim.recorded.fields import Damage, label
from smartmoney.errors import RecordingError

Numbered = tuple[int, Any]
PARQUET, GZIP, ZIP = b"PAR1", b"\x1f\x8b", b"PK\x03\x04"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
DELIMITERS = ",;\t|"
CONTAINERS = ("data", "activity", "trades", "positions", "markets", "rows", "results", "items")
OWN_NAMES = {"conditionid", "condition_id", "proxywallet", "proxy_wallet"}
"""Keys of a row, in lower case: an object with one of them holds no rows itself."""
LARGEST_FIELD = 10_000_000


def files_of(path: Path) -> list[Path]:
    """The file itself, or every file below a folder whose name does not begin with a dot."""
    if path.is_file():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def read_rows(file: Path) -> list[Numbered]:
    """Rows of a file with their numbers, from 1 and without a head line.

    A line that cannot be read stands there as the `Damage` it is.

    Raises:
        RecordingError: the file is empty, or cannot be read at all.
    """
    try:
        content = file.read_bytes()
        if content.startswith(GZIP):
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(file, error, "copy it again and see that you may read it") from None
    if content.startswith(PARQUET):
        return _parquet(file, content)
    if content.startswith(ZIP):
        raise RecordingError(
            f"{label(file)} is a ZIP archive or a workbook; unpack it, or save it as CSV."
        )
    text = _text(file, content)
    if not text.strip():
        raise RecordingError(f"{label(file)} is empty; copy it again from its source.")
    return _json(file, text) if text.lstrip()[0] in "[{" else _table(file, text)


def _text(file: Path, content: bytes) -> str:
    coding = "utf-16" if content.startswith(UTF16) else "utf-8-sig"
    try:
        text = content.decode(coding)
    except UnicodeDecodeError as error:
        raise _unreadable(file, error, "save it as UTF-8") from None
    if "\0" in text:
        raise RecordingError(
            f"{label(file)} is neither text nor Parquet; save it as CSV, JSON or Parquet."
        )
    return text


def _parquet(file: Path, content: bytes) -> list[Numbered]:
    try:
        rows = pq.read_table(io.BytesIO(content)).to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(file, error, "copy it again from its source") from None
    return list(enumerate(rows, 1))


def _json(file: Path, text: str) -> list[Numbered]:
    try:
        return list(enumerate(_flat(_value(text)), 1))
    except (ValueError, RecursionError) as error:
        rows = list(enumerate(_lines(text), 1))
        if all(isinstance(row, Damage) for _, row in rows):
            raise _unreadable(file, error, "copy it again, it may be cut off") from None
        return rows


def _lines(text: str) -> Iterator[Any]:
    """One value a line, each a row or a page of them."""
    for line in text.splitlines():
        if line.strip():
            try:
                yield from _flat(_value(line))
            except (ValueError, RecursionError):
                yield Damage(f"{line.strip()[:40]!r} is no JSON")


def _value(text: str) -> Any:
    return json.loads(text, parse_constant=lambda _: None, strict=False)


def _flat(value: Any) -> Iterator[Any]:
    """Rows of a list, of an answer's envelope, or of an object of lists; any other value is one row."""
    if isinstance(value, list):
        for each in value:
            yield from _flat(each)
    elif isinstance(value, dict) and not OWN_NAMES & {name.lower() for name in value}:
        lists = {name: each for name, each in value.items() if isinstance(each, list)}
        named = [each for name, each in lists.items() if name in CONTAINERS] or [
            each for each in lists.values() if any(isinstance(one, dict) for one in each)
        ]
        if not named:
            yield value
        for each in named:
            yield from _flat(each)
    else:
        yield value


def _table(file: Path, text: str) -> list[Numbered]:
    head = next(line for line in text.splitlines() if line.strip())
    delimiter = max(DELIMITERS, key=head.count)
    csv.field_size_limit(LARGEST_FIELD)
    try:
        reader = csv.DictReader(
            io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter, skipinitialspace=True
        )
        return [(number, _cells(row)) for number, row in enumerate(reader, 1)]
    except csv.Error as error:
        raise _unreadable(file, error, "save it again as CSV") from None


def _cells(row: dict[Any, Any]) -> Any:
    if None in row:
        return Damage("it has more cells than the head line has columns")
    return {str(name).strip(): value.strip() if value else None for name, value in row.items()}


def _unreadable(file: Path, error: BaseException, remedy: str) -> RecordingError:
    lines = str(error).strip().splitlines()
    why = lines[0][:120] if lines else type(error).__name__
    return RecordingError(f"{label(file)} cannot be read ({why}); {remedy}.")
