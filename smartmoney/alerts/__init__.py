"""Alerts: rules, their evaluation, and their delivery.

`parameters` and `rules` say what a rule is, `evaluate` is pure, `gather` reads for it, `telling` stores what
it found, `deliver` sends it, `saving` checks and tries a rule before it is saved. The feed is the table
`alert`.

Names are loaded when first asked for, so that who only checks rules does not pay for the delivery.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smartmoney.alerts.deliver import send_test
    from smartmoney.alerts.parameters import MODELS, Action, Direction, Measure, Options, RuleKind
    from smartmoney.alerts.rules import Rule, draft, from_row, parse
    from smartmoney.alerts.saving import DryRun, check, dry_run, save_rule
    from smartmoney.alerts.sending import Result
    from smartmoney.alerts.targets import Target, read_targets
    from smartmoney.alerts.telling import tell

HOMES = {
    "MODELS": "parameters",
    "Action": "parameters",
    "Direction": "parameters",
    "DryRun": "saving",
    "Measure": "parameters",
    "Options": "parameters",
    "Result": "sending",
    "Rule": "rules",
    "RuleKind": "parameters",
    "Target": "targets",
    "check": "saving",
    "draft": "rules",
    "dry_run": "saving",
    "from_row": "rules",
    "parse": "rules",
    "read_targets": "targets",
    "save_rule": "saving",
    "send_test": "deliver",
    "tell": "telling",
}

__all__ = [
    "MODELS",
    "Action",
    "Direction",
    "DryRun",
    "Measure",
    "Options",
    "Result",
    "Rule",
    "RuleKind",
    "Target",
    "check",
    "draft",
    "dry_run",
    "from_row",
    "parse",
    "read_targets",
    "save_rule",
    "send_test",
    "tell",
]


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"smartmoney.alerts.{HOMES[name]}"), name)
