"""The resolved configuration with secrets masked, the constants of the score, and what people may edit."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

from pydantic import SecretStr

from smartmoney.errors import ParameterError
from smartmoney.settings import Settings
from smartmoney.store import reads
from smartmoney.store.reads import Row
from smartmoney.widgets import cells, formats
from smartmoney.widgets.guard import mask
from smartmoney.widgets.models.base import PageModel
from smartmoney.widgets.models.listing import Column


def shown(value: Any) -> str:
    """A setting's value as text; secrets only as set or not."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return "set, hidden"
    if isinstance(value, (tuple, list)):
        return ", ".join(str(part) for part in value)
    return mask(str(value))


def constants() -> Any:
    """The score's constants, from their own file: the package around it takes 150 MB no page has a use for."""
    name = "smartmoney.scoring.constants"
    if name not in sys.modules:
        package = importlib.util.find_spec("smartmoney.scoring")
        assert package is not None and package.origin is not None
        spec = importlib.util.spec_from_file_location(
            name, Path(package.origin).with_name("constants.py")
        )
        assert spec is not None and spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


class SettingsModel(PageModel):
    """What this installation runs with. Editable values live in the database, with who and when."""

    name = "settings"
    title = "Settings"
    EDITABLE: ClassVar[dict[str, tuple[str, tuple[str, ...]]]] = {
        "theme": ("How the pages look", ("dark", "light"))
    }

    def read(self) -> dict[str, Any]:
        """Settings, constants, what was edited, the newest scoring run."""
        score, runs = constants(), reads.score_runs(self.store, 1)
        return {
            "settings": self._settings(),
            "weights": self._weights(asdict(score.SCORING_WEIGHTS)),
            "gates": [asdict(gate) for gate in score.TIER_THRESHOLDS],
            "version": score.SCORE_VERSION,
            "edited": reads.settings(self.store),
            "run": runs[0] if runs else None,
            "as_of": runs[0]["as_of"] if runs else None,
        }

    def _settings(self) -> list[Row]:
        given = self.settings.model_fields_set
        return [
            {
                "name": name.upper(),
                "value": shown(getattr(self.settings, name)),
                "given": name in given,
                "secret": isinstance(getattr(self.settings, name), SecretStr),
                "help": field.description or "",
            }
            for name, field in Settings.model_fields.items()
        ]

    @staticmethod
    def _weights(values: dict[str, float]) -> list[Row]:
        return [{"name": name, "value": value} for name, value in values.items()]

    def edited(self, name: str) -> str:
        """The value in force of an editable setting."""
        row = self.data.get("edited", {}).get(name)
        choices = self.EDITABLE[name][1]
        return row["value"] if row and row["value"] in choices else choices[0]

    def save(self, values: Any, who: str = "local") -> None:
        """Save editable values; nothing is saved when one of them is wrong.

        Raises:
            ParameterError: no such setting, or a value it cannot have.
        """
        if not isinstance(values, dict):
            raise ParameterError("There is nothing to save.")
        for name, value in values.items():
            if name not in self.EDITABLE or value not in self.EDITABLE[name][1]:
                raise ParameterError(f"{str(name)[:40]} cannot be {str(value)[:40]!r}.")
        for name, value in values.items():
            reads.save_setting(
                self.store, name, None if value == self.EDITABLE[name][1][0] else value, who
            )
        self.refresh()

    def changed_note(self) -> str:
        """Who changed what, and when."""
        rows = self.data.get("edited", {}).values()
        now = self.clock()
        return "; ".join(
            f"{row['name']} set to {shown(row['value'])} by {formats.words(row['changed_by'], 40)} "
            f"{formats.ago(row['changed_at'], now)}"
            for row in rows
        )

    def setting_columns(self) -> Sequence[Column]:
        """Columns of the settings."""
        return (
            Column("name", "Setting", lambda r: cells.text(r["name"]), left=True, stick=True),
            Column(
                "value",
                "Value",
                lambda r: cells.text(r["value"], "not set", "amber" if r["secret"] else ""),
                left=True,
            ),
            Column(
                "from",
                "From",
                lambda r: (
                    {"t": "environment or .env"} if r["given"] else {"t": "default", "c": "dim"}
                ),
                left=True,
            ),
            Column(
                "help",
                "Meaning",
                lambda r: cells.text(formats.words(r["help"], 160), tone="dim"),
                left=True,
            ),
        )

    def weight_columns(self) -> Sequence[Column]:
        """Columns of SCORING_WEIGHTS."""
        return (
            Column("name", "Weight", lambda r: cells.text(r["name"]), left=True, stick=True),
            Column("value", "Value", lambda r: {"t": f"{r['value']:g}"}),
        )

    def gate_columns(self) -> Sequence[Column]:
        """Columns of TIER_THRESHOLDS."""
        free = "asks for nothing"
        return (
            Column("tier", "Tier", lambda r: cells.tier(r["tier"])),
            Column(
                "slots", "Slots down to", lambda r: {"t": f"top {r['slots_per_mille'] / 10:g} %"}
            ),
            Column(
                "events",
                "Events",
                lambda r: {"t": f"≥ {r['min_events']}"} if r["min_events"] else cells.none(free),
            ),
            Column(
                "prob",
                "P(skill)",
                lambda r: (
                    {"t": f"≥ {r['min_skill_prob']:g}"} if r["min_skill_prob"] else cells.none(free)
                ),
            ),
            Column(
                "q",
                "q",
                lambda r: (
                    {"t": f"≤ {r['max_q_value']:g}"} if r["max_q_value"] else cells.none(free)
                ),
            ),
            Column(
                "flags",
                "Flags",
                lambda r: {"t": "none"} if r["unflagged"] else cells.none("flags do not matter"),
                left=True,
            ),
        )

    def kpis(self) -> list[dict[str, Any]]:
        """The row of figures."""
        run, settings = self.data.get("run"), self.settings
        return [
            {
                "label": "Source",
                "cell": {"t": settings.smartmoney_source},
                "below": "where the numbers come from",
            },
            {
                "label": "Smart tiers",
                "cell": {"t": " + ".join(settings.smart_tiers)},
                "below": "count as smart money",
            },
            {
                "label": "Population",
                "cell": cells.number(run["population"] if run else None, "not scored yet"),
                "below": f"{run['scored']:,} scored" if run else "not scored yet",
            },
            {
                "label": "Score version",
                "cell": {"t": self.data.get("version", "")},
                "below": f"prior {run['mu']:.3f} ± {run['tau']:.3f}"
                if run and run["mu"] is not None and run["tau"] is not None
                else "prior not fitted yet",
            },
            {
                "label": "Alert targets",
                "cell": {"t": "set, hidden"}
                if settings.alert_urls
                else cells.none("ALERT_URLS is not set"),
                "below": "Apprise addresses",
            },
            {
                "label": "Theme",
                "cell": {"t": self.edited("theme")},
                "below": "reload a page to see it",
            },
        ]
