"""Columns of the alerts page: the feed, rules with what came of them, targets, deliveries, the watchlist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from smartmoney import formats
from smartmoney.store.reads import Row
from smartmoney.widgets import cells, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.screens.alerts.rule_form import KINDS, written
from smartmoney.widgets.table import Context, TableColumn

DELIVERY_TONES = {"sent": "gain", "failed": "red", "waiting": "amber", "sending": "amber"}
NO_TIER = "not about a trader, or not scored"
NOT_THAT_LATE = "not that late yet"
NONE_SO_OLD = "no alert of this rule is that old yet, or its price was not seen then"
MEAN_MOVE = "mean move the way the alert pointed; hit rate with n"


def later(key: str, reason: str = NOT_THAT_LATE) -> Callable[[Row], Cell]:
    """A later price with its change since the alert."""

    def draw(row: Row) -> Cell:
        price, then = row["price"], row[key]
        if then is None or price is None:
            return cells.cents(then, reason)
        change = cells.cents_change(then - price)
        return {**cells.cents(then), "n": change["t"], "c": change["c"]}

    return draw


def outcome(row: Row, when: str) -> Cell:
    """What came of a rule's alerts: the mean move the way they pointed, and how often it was above nothing, with n."""
    n = row.get(f"n_{when}") or 0
    if not n:
        return cells.missing(NONE_SO_OLD)
    rate = formats.percent(row[f"hit_rate_{when}"], 0)
    hover = f"mean move the way the alert pointed; {rate} of {n} alerts were right"
    return {**cells.cents_change(row[f"move_{when}"]), "n": f"{rate} of {n}", "h": hover}


def _outcome(when: str) -> Callable[[Row], Cell]:
    return lambda row: outcome(row, when)


def _about(row: Row) -> str:
    if row["market_id"]:
        return links.market(row["market_id"])
    return links.trader(row["address"]) if row["address"] else ""


def _sentence(row: Row) -> Cell:
    return cells.text(row["sentence"], row["sentence"], most=110, link=_about(row))


def _sent(row: Row) -> Cell:
    if row["failed"]:
        return cells.chip(f"{row['failed']} failed", "red", cells.line(row["delivery_error"], 300))
    if row["sent"]:
        return cells.chip("sent", "gain")
    if row["deliveries"]:
        return cells.chip("waiting", "amber")
    return {"t": "here only", "c": "dim"}


FEED = (
    TableColumn.when("at", "When", sort=True),
    TableColumn.by_row(_sentence, "sentence", "What", stick=True),
    TableColumn.text("rule", "Rule", field="rule_name", most=28),
    TableColumn.tier(NO_TIER),
    TableColumn.of(cells.cents, "price", "Price"),
    TableColumn.by_row(later("price_1h"), "hour", "+1 h", left=False),
    TableColumn.by_row(later("price_24h"), "day", "+24 h", left=False),
    TableColumn.by_row(later("settled", "not resolved yet"), "settled", "Settled", left=False),
    TableColumn.by_row(_sent, "sent", "Sent"),
)


def _name(row: Row) -> Cell:
    hover = f"{row['name']}: {KINDS.get(row['kind'], '')}"
    return cells.text(row["name"], hover, most=40, note=row["kind"].replace("_", " "))


def state(row: Row) -> Cell:
    """Is a rule on, paused, or wrong?"""
    if row.get("error"):
        return cells.chip("cannot be evaluated", "red", cells.line(row["error"], 400))
    return cells.chip("on", "gain") if row["enabled"] else cells.chip("paused", "dim")


def _with(row: Row) -> Cell:
    return cells.text(written(row["parameters"]) or "the defaults", most=36)


def _rule_buttons(row: Row) -> Cell:
    pause = ("pause", "Pause") if row["enabled"] else ("resume", "Resume")
    around = (("test", "Dry run"), ("edit", "Edit")), (("delete", "Delete"),)
    return cells.buttons(row["id"], *around[0], pause, *around[1])


RULES = (
    TableColumn.by_row(_name, "name", "Rule", stick=True),
    TableColumn.by_row(state, "state", "State"),
    TableColumn.of(cells.number, "fired", "Fired"),
    TableColumn.when("last_fired_at", "Last"),
    TableColumn.by_row(_outcome("1h"), "hour", "+1 h", left=False, hint=MEAN_MOVE),
    TableColumn.by_row(_outcome("24h"), "day", "+24 h", left=False, hint=MEAN_MOVE),
    TableColumn.by_row(_outcome("settled"), "settled", "Settled", left=False, hint=MEAN_MOVE),
    TableColumn.by_row(_with, "with", "With"),
    TableColumn.actions(_rule_buttons),
)


def _target_state(row: Row) -> Cell:
    if row["problem"]:
        return cells.chip("cannot be used", "red", row["problem"])
    return cells.chip("usable", "gain")


def tested(row: Row, context: Context) -> Cell:
    """What the newest test of a target came to."""
    if row["tested_at"] is None:
        return cells.missing("never tested")
    if row["test_error"]:
        return cells.chip("not accepted", "red", cells.line(row["test_error"], 300))
    return {**cells.chip("accepted", "gain"), "n": formats.ago(row["tested_at"], context.now)}


def _test_button(row: Row) -> Cell:
    return {} if row["problem"] else cells.buttons(row["label"], ("test", "Test"))


TARGETS = (
    TableColumn.text("label", "Target", stick=True),
    TableColumn.text("service", "Service"),
    TableColumn.by_row(_target_state, "state", "State"),
    TableColumn.of(cells.number, "sent", "Sent 7 d"),
    TableColumn.of(cells.number, "waiting", "Waiting"),
    TableColumn.of(cells.alarm, "failed", "Failed 7 d"),
    TableColumn(key="tested", label="Last test", draw=tested, left=True),
    TableColumn.actions(_test_button),
)


def _status(row: Row) -> Cell:
    return cells.chip(row["status"], DELIVERY_TONES.get(row["status"], ""))


def _sent_or_next(row: Row, context: Context) -> Cell:
    following: Any = None if row["status"] == "failed" else row["next_at"]
    return cells.when(row["sent_at"] or following, context.now, "given up")


DELIVERIES = (
    TableColumn.when("at", "Fired"),
    TableColumn.text("target", "Target"),
    TableColumn.by_row(_status, "status", "Result"),
    TableColumn.of(cells.number, "attempts", "Tries"),
    TableColumn(key="next", label="Sent, or next try", draw=_sent_or_next),
    TableColumn.text("error", "Why not", "nothing wrong", most=80),
    TableColumn.text("sentence", "What", stick=True),
)


def _watched(row: Row) -> Cell:
    if row["address"]:
        return cells.wallet(row["address"], row["name"])
    return cells.text(row["question"], link=links.market(row["market_id"]))


def _unwatch_button(row: Row) -> Cell:
    return cells.buttons(row["id"], ("unwatch", "Stop watching"))


WATCHLIST = (
    TableColumn.by_row(_watched, "what", "Watched", stick=True),
    TableColumn.tier("not a trader, or not scored", left=True),
    TableColumn.text("note", "Note", "no note", most=120),
    TableColumn.when("created_at", "Since"),
    TableColumn.actions(_unwatch_button),
)
