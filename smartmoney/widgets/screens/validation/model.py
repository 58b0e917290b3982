"""The verdict on the scores, on this database: what is read, and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from smartmoney import formats
from smartmoney.store import reads
from smartmoney.store.reads import Row
from smartmoney.widgets import cells
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.model import Judgement, PageData, PageModel, PageState
from smartmoney.widgets.screens.validation.charts import POINTS_PER_UNIT
from smartmoney.widgets.screens.validation.columns import SCORE, figure
from smartmoney.widgets.table import Kpi

NOT_YET = (
    "The scores have not been validated yet: it needs resolved events on both sides of a "
    "month's end, and runs weekly."
)
TOO_FEW = "No month's end has enough scored wallets with events after it yet."
NO_LEAN = "Not tried yet; the next validation does."
LONGEST = 600


@dataclass(frozen=True, eq=False, kw_only=True)
class ValidationData(PageData):
    """The validations so far.

    Attributes:
        runs: validations, the newest first.
        lean: the newest proof of the lean of smart money.
    """

    runs: Sequence[Row] = ()
    lean: Row | None = None

    @property
    def result(self) -> Row:
        """What the newest validation wrote."""
        return self.runs[0]["result"] if self.runs else {}

    def table(self, name: str) -> list[Row]:
        """One of the result's tables; nothing where the run did not write it."""
        return _rows(self.result.get(name))

    @property
    def lean_rows(self) -> list[Row]:
        """What markets paid beyond their price, by lean."""
        return _rows(((self.lean or {}).get("result") or {}).get("calibration"))

    @property
    def own(self) -> Row:
        """The score's own row among the factors."""
        return next((row for row in self.table("summary") if row.get("factor") == SCORE), {})


def _rows(value: Any) -> list[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


class ValidationModel(PageModel[ValidationData]):
    """The newest validation run, and the verdicts before it."""

    name = "validation"
    title = "Validation"
    job = "validate_scores"
    jobs = ("validate_scores",)
    data_class = ValidationData

    def read(self) -> ValidationData:
        """The newest run's result and the list of runs."""
        runs = reads.validation_runs(self.store)
        return ValidationData(
            runs=runs,
            as_of=runs[0]["as_of"] if runs else None,
            lean=next(iter(reads.lean_proofs(self.store, 1)), None),
        )

    def judge(self, data: ValidationData) -> Judgement:
        """Empty before the first run; too little where no cut-off could be judged."""
        if not data.runs:
            return PageState.EMPTY, NOT_YET
        return (PageState.READY, "") if data.table("ic") else (PageState.TOO_LITTLE, TOO_FEW)

    def kpis(self) -> list[Kpi]:
        """The row of figures."""
        result, own = self.data.result, self.data.own
        if not self.data.runs:
            return []
        verdict = ("validated", "gain") if result.get("validated") else ("not validated", "amber")
        share = result.get("permutation_share")
        return [
            Kpi("Verdict", cells.chip(*verdict), "on this database"),
            Kpi("IC mean", figure(own.get("IC Mean")), "needs > 0.05; expect 0.05 to 0.20"),
            Kpi("t (Newey-West)", figure(own.get("t-stat(IC)"), 2), "needs > 2"),
            Kpi("Above permutations", cells.share(share, "not run"), "needs 95 %"),
            _spread(result.get("spread") or {}),
            Kpi("Brier", figure(result.get("brier")), "of P(skill); 0.25 is a coin"),
        ]

    def verdict(self) -> list[list[Cell]]:
        """The verdict in words."""
        runs = self.data.runs
        return [[{"t": cells.line(runs[0]["verdict"], LONGEST)}]] if runs else []

    def lean(self) -> list[list[Cell]]:
        """Whether the lean of smart money foretold more than the price, in words."""
        proof = self.data.lean
        if not proof:
            return [[{"t": NO_LEAN}]]
        found = proof["result"]
        briers = (
            ("of the price", found.get("brier_price")),
            ("of the price moved by the lean", found.get("brier_cross")),
        )
        words = ", ".join(f"{name} {value:.4f}" for name, value in briers if value is not None)
        verdict = [{"t": cells.line(proof["verdict"], LONGEST)}]
        return [verdict, *([[{"t": f"Brier {words}"}]] if words else [])]


def _spread(spread: Row) -> Kpi:
    mean, low, high = (spread.get(name) for name in ("mean", "low", "high"))
    cell = (
        cells.missing("a decile is empty")
        if mean is None
        else {"t": formats.points(POINTS_PER_UNIT * mean)}
    )
    if low is None or high is None:
        return Kpi("Top less bottom decile", cell, "edge afterwards")
    between = cells.between(POINTS_PER_UNIT * low, POINTS_PER_UNIT * high, 1)
    return Kpi("Top less bottom decile", cell, f"90 %: {between}")
