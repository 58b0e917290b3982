"""Alerts: what fired and what came of it, the rules, which people edit, targets and the watchlist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from traitlets import Dict, Int, Unicode

from smartmoney.errors import ParameterError
from smartmoney.prefect_rest import start_job
from smartmoney.store import alerts as store_alerts
from smartmoney.store import reads
from smartmoney.store.reads import AlertFilter, Page, Row
from smartmoney.widgets import cells
from smartmoney.widgets.controls import Control
from smartmoney.widgets.listing import ListData, ListModel
from smartmoney.widgets.screens.alerts.columns import FEED
from smartmoney.widgets.screens.alerts.rule_form import rule_fields, typed

if TYPE_CHECKING:
    from smartmoney.alerts import Rule

MOST_DELIVERIES = 12
SAMPLES = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class AlertsData(ListData):
    """The feed, and what stands beside it.

    Attributes:
        rules: every rule with what came of it.
        targets: where alerts go.
        deliveries: the newest deliveries.
        watchlist: what is watched.
    """

    rules: Sequence[Row] = ()
    targets: Sequence[Row] = ()
    deliveries: Sequence[Row] = ()
    watchlist: Sequence[Row] = ()


class AlertsModel(ListModel[AlertsData]):
    """The feed, the rules, and the rule being edited.

    Attributes:
        kind_of_rule: kind of the rule in the form.
        editing: id of the rule in the form, 0 for a new one.
        rule_result: what the last action on a rule came to.
        target_result: what the last test of a target came to.
        draft: what was typed into the form and is not saved.
    """

    name = "alerts"
    title = "Alerts"
    kind_of_rule = Unicode("trader_moves")
    editing = Int(0)
    rule_result = Unicode("")
    target_result = Unicode("")
    draft = Dict()
    job = "evaluate_alerts"
    jobs = ("evaluate_alerts",)
    data_class = AlertsData
    filter_class = AlertFilter
    fetch = staticmethod(reads.alerts)
    columns = FEED
    rows_called = "alerts"

    def complete(self, page: Page) -> AlertsData:
        """The feed, as of the moment of reading, with everything beside it."""
        outcomes = {row["rule_id"]: row for row in store_alerts.rule_outcomes(self.store)}
        rules = reads.alert_rules(self.store)
        return AlertsData(
            page=page,
            as_of=self.clock(),
            rules=[{**outcomes.get(row["id"], {}), **row} for row in rules],
            targets=reads.alert_targets(self.store),
            deliveries=store_alerts.deliveries(self.store, size=MOST_DELIVERIES),
            watchlist=reads.watchlist(self.store),
        )

    def nothing_yet(self, data: AlertsData) -> str:
        """Why the feed is empty without any filter."""
        if data.rules:
            return "No alert yet: no rule has fired."
        return "No alert yet: there is no rule. Add one below."

    def rule(self, rule_id: int) -> Row:
        """A rule by id.

        Raises:
            ParameterError: there is none.
        """
        row = next((row for row in self.data.rules if row["id"] == rule_id), None)
        if row is None:
            raise ParameterError("That rule is gone.")
        return row

    def fields(self) -> list[Control]:
        """The form's controls for the chosen kind; what was typed already stays."""
        rule: Row = self.rule(self.editing) if self.editing else {"name": "", "parameters": {}}
        fields = rule_fields(self.kind_of_rule, rule["name"], rule["parameters"])
        return [
            {**field, "value": self.draft.get(field["key"], field["value"])} for field in fields
        ]

    def compose(self, kind: str) -> None:
        """Begin a new rule of a kind; "" puts the form away."""
        self.rule_result, self.editing, self.draft = "", 0, {}
        self.kind_of_rule = kind or self.kind_of_rule

    def _typed(self, values: Any) -> tuple[str, Row]:
        name, parameters, self.draft = typed(self.fields(), values)
        return name, parameters

    def try_rule(self, values: Any) -> None:
        """Say how often the rule in the form would have fired, without saving it.

        Raises:
            ParameterError: what is wrong with it.
        """
        from smartmoney.alerts import check

        name, parameters = self._typed(values)
        rule = check(self.store, name or "a rule", self.kind_of_rule, parameters)
        self.rule_result = f"Not saved yet. {self._dry_run(rule)}"

    def submit(self, values: Any) -> None:
        """Check, try and save the rule in the form.

        Raises:
            ParameterError: what is wrong with it.
        """
        from smartmoney.alerts import save_rule

        name, parameters = self._typed(values)
        _, tried = save_rule(
            self.store,
            name,
            self.kind_of_rule,
            parameters,
            now=self.clock(),
            schedules=self.settings.schedules(),
            rule_id=self.editing or None,
        )
        self.rule_result = f"Saved. {tried}"
        self.editing, self.draft = 0, {}
        self.refresh()

    def act(self, key: str, rule_id: int) -> None:
        """A rule's button was pressed.

        Raises:
            ParameterError: no such rule or button.
        """
        row = self.rule(rule_id)
        name = cells.line(row["name"], 60)
        if key == "test":
            self.rule_result = self._backtest(row)
        elif key == "edit":
            self.kind_of_rule, self.editing = row["kind"], rule_id
            self.rule_result, self.draft = "", {}
        elif key in ("pause", "resume"):
            store_alerts.change_alert_rule(self.store, rule_id, enabled=key == "resume")
            self.rule_result = f"{name} is {'on' if key == 'resume' else 'paused'}."
        elif key == "delete":
            store_alerts.delete_alert_rule(self.store, rule_id)
            self.editing = 0 if self.editing == rule_id else self.editing
            self.rule_result = f"{name} was deleted with its alerts."
        else:
            raise ParameterError("There is no such button.")
        self.refresh()

    def _backtest(self, row: Row) -> str:
        from smartmoney.alerts import check

        return self._dry_run(check(self.store, row["name"], row["kind"], row["parameters"]))

    def _dry_run(self, rule: Rule) -> str:
        from smartmoney.alerts import dry_run

        tried = dry_run(self.store, rule, self.clock(), self.settings.schedules())
        return " ".join([str(tried), *(f"· {sample}" for sample in tried.samples[:SAMPLES])])

    def test_target(self, label: str) -> None:
        """Ask the job to send a test message: this process knows no address.

        Raises:
            ParameterError: there is no such target.
        """
        if label not in {row["label"] for row in self.data.targets if not row["problem"]}:
            raise ParameterError("There is no such target any more.")
        if start_job(self.settings, "evaluate_alerts", {"test_target": label}):
            self.target_result = (
                f"A test message to {label} is on its way; what came of it shows here in a minute."
            )
        else:
            self.target_result = (
                "Prefect does not answer, so nothing was sent; "
                f"`smartmoney run evaluate_alerts -p test_target={label}` does it by hand."
            )

    def watch(self, values: Any) -> None:
        """Put a trader (an address) or a market (number or condition id) on the watchlist, or change its note.

        Raises:
            ParameterError: it is not known, or the note is too long.
        """
        given = values if isinstance(values, dict) else {}
        what, note = str(given.get("what", "")).strip(), str(given.get("note", ""))
        wallet = len(what) == 42 and what[:2].lower() == "0x"
        (store_alerts.watch_trader if wallet else store_alerts.watch_market)(self.store, what, note)
        self.refresh()

    def unwatch(self, watch_id: int) -> None:
        """Take an entry off the watchlist."""
        store_alerts.unwatch(self.store, watch_id)
        self.refresh()
