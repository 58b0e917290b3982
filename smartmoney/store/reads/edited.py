"""What people edit: settings, alert rules, the watchlist; and what came of the alerts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from smartmoney.errors import ParameterError
from smartmoney.store.db import Store
from smartmoney.store.reads.base import Page, Row, fetch, fetch_one, fetch_page, write
from smartmoney.store.reads.filters import MOST_ROWS, ListFilter, Sort, within

LONGEST_JSON = 10_000


class AlertSort(Sort):
    """Keys alerts can be sorted by."""

    at = ("alert.at", "timestamptz", "never null")


@dataclass(frozen=True, kw_only=True)
class AlertFilter(ListFilter):
    """Which alerts: of one rule when `rule_id` is given."""

    sort: AlertSort = AlertSort.at
    limit: int = within(20, 1, MOST_ROWS)
    rule_id: int | None = within(None, 1, 2**31 - 1)


def alerts(store: Store, wanted: AlertFilter | None = None) -> Page:
    """Alerts, newest first, with deliveries and the price one hour and a day later and at settlement."""
    return fetch_page(store, "alerts", wanted or AlertFilter())


def alert_rules(store: Store) -> list[Row]:
    """Every rule with how often it fired."""
    return fetch(store, "alert_rules")


def add_alert_rule(
    store: Store, name: str, kind: str, parameters: dict[str, Any], who: str = "local"
) -> int:
    """A new rule; returns its id.

    Raises:
        ParameterError: a value breaks a rule of the table.
    """
    row = write(
        store,
        "add_alert_rule",
        name=name.strip()[:200],
        kind=kind[:60],
        parameters=_packed(parameters),
        created_by=who,
    )
    assert row is not None
    return int(row["id"])


def change_alert_rule(
    store: Store,
    rule_id: int,
    *,
    name: str | None = None,
    kind: str | None = None,
    parameters: dict[str, Any] | None = None,
    enabled: bool | None = None,
) -> bool:
    """Change what is given; False when there is no such rule."""
    packed = None if parameters is None else _packed(parameters)
    return (
        write(
            store,
            "change_alert_rule",
            rule_id=rule_id,
            name=name,
            kind=kind,
            parameters=packed,
            enabled=enabled,
        )
        is not None
    )


def delete_alert_rule(store: Store, rule_id: int) -> bool:
    """Delete the rule with its alerts; False when there is no such rule."""
    return write(store, "delete_alert_rule", rule_id=rule_id) is not None


def settings(store: Store) -> dict[str, Row]:
    """What people changed, by name: value, changed_by, changed_at."""
    return {row["name"]: row for row in fetch(store, "settings")}


def save_setting(store: Store, name: str, value: Any, who: str = "local") -> None:
    """Set an editable value; None goes back to the default. The caller has validated it."""
    if value is None:
        write(store, "forget_setting", name=name)
    else:
        write(store, "save_setting", name=name, value=_packed(value), changed_by=who[:100])


def watchlist(store: Store) -> list[Row]:
    """What people watch, newest first."""
    return fetch(store, "watchlist")


def watched(
    store: Store, *, trader_id: int | None = None, market_id: int | None = None
) -> Row | None:
    """The entry of one trader, or of one market, on the watchlist: id and note; None when it is not watched."""
    return fetch_one(store, "watched", trader_id=trader_id, market_id=market_id)


def score_runs(store: Store, size: int = 10) -> list[Row]:
    """The newest scoring runs with the parameters they used."""
    return fetch(store, "score_runs", size=min(max(size, 1), 200))


def validation_runs(store: Store, size: int = 24) -> list[Row]:
    """The newest validation runs, newest first; `result` as the job wrote it."""
    return fetch(store, "validation_runs", size=min(max(size, 1), 200))


def lean_proofs(store: Store, size: int = 12) -> list[Row]:
    """The newest proofs of the lean, newest first; `result` as `smartmoney.market_stats.LeanProof.to_dict` gives it."""
    return fetch(store, "lean_proofs", size=min(max(size, 1), 200))


def alert_targets(store: Store) -> list[Row]:
    """Where alerts go by label, with service, problem, the last test, and messages of seven days by result."""
    return fetch(store, "alert_targets")


def _packed(value: Any) -> str:
    text = json.dumps(value, allow_nan=False)
    if len(text) > LONGEST_JSON or "\\u0000" in text:
        raise ParameterError(
            "That value is too long or holds a character the database cannot keep."
        )
    return text
