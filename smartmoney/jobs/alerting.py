"""Alerts: rules evaluated on what is known now, reported in the feed and by Apprise, and followed afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

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
from smartmoney.jobs.runner import UNRECORDED, JobRun, job
from smartmoney.store import alerts as store_alerts
from smartmoney.store.db import Store
from smartmoney.store.reads import Row

LEAST_BETWEEN_TESTS = timedelta(seconds=30)


@dataclass
class Round:
    """One evaluation: when, for which targets, and what is wrong with them.

    Attributes:
        run: store, settings and report.
        clock: tells the time, also of what is sent.
        now: when the evaluation began.
        allow_private: may a target be on this machine?
        targets, problems: the targets that can be used, and sentences on what cannot.
    """

    run: JobRun
    clock: Clock
    now: datetime
    allow_private: bool = False
    targets: list[Target] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def store(self) -> Store:
        """The database."""
        return self.run.store

    @property
    def report(self) -> JobReport:
        """What is reported of the run."""
        return self.run.report

    @property
    def schedules(self) -> dict[str, float]:
        """Seconds between the runs of each job."""
        return self.run.settings.schedules()

    @property
    def labels(self) -> list[str]:
        """Labels of the targets."""
        return [target.label for target in self.targets]


@job(late="alerts are late")
def evaluate_alerts(
    run: JobRun,
    *,
    rules: list[int] | None = None,
    dry_run: bool = False,
    deliver: bool = True,
    test_target: str | None = None,
    allow_private: Annotated[bool, UNRECORDED] = False,
    now: Annotated[datetime | None, UNRECORDED] = None,
) -> None:
    """Check the alert rules and deliver what they found; follow earlier alerts.

    Args:
        run: store, settings and report.
        rules: ids of the rules to evaluate; all enabled ones when None.
        dry_run: only count how often each rule would have fired in seven days; paused ones too when given.
        deliver: send what is due; without it, messages wait for the next run.
        test_target: only send a test message to the target of this label; what came of it is noted with the target.
        allow_private, now: for tests: targets on this machine, and the time.

    Raises:
        ParameterError: a rule or the target is not known.
    """
    round_ = Round(run, utc_now, utc_now(), allow_private)
    if now is not None:
        round_.clock, round_.now = lambda: now, now
    if test_target is not None:
        send_test_message(round_, test_target)
    elif dry_run:
        try_rules(round_, rules)
    else:
        evaluate_rules(round_, rules, deliver)


def evaluate_rules(round_: Round, ids: Sequence[int] | None, deliver: bool) -> None:
    """Evaluate the enabled rules, store what they found, follow earlier alerts, and send what is due."""
    _read_targets(round_)
    rules = _rules(round_, ids, only_enabled=True)
    round_.report.read = {"rules": len(rules)}
    _evaluate(round_, rules)
    _follow(round_, deliver)
    _describe(round_)


def try_rules(round_: Round, ids: Sequence[int] | None) -> None:
    """Count how often each rule would have fired; nothing is stored or sent."""
    report, rules = round_.report, _rules(round_, ids, only_enabled=not ids)
    report.read = {"rules": len(rules)}
    for rule in rules:
        try:
            tried: DryRun = try_rule(round_.store, rule, round_.now, round_.schedules)
        except ParameterError as error:
            round_.problems.append(f"Rule {rule.id} ({rule.name}): {error}")
            continue
        report.sentences.append(f"Rule {rule.id} ({rule.name}): {tried}")
        report.read[f"rule {rule.id} would have fired"] = tried.fired
        report.tables[f"Rule {rule.id}: newest"] = pd.DataFrame({"sentence": list(tried.samples)})
    report.sentences += round_.problems


def send_test_message(round_: Round, label: str) -> None:
    """Send a test message to the target of this label, unless one was sent a moment ago."""
    _read_targets(round_)
    store, report = round_.store, round_.report
    if store_alerts.was_tested(store, label, round_.now - LEAST_BETWEEN_TESTS):
        report.status = "nothing to do"
        report.sentences = [f"{label} was tested less than {LEAST_BETWEEN_TESTS.seconds} s ago."]
        return
    result = send_test(label, round_.run.settings, round_.allow_private)
    error = None if result.ok else result.error
    store_alerts.tested_target(store, label, round_.clock(), error)
    report.written = {"messages sent": int(result.ok)}
    report.sentences = [
        f"{label} accepted a test message."
        if result.ok
        else f"{label} did not accept it: {result.error}"
    ]


def _read_targets(round_: Round) -> None:
    """The targets of the settings, noted for the page: labels, never addresses."""
    round_.targets, round_.problems = read_targets(round_.run.settings, round_.allow_private)
    usable: list[tuple[str, str, str | None]] = [
        (target.label, target.service, None) for target in round_.targets
    ]
    wrong = [
        (f"unusable {number}", "", problem) for number, problem in enumerate(round_.problems, 1)
    ]
    store_alerts.seen_targets(round_.store, [*usable, *wrong], round_.now)


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
        _note_broken(round_, row["id"], row["name"], error)
        return None


def _note_broken(round_: Round, rule_id: int, name: str, error: UserError) -> None:
    round_.problems.append(f"Rule {rule_id} ({name}) was left out: {error}")
    store_alerts.evaluated(round_.store, rule_id, round_.now, str(error))


def _evaluate(round_: Round, rules: Sequence[Rule]) -> None:
    report = round_.report
    results: list[Dispatched] = []
    for rule in rules:
        lost = sorted({*(rule.parameters.targets or ())} - {*round_.labels})
        if lost:
            round_.problems.append(
                f"Rule {rule.id} ({rule.name}) names the target {lost[0]}, which cannot be used."
            )
        try:
            results.append(
                dispatch(round_.store, rule, round_.now, round_.schedules, round_.labels)
            )
        except ParameterError as error:
            _note_broken(round_, rule.id, rule.name, error)
    report.written = {
        "alerts": sum(len(one.ids) for one in results),
        "capped": sum(one.capped for one in results),
    }
    dropped = sum((Counter(one.dropped) for one in results), Counter[str]())
    report.read |= {f"held back by {reason}": count for reason, count in sorted(dropped.items())}
    ids = [id_ for one in results for id_ in one.ids]
    newest = max((one.newest for one in results if one.newest), default=None)
    late = (
        f"; the newest {(round_.now - newest).total_seconds():,.0f} s after it happened"
        if newest and ids
        else ""
    )
    report.sentences = [f"{len(rules)} rules raised {len(ids)} alerts{late}."]
    report.tables["New alerts"] = pd.DataFrame(
        [(alert.event_at, alert.sentence) for one in results for alert in one.alerts],
        columns=["event_at", "sentence"],
    )


def _follow(round_: Round, deliver: bool) -> None:
    report = round_.report
    followed = store_alerts.follow_up(round_.store, round_.now)
    report.written |= {f"followed {name}": count for name, count in followed.items()}
    if deliver and (round_.targets or not round_.problems):
        sent = deliver_due(round_.store, round_.targets, round_.clock)
        report.written |= {f"messages {name}": count for name, count in sent.items()}


def _describe(round_: Round) -> None:
    report = round_.report
    sent, failed = report.written.get("messages sent", 0), report.written.get("messages failed", 0)
    off = report.written.get("messages put off", 0)
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
    if not report.read["rules"]:
        report.status = "nothing to do"
