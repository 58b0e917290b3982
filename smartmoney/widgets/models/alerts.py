"""Alerts: what was told and what came of it, and the rules, which people edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from traitlets import Dict, Int, Unicode

from smartmoney.errors import ParameterError
from smartmoney.prefect_rest import start_job
from smartmoney.store import alerts as store_alerts
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.reads import AlertFilter, Page, Row
from smartmoney.widgets import cells, formats, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.models.alert_places import outcome_columns, state
from smartmoney.widgets.models.listing import Column, ListModel

if TYPE_CHECKING:
    from smartmoney.alerts import Rule

DELIVERIES = 12
KINDS = {
    "trader_moves": "a wallet opens, adds to or closes a position",
    "market_crosses": "a market's statistic crosses a level",
    "consensus": "several smart wallets buy the same outcome",
    "tier_changes": "a wallet changes tier",
    "market_resolves": "a market resolves",
    "stream_stale": "a job is late",
}


def later(now_price: Any, then: Any) -> Cell:
    """A later price with its change since the alert."""
    if then is None:
        return cells.none("not that late yet")
    if now_price is None:
        return cells.cents(then)
    change = cells.cents_change(then - now_price)
    return {**cells.cents(then), "n": change["t"], "c": change["c"]}


class AlertsModel(ListModel):
    """The feed, the rules, and the rule being edited.

    Attributes:
        kind_of_rule: kind of the rule in the form.
        editing: id of the rule in the form, 0 for a new one.
        told: what the last action on a rule came to.
        told_target: what the last test of a target came to.
        draft: what was typed into the form and is not saved.
    """

    name = "alerts"
    title = "Alerts"
    kind_of_rule = Unicode("trader_moves")
    editing = Int(0)
    told = Unicode("")
    told_target = Unicode("")
    draft = Dict()
    kind = AlertFilter
    job = "evaluate_alerts"
    jobs = ("evaluate_alerts",)
    rows_called = "alerts"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of alerts."""
        return reads.alerts(store, wanted)

    def extras(self, page: Page) -> dict[str, Any]:
        """Rules with what came of them, targets, deliveries, watchlist; the feed is as of the moment of looking."""
        outcomes = {row["rule_id"]: row for row in store_alerts.rule_outcomes(self.store)}
        return {
            "rules": [
                {**outcomes.get(row["id"], {}), **row} for row in reads.alert_rules(self.store)
            ],
            "targets": reads.alert_targets(self.store),
            "deliveries": store_alerts.deliveries(self.store, size=DELIVERIES),
            "watchlist": reads.watchlist(self.store),
            "as_of": self.clock(),
        }

    def nothing_yet(self) -> str:
        """Why the feed is empty without any filter."""
        rules = self.data.get("rules")
        return (
            "No alert yet: no rule has fired."
            if rules
            else "No alert yet: there is no rule. Add one below."
        )

    def columns(self) -> Sequence[Column]:
        """Columns of the feed."""
        now = self.clock()
        return (
            Column("at", "When", lambda r: cells.when(r["at"], now), True),
            Column("sentence", "What", self._sentence, left=True, stick=True),
            Column(
                "rule",
                "Rule",
                lambda r: cells.text(formats.words(r["rule_name"], 28), r["rule_name"]),
                left=True,
            ),
            Column(
                "tier", "Tier", lambda r: cells.tier(r["tier"], "not about a trader, or not scored")
            ),
            Column("price", "Price", lambda r: cells.cents(r["price"], "no price")),
            Column("hour", "+1 h", lambda r: later(r["price"], r["price_1h"])),
            Column("day", "+24 h", lambda r: later(r["price"], r["price_24h"])),
            Column(
                "settled",
                "Settled",
                lambda r: (
                    later(r["price"], r["settled"])
                    if r["settled"] is not None
                    else cells.none("not resolved yet")
                ),
            ),
            Column("sent", "Told", self._sent, left=True),
        )

    @staticmethod
    def _sentence(row: Row) -> Cell:
        link = (
            links.market(row["market_id"])
            if row["market_id"]
            else links.trader(row["address"])
            if row["address"]
            else ""
        )
        return cells.text(formats.words(row["sentence"], 110), row["sentence"], link=link)

    @staticmethod
    def _sent(row: Row) -> Cell:
        if row["failed"]:
            return cells.chip(
                f"{row['failed']} failed", "red", formats.words(row["delivery_error"] or "", 300)
            )
        if row["sent"]:
            return cells.chip("sent", "gain")
        return (
            cells.chip("waiting", "amber") if row["deliveries"] else {"t": "here only", "c": "dim"}
        )

    def rule_columns(self) -> Sequence[Column]:
        """Columns of the rules; the last has their buttons."""
        now = self.clock()
        return (
            Column("name", "Rule", self._named, left=True, stick=True),
            Column("state", "State", state, left=True),
            Column("fired", "Fired", lambda r: cells.number(r["fired"])),
            Column("last", "Last", lambda r: cells.when(r["last_fired_at"], now)),
            *outcome_columns(),
            Column("with", "With", self._with, left=True),
            Column("do", "", self._buttons, left=True),
        )

    @staticmethod
    def _named(row: Row) -> Cell:
        kind = row["kind"].replace("_", " ")
        return cells.text(
            formats.words(row["name"], 40),
            f"{row['name']}: {KINDS.get(row['kind'], '')}",
            note=kind,
        )

    @staticmethod
    def _with(row: Row) -> Cell:
        words = written(row["parameters"]) or "the defaults"
        return cells.text(formats.words(words, 36), words)

    @staticmethod
    def _buttons(row: Row) -> Cell:
        pause = ("pause", "Pause") if row["enabled"] else ("resume", "Resume")
        return {
            "k": "buttons",
            "i": row["id"],
            "v": [["test", "Dry run"], ["edit", "Edit"], list(pause), ["delete", "Delete"]],
        }

    def rule(self, rule_id: int) -> Row:
        """A rule by id.

        Raises:
            ParameterError: there is none.
        """
        found = next((row for row in self.data.get("rules", []) if row["id"] == rule_id), None)
        if found is None:
            raise ParameterError("That rule is gone.")
        return found

    def fields(self) -> list[dict[str, Any]]:
        """The form's controls for the chosen kind, from the kind's own model; what was typed already stays."""
        from smartmoney.alerts import MODELS, RuleKind

        given: Row = self.rule(self.editing) if self.editing else {"name": "", "parameters": {}}
        schema = MODELS[RuleKind(self.kind_of_rule)].model_json_schema()
        name = {
            "key": "name",
            "label": "Name",
            "kind": "text",
            "longest": 200,
            "value": given["name"],
            "wide": True,
        }
        fields = [
            control(key, part, schema.get("$defs", {}), given["parameters"].get(key))
            for key, part in schema["properties"].items()
        ]
        return [
            {**field, "value": self.draft.get(field["key"], field["value"])}
            for field in (name, *fields)
        ]

    def compose(self, kind: str) -> None:
        """Begin a new rule of a kind; "" puts the form away."""
        self.told, self.editing, self.draft = "", 0, {}
        self.kind_of_rule = kind or self.kind_of_rule

    def _given(self, values: Any) -> tuple[str, dict[str, Any]]:
        """Name and parameters as typed, kept as the draft."""
        if not isinstance(values, dict):
            raise ParameterError("There is nothing to save.")
        fields = self.fields()
        self.draft = {
            field["key"]: values[field["key"]] for field in fields if field["key"] in values
        }
        return str(values.get("name", "")), {
            field["key"]: unpacked(field, values[field["key"]])
            for field in fields
            if field["key"] != "name" and values.get(field["key"]) not in (None, "")
        }

    def try_rule(self, values: Any) -> None:
        """Say how often the rule in the form would have fired, without saving it.

        Raises:
            ParameterError: what is wrong with it.
        """
        from smartmoney.alerts import check

        name, parameters = self._given(values)
        rule = check(self.store, name or "a rule", self.kind_of_rule, parameters)
        self.told = f"Not saved yet. {self._dry(rule)}"

    def submit(self, values: Any) -> None:
        """Check, try and save the rule in the form.

        Raises:
            ParameterError: what is wrong with it.
        """
        from smartmoney.alerts import save_rule

        name, parameters = self._given(values)
        _, tried = save_rule(
            self.store,
            name,
            self.kind_of_rule,
            parameters,
            now=self.clock(),
            schedules=self.settings.schedules(),
            rule_id=self.editing or None,
        )
        self.told = f"Saved. {tried}"
        self.editing, self.draft = 0, {}
        self.refresh()

    def act(self, key: str, rule_id: int) -> None:
        """A rule's button was pressed.

        Raises:
            ParameterError: no such rule or button.
        """
        row = self.rule(rule_id)
        if key == "test":
            self.told = self._tried(row)
        elif key == "edit":
            self.kind_of_rule, self.editing, self.told, self.draft = row["kind"], rule_id, "", {}
        elif key in ("pause", "resume"):
            reads.change_alert_rule(self.store, rule_id, enabled=key == "resume")
            self.told = (
                f"{formats.words(row['name'], 60)} is {'on' if key == 'resume' else 'paused'}."
            )
        elif key == "delete":
            reads.delete_alert_rule(self.store, rule_id)
            self.editing = 0 if self.editing == rule_id else self.editing
            self.told = f"{formats.words(row['name'], 60)} was deleted with its alerts."
        else:
            raise ParameterError("There is no such button.")
        self.refresh()

    def _tried(self, row: Row) -> str:
        from smartmoney.alerts import check

        return self._dry(check(self.store, row["name"], row["kind"], row["parameters"]))

    def _dry(self, rule: Rule) -> str:
        from smartmoney.alerts import dry_run

        tried = dry_run(self.store, rule, self.clock(), self.settings.schedules())
        return " ".join([str(tried), *(f"· {sentence}" for sentence in tried.samples[:3])])

    def test_target(self, label: str) -> None:
        """Ask the job to send a test message: this process knows no address.

        Raises:
            ParameterError: there is no such target.
        """
        if label not in {
            row["label"] for row in self.data.get("targets", []) if not row["problem"]
        }:
            raise ParameterError("There is no such target any more.")
        if start_job(self.settings, "evaluate_alerts", {"test_target": label}):
            self.told_target = (
                f"A test message to {label} is on its way; what came of it shows here in a minute."
            )
        else:
            self.told_target = (
                f"Prefect does not answer, so nothing was sent; `smartmoney run evaluate_alerts -p test_target={label}` "
                "does it by hand."
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


def written(parameters: Row) -> str:
    """A rule's parameters in one line."""
    parts = [
        f"{name.replace('_', ' ')} {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in parameters.items()
        if value not in (None, [], "")
    ]
    return ", ".join(parts)


def control(name: str, part: Row, named: Row, value: Any) -> dict[str, Any]:
    """A form control for one property of a JSON schema; lists are written with commas."""
    kinds = [option for option in part.get("anyOf", [part]) if option.get("type") != "null"]
    kind = next(
        (option for option in kinds if option.get("type") != "string" or len(kinds) == 1), kinds[0]
    )
    if "$ref" in kind:
        kind = named.get(kind["$ref"].rpartition("/")[2], {})
    default = part.get("default")
    base = {
        "key": name,
        "label": name.replace("_", " "),
        "hint": "any" if default in (None, []) else str(default)[:40],
    }
    if kind.get("type") == "boolean":
        return {**base, "kind": "check", "value": bool(default if value is None else value)}
    if "enum" in kind:
        chosen = default if value is None else value
        return {
            **base,
            "kind": "select",
            "any": False,
            "choices": [[word, word] for word in kind["enum"]],
            "value": chosen,
        }
    if kind.get("type") in ("integer", "number"):
        limits = {"min": kind.get("minimum"), "max": kind.get("maximum")}
        return {
            **base,
            **limits,
            "kind": "number",
            "step": 1 if kind["type"] == "integer" else "any",
            "value": "" if value is None else value,
        }
    listed = kind.get("type") == "array"
    text = ", ".join(map(str, value)) if isinstance(value, list) else value or ""
    return {
        **base,
        "kind": "text",
        "list": listed,
        "longest": 4_000,
        "value": text,
        **({"hint": "separated by commas"} if listed and default in (None, []) else {}),
    }


def unpacked(field: dict[str, Any], value: Any) -> Any:
    """A control's value as the rule's model takes it."""
    if field.get("list"):
        return [word.strip() for word in str(value).split(",") if word.strip()]
    return value
