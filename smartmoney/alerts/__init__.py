"""Alerts: rules, their evaluation, and their delivery.

`kinds` says what rules there are, what each reads, when it fires and what it says; `dispatch` evaluates one and stores what it
found, `deliver` sends it, `validation` checks and tries a rule before it is saved. The feed is the table `alert`.

Names are loaded when first asked for, so that who only checks rules does not pay for the delivery.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

HOMES = {
    "MODELS": "kinds",
    "Rule": "rules",
    "RuleKind": "kinds",
    "check": "validation",
    "dry_run": "validation",
    "parse": "rules",
    "save_rule": "validation",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"smartmoney.alerts.{HOMES[name]}"), name)
