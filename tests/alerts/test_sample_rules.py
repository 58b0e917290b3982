"""The rules a demo begins with."""

from __future__ import annotations

from smartmoney.alerts.rules import from_row
from smartmoney.settings import Settings
from smartmoney.store.alerts.rules import alert_rules, delete_alert_rule
from smartmoney.store.alerts.rules import rules as stored_rules
from smartmoney.store.db import Store
from smartmoney.supervise.sample_rules import SAMPLES, add_sample_rules


def test_the_sample_rules_are_rules_and_come_once(store: Store) -> None:
    schedules = Settings().schedules()
    for _ in range(2):
        add_sample_rules(store, schedules)
    rows = alert_rules(store)
    assert {row["name"] for row in rows} == {name for name, *_ in SAMPLES} and len(rows) == len(
        SAMPLES
    )
    assert all(from_row(row).enabled for row in stored_rules(store))
    delete_alert_rule(store, rows[0]["id"])
    add_sample_rules(store, schedules)
    assert len(alert_rules(store)) == len(SAMPLES) - 1, "what was deleted stays deleted"
