"""Alerts: rules evaluated on what is known now, told in the feed and by Apprise, and followed afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pandas as pd

from smartmoney.alerts.deliver import Clock, send_test, utc_now
from smartmoney.alerts.deliver import deliver as deliver_due
from smartmoney.alerts.dispatch import Dispatched, dispatch
from smartmoney.alerts.rules import Rule, from_row
from smartmoney.alerts.targets import Target, read_targets
from smartmoney.alerts.validation import DryRun
from smartmoney.alerts.validation import dry_run as try_rule
from smartmoney.errors import ParameterError, UserError
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.running import opened, run_job
from smartmoney.settings import Settings, get_settings
from smartmoney.store import alerts as store_alerts
from smartmoney.store.db import Store
from smartmoney.store.reads.base import Row

LEAST_BETWEEN_TESTS = timedelta(seconds=30)


@dataclass
class Round:
    """One evaluation: when, with which schedules and targets, and what is wrong with them."""

    store: Store
    clock: Clock
    now: datetime
    schedules: dict[str, float]
    targets: list[Target] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """Labels of the targets."""
        return [target.label for target in self.targets]


def evaluate_alerts(
    rules: list[int] | None = None,
    dry_run: bool = False,
    deliver: bool = True,
    test_target: str | None = None,
    *,
    allow_private: bool = False,
    now: datetime | None = None,
    store: Store | None = None,
    settings: Settings | None = None,
) -> JobReport:
    """Evaluate the alert rules, store and deliver what they found, and follow earlier alerts.

    Args:
        rules: ids of the rules to evaluate; all enabled ones when None.
        dry_run: only tell how often each rule would have fired in seven days; paused ones too when given.
        deliver: send what is due; without it, messages wait for the next run.
        test_target: only send a test message to the target of this label; what came of it is noted with the target.
        allow_private, now, store, settings: for tests; targets on this machine, the time, the process's own.

    Raises:
        ParameterError: a rule or the target is not known.
    """
    settings = settings or get_settings()
    clock = (lambda: now) if now else utc_now
    with opened(store, settings) as own:
        round_ = Round(own, clock, clock(), schedules(settings))

        def work(report: JobReport) -> None:
            if test_target is None and dry_run:
                _try(report, round_, _rules(round_, rules, only_enabled=not rules))
                return
            round_.targets, round_.problems = read_targets(settings, allow_private)
            _note_targets(round_)
            if test_target is not None:
                _test(report, round_, test_target, settings, allow_private)
                return
            wanted = _rules(round_, rules, only_enabled=True)
            report.came = {"rules": len(wanted)}
            _tell(report, round_, wanted)
            _follow(report, round_, deliver)
            _show(report, round_)

        asked = {"rules": rules, "dry_run": dry_run, "deliver": deliver, "test_target": test_target}
        return run_job(own, "evaluate_alerts", asked, work)


def _note_targets(round_: Round) -> None:
    """What there is to be told, for the page: labels, never addresses."""
    usable: list[tuple[str, str, str | None]] = [
        (target.label, target.service, None) for target in round_.targets
    ]
    wrong = [
        (f"unusable {number}", "", problem) for number, problem in enumerate(round_.problems, 1)
    ]
    store_alerts.seen_targets(round_.store, [*usable, *wrong], round_.now)


def _test(
    report: JobReport, round_: Round, label: str, settings: Settings, allow_private: bool
) -> None:
    if store_alerts.was_tested(round_.store, label, round_.now - LEAST_BETWEEN_TESTS):
        report.status = "nothing to do"
        report.sentences = [f"{label} was tested less than {LEAST_BETWEEN_TESTS.seconds} s ago."]
        return
    result = send_test(label, settings, allow_private)
    store_alerts.tested_target(
        round_.store, label, round_.clock(), None if result.ok else result.error
    )
    report.changed = {"messages sent": int(result.ok)}
    report.sentences = [
        f"{label} accepted a test message."
        if result.ok
        else f"{label} did not accept it: {result.error}"
    ]


def schedules(settings: Settings) -> dict[str, float]:
    """Seconds between runs of each scheduled job; 0 when it is switched off."""
    values = {
        name: getattr(settings, name)
        for name in Settings.model_fields
        if name.startswith("schedule_")
    }
    return {
        name.removeprefix("schedule_").removesuffix("_s"): float(value)
        for name, value in values.items()
    }


def _rules(round_: Round, ids: Sequence[int] | None, only_enabled: bool) -> list[Rule]:
    rows = store_alerts.rules(round_.store, ids, enabled=only_enabled)
    missing = sorted({*(ids or ())} - {row["id"] for row in rows})
    if missing:
        raise ParameterError(f"There is no active rule {missing[0]}; the Alerts page lists them.")
    return [rule for row in rows if (rule := _rule(round_, row))]


def _rule(round_: Round, row: Row) -> Rule | None:
    try:
        return from_row(row)
    except ParameterError as error:
        _put_down(round_, row["id"], row["name"], error)
        return None


def _put_down(round_: Round, rule_id: int, name: str, error: UserError) -> None:
    round_.problems.append(f"Rule {rule_id} ({name}) was left out: {error}")
    store_alerts.evaluated(round_.store, rule_id, round_.now, str(error))


def _tell(report: JobReport, round_: Round, rules: Sequence[Rule]) -> None:
    told: list[Dispatched] = []
    for rule in rules:
        lost = sorted({*(rule.parameters.targets or ())} - {*round_.labels})
        if lost:
            round_.problems.append(
                f"Rule {rule.id} ({rule.name}) names the target {lost[0]}, which cannot be used."
            )
        try:
            told.append(dispatch(round_.store, rule, round_.now, round_.schedules, round_.labels))
        except ParameterError as error:
            _put_down(round_, rule.id, rule.name, error)
    report.changed = {
        "alerts": sum(len(one.ids) for one in told),
        "capped": sum(one.capped for one in told),
    }
    dropped = sum((Counter(one.dropped) for one in told), Counter[str]())
    report.came |= {f"held back by {reason}": count for reason, count in sorted(dropped.items())}
    ids = [id_ for one in told for id_ in one.ids]
    newest = max((one.newest for one in told if one.newest), default=None)
    late = (
        f"; the newest {(round_.now - newest).total_seconds():,.0f} s after it happened"
        if newest and ids
        else ""
    )
    report.sentences = [f"{len(rules)} rules told {len(ids)} alerts{late}."]
    report.tables["New alerts"] = pd.DataFrame(
        [(alert.event_at, alert.sentence) for one in told for alert in one.alerts],
        columns=["event_at", "sentence"],
    )


def _follow(report: JobReport, round_: Round, deliver: bool) -> None:
    followed = store_alerts.follow_up(round_.store, round_.now)
    report.changed |= {f"followed {name}": count for name, count in followed.items()}
    if deliver and (round_.targets or not round_.problems):
        sent = deliver_due(round_.store, round_.targets, round_.clock)
        report.changed |= {f"messages {name}": count for name, count in sent.items()}


def _show(report: JobReport, round_: Round) -> None:
    sent, failed = report.changed.get("messages sent", 0), report.changed.get("messages failed", 0)
    off = report.changed.get("messages put off", 0)
    if sent or failed or off:
        report.sentences.append(f"{sent} messages sent, {off} put off, {failed} given up.")
    if not round_.targets:
        report.sentences.append("No target is set (ALERT_URLS): alerts are in the feed only.")
    report.sentences += round_.problems
    outcomes = pd.DataFrame(store_alerts.rule_outcomes(round_.store))
    if len(outcomes):
        report.tables["What came of them"] = outcomes.drop(columns=["error", "enabled", "kind"])
    wrong = store_alerts.deliveries(round_.store, status="failed", size=10)
    if wrong:
        report.tables["Messages given up"] = pd.DataFrame(wrong)[
            ["at", "target", "attempts", "error"]
        ]
    if not report.came["rules"]:
        report.status = "nothing to do"


def _try(report: JobReport, round_: Round, rules: Sequence[Rule]) -> None:
    report.came = {"rules": len(rules)}
    for rule in rules:
        try:
            tried: DryRun = try_rule(round_.store, rule, round_.now, round_.schedules)
        except ParameterError as error:
            round_.problems.append(f"Rule {rule.id} ({rule.name}): {error}")
            continue
        report.sentences.append(f"Rule {rule.id} ({rule.name}): {tried}")
        report.came[f"rule {rule.id} would have fired"] = tried.fired
        report.tables[f"Rule {rule.id}: newest"] = pd.DataFrame({"sentence": list(tried.samples)})
    report.sentences += round_.problems
