"""The resolved configuration, the score's constants, and the values that may be edited here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from pydantic import SecretStr

from smartmoney import formats
from smartmoney.errors import ParameterError
from smartmoney.scoring.constants import SCORE_VERSION, SCORING_WEIGHTS, TIER_THRESHOLDS
from smartmoney.settings import Settings
from smartmoney.store import reads
from smartmoney.store.reads import Row
from smartmoney.store.server import setting
from smartmoney.widgets import cells
from smartmoney.widgets.error_boundary import redact
from smartmoney.widgets.model import PageData, PageModel
from smartmoney.widgets.table import Kpi

HIDDEN = "set, hidden"


def shown(value: Any) -> str:
    """A setting's value as text; secrets only as set or not."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, (tuple, list)):
        return ", ".join(str(part) for part in value)
    return redact(str(value))


@dataclass(frozen=True, eq=False, kw_only=True)
class SettingsData(PageData):
    """What this installation runs with.

    Attributes:
        settings: every setting.
        weights: the score's weights.
        gates: the evidence that tiers ask for.
        edited: values that were changed here, by name.
        run: the newest scoring run.
    """

    settings: Sequence[Row] = ()
    weights: Sequence[Row] = ()
    gates: Sequence[Row] = ()
    edited: Mapping[str, Row] = field(default_factory=dict)
    run: Row | None = None


class SettingsModel(PageModel[SettingsData]):
    """What this installation runs with. Editable values live in the database, with who and when."""

    name = "settings"
    title = "Settings"
    data_class = SettingsData
    EDITABLE: ClassVar[dict[str, tuple[str, tuple[str, ...]]]] = {
        "theme": ("How the pages look", ("dark", "light"))
    }

    def read(self) -> SettingsData:
        """Settings, constants, what was edited, the newest scoring run."""
        run = next(iter(reads.score_runs(self.store, 1)), None)
        weights = asdict(SCORING_WEIGHTS).items()
        return SettingsData(
            settings=[self._setting(name) for name in Settings.model_fields],
            weights=[{"name": name, "value": value} for name, value in weights],
            gates=[asdict(gate) for gate in TIER_THRESHOLDS],
            edited=reads.settings(self.store),
            run=run,
            as_of=run["as_of"] if run else None,
        )

    def _setting(self, name: str) -> Row:
        value = getattr(self.settings, name)
        return {
            "name": name.upper(),
            "value": shown(value),
            "given": name in self.settings.model_fields_set,
            "secret": isinstance(value, SecretStr),
            "help": Settings.model_fields[name].description or "",
        }

    def edited(self, name: str) -> str:
        """The value in force of an editable setting."""
        row = self.data.edited.get(name)
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
            default = self.EDITABLE[name][1][0]
            setting.save_setting(self.store, name, None if value == default else value, who)
        self.refresh()

    def changed_note(self) -> str:
        """Who changed what, and when."""
        now = self.clock()
        return "; ".join(
            f"{row['name']} set to {shown(row['value'])} by {cells.line(row['changed_by'], 40)} "
            f"{formats.ago(row['changed_at'], now)}"
            for row in self.data.edited.values()
        )

    def kpis(self) -> list[Kpi]:
        """The row of figures."""
        run, settings = self.data.run, self.settings
        targets = {"t": HIDDEN} if settings.alert_urls else cells.missing("ALERT_URLS is not set")
        population = cells.number(run["population"] if run else None, "not scored yet")
        scored = f"{run['scored']:,} scored" if run else "not scored yet"
        return [
            Kpi("Source", {"t": settings.smartmoney_source}, "where the numbers come from"),
            Kpi("Smart tiers", {"t": " + ".join(settings.smart_tiers)}, "count as smart money"),
            Kpi("Population", population, scored),
            Kpi("Score version", {"t": SCORE_VERSION}, _prior(run)),
            Kpi("Alert targets", targets, "Apprise addresses"),
            Kpi("Theme", {"t": self.edited("theme")}, "reload a page to see it"),
        ]


def _prior(run: Row | None) -> str:
    if not run or run["mu"] is None or run["tau"] is None:
        return "prior not fitted yet"
    return f"prior {formats.decimal(run['mu'], 3)} ± {run['tau']:.3f}"
