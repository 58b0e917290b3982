"""What the Alerts page shows beside the feed: outcomes per rule, targets, deliveries, the watchlist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from smartmoney.store.reads import Row
from smartmoney.widgets import cells, formats, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.models.listing import Column

DELIVERY_TONES = {"sent": "gain", "failed": "red", "waiting": "amber", "sending": "amber"}


def outcome(row: Row, when: str) -> Cell:
    """What came of a rule's alerts: the mean move the way they pointed, and how often it was above nothing, with n."""
    n = row.get(f"n_{when}") or 0
    if not n:
        return cells.none("no alert of this rule is that old yet, or its price was not seen then")
    move, rate = (
        cells.cents_change(row[f"move_{when}"]),
        formats.percent(row[f"hit_rate_{when}"], 0),
    )
    return {
        **move,
        "n": f"{rate} of {n}",
        "h": f"mean move the way the alert pointed; {rate} of {n} alerts were right",
    }


def outcome_columns() -> Sequence[Column]:
    """Columns of what came of a rule's alerts."""
    hint = "mean move the way the alert pointed; hit rate with n"
    return (
        Column("hour", "+1 h", lambda r: outcome(r, "1h"), hint=hint),
        Column("day", "+24 h", lambda r: outcome(r, "24h"), hint=hint),
        Column("settled", "Settled", lambda r: outcome(r, "settled"), hint=hint),
    )


def state(row: Row) -> Cell:
    """Is a rule on, paused, or wrong?"""
    if row.get("error"):
        return cells.chip("cannot be evaluated", "red", formats.words(row["error"], 400))
    return cells.chip("on", "gain") if row["enabled"] else cells.chip("paused", "dim")


def target_columns(now: datetime) -> Sequence[Column]:
    """Columns of where alerts go; the last has the test button."""
    return (
        Column("label", "Target", lambda r: cells.text(r["label"]), left=True, stick=True),
        Column("service", "Service", lambda r: cells.text(r["service"], "not known"), left=True),
        Column("state", "State", _target_state, left=True),
        Column("sent", "Sent 7 d", lambda r: cells.number(r["sent"])),
        Column("waiting", "Waiting", lambda r: cells.number(r["waiting"])),
        Column(
            "failed",
            "Failed 7 d",
            lambda r: {"t": f"{r['failed']}", "c": "red" if r["failed"] else ""},
        ),
        Column("tested", "Last test", lambda r: _tested(r, now), left=True),
        Column(
            "do",
            "",
            lambda r: (
                {} if r["problem"] else {"k": "buttons", "i": r["label"], "v": [["test", "Test"]]}
            ),
            left=True,
        ),
    )


def _target_state(row: Row) -> Cell:
    return (
        cells.chip("cannot be used", "red", row["problem"])
        if row["problem"]
        else cells.chip("usable", "gain")
    )


def _tested(row: Row, now: datetime) -> Cell:
    if row["tested_at"] is None:
        return cells.none("never tested")
    if row["test_error"]:
        return cells.chip("not accepted", "red", formats.words(row["test_error"], 300))
    return {**cells.chip("accepted", "gain"), "n": formats.ago(row["tested_at"], now)}


def delivery_columns(now: datetime) -> Sequence[Column]:
    """Columns of the newest deliveries."""
    return (
        Column("at", "Told", lambda r: cells.when(r["at"], now)),
        Column("target", "Target", lambda r: cells.text(r["target"]), left=True),
        Column(
            "status",
            "Result",
            lambda r: cells.chip(r["status"], DELIVERY_TONES.get(r["status"], "")),
            left=True,
        ),
        Column("attempts", "Tries", lambda r: cells.number(r["attempts"])),
        Column(
            "next",
            "Sent, or next try",
            lambda r: cells.when(r["sent_at"] or _next(r), now, "given up"),
        ),
        Column(
            "error",
            "Why not",
            lambda r: cells.text(
                formats.words(r["error"] or "", 80), r["error"] or "nothing wrong"
            ),
            left=True,
        ),
        Column(
            "sentence",
            "What",
            lambda r: cells.text(formats.words(r["sentence"], 90), r["sentence"]),
            left=True,
            stick=True,
        ),
    )


def _next(row: Row) -> Any:
    return None if row["status"] == "failed" else row["next_at"]


def watch_columns(now: datetime) -> Sequence[Column]:
    """Columns of the watchlist."""
    return (
        Column("what", "Watched", _watched, left=True, stick=True),
        Column(
            "tier",
            "Tier",
            lambda r: cells.tier(r["tier"], "not a trader, or not scored"),
            left=True,
        ),
        Column(
            "note",
            "Note",
            lambda r: cells.text(formats.words(r["note"], 120), r["note"] or "no note"),
            left=True,
        ),
        Column("since", "Since", lambda r: cells.when(r["created_at"], now)),
        Column(
            "do",
            "",
            lambda r: {"k": "buttons", "i": r["id"], "v": [["unwatch", "Stop watching"]]},
            left=True,
        ),
    )


def _watched(row: Row) -> Cell:
    if row["address"]:
        return cells.wallet(row["address"], row["name"])
    return cells.text(
        formats.words(row["question"] or "", 90),
        row["question"] or "",
        link=links.market(row["market_id"]),
    )
