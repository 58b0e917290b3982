"""Alerts: rules, their evaluation, and their delivery.

`parameters` and `rules` say what a rule is, `evaluate` is pure, `gather` reads for it, `telling` stores what it found,
`deliver` sends it, `saving` checks and tries a rule before it is saved. The feed is the table `alert`.
"""

from __future__ import annotations

from smartmoney.alerts.deliver import deliver, send_test
from smartmoney.alerts.parameters import MODELS, Action, Direction, Measure, Options, RuleKind
from smartmoney.alerts.plain import plain
from smartmoney.alerts.rules import Rule, draft, from_row, parse
from smartmoney.alerts.saving import DryRun, check, dry_run, save_rule
from smartmoney.alerts.sending import Result
from smartmoney.alerts.targets import Target, read_targets
from smartmoney.alerts.telling import tell

__all__ = [
    "MODELS", "Action", "Direction", "DryRun", "Measure", "Options", "Result", "Rule", "RuleKind", "Target", "check",
    "deliver", "draft", "dry_run", "from_row", "parse", "plain", "read_targets", "save_rule", "send_test", "tell",
]
