"""A record of the proof as people read it in a terminal; the verdict stands last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smartmoney.formats import DASH

Row = dict[str, Any]


def lines(record: Row) -> Iterator[str]:
    """The whole record, line by line."""
    yield (
        f"Proof of {record['began']}, revision {record['revision']}, score version {record['score_version']},"
        f" thresholds version {record['thresholds_version']}, {record['seconds']} s"
    )
    for name, why in record["silent"].items():
        yield f"{name}: cannot answer: {why}."
    for name, own in record["sets"].items():
        yield ""
        yield f"== {name}"
        yield from _of_set(own)
    whole = record["verdict"]
    yield ""
    where = f" on {whole['set']}" if whole["set"] else ""
    yield f"Verdict{where}: {whole['answer']}. {whole['sentence']}"


def _of_set(own: Row) -> Iterator[str]:
    for title in ("size", "usable", "called good"):
        if title in own:
            yield f"{title}: " + ", ".join(
                f"{name} {value:,}" for name, value in own[title].items()
            )
    for title in ("split half", "split half, stricter", "forward"):
        if title in own:
            yield from _comparison(title, own[title])
    for title in ("calibration of prices", "calibration of skill_prob", "good ones later"):
        if title in own:
            yield from table(title, own[title])
    yield own["sentence"]


def _comparison(title: str, own: Row) -> Iterator[str]:
    dates = f", at {', '.join(own['dates'])}" if own["dates"] else ""
    head = f"{title}: {own['wallets']:,} wallets, {own['events']:,} events, {own['bets']:,} bets{dates}"
    if not own["correlations"]:
        yield head
        return
    yield from table(head, own["correlations"])
    yield "  surprise per event, top tenth less bottom tenth: " + ", ".join(
        f"{name} {_cell(value)}" for name, value in own["spread"].items()
    )


def table(title: str, rows: list[Row]) -> Iterator[str]:
    """Rows under a title, as columns."""
    yield title
    names = list(rows[0])
    cells = [names, *([_cell(row[name]) for name in names] for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(names))]
    for row in cells:
        first, *rest = (
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  " + "  ".join([first, *rest])


def _cell(value: Any) -> str:
    if value is None:
        return DASH
    return (
        f"{value:+.4f}"
        if isinstance(value, float)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )
