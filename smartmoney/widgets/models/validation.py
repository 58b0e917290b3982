"""The verdict on the scores, on this database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smartmoney.store import reads
from smartmoney.store.reads import Row
from smartmoney.widgets import cells, formats
from smartmoney.widgets.models.base import PageModel, PageState
from smartmoney.widgets.models.listing import Column

SCORE = "rarity_score"


def figure(value: float | None, digits: int = 3) -> dict[str, Any]:
    """A statistic with sign; an en dash where it cannot be computed."""
    return (
        cells.none("too few cut-offs")
        if value is None
        else {"t": f"{value:.{digits}f}".replace("-", "−")}
    )


class ValidationModel(PageModel):
    """The newest validation run, and the verdicts before it."""

    name = "validation"
    title = "Validation"
    job = "validate_scores"
    jobs = ("validate_scores",)

    def read(self) -> dict[str, Any]:
        """The newest run's result and the list of runs."""
        runs = reads.validation_runs(self.store)
        return {
            "runs": runs,
            "result": runs[0]["result"] if runs else {},
            "as_of": runs[0]["as_of"] if runs else None,
            "lean": next(iter(reads.lean_proofs(self.store, 1)), None),
        }

    def judge(self, data: dict[str, Any]) -> tuple[PageState, str]:
        """Empty before the first run; too little where no cut-off could be judged."""
        if not data["runs"]:
            return PageState.EMPTY, (
                "The scores have not been validated yet: it needs resolved events on both sides of a "
                "month's end, and runs weekly."
            )
        if not self.table("ic", data):
            return (
                PageState.TOO_LITTLE,
                "No month's end has enough scored wallets with events after it yet.",
            )
        return PageState.READY, ""

    def table(self, name: str, data: dict[str, Any] | None = None) -> list[Row]:
        """One of the result's tables as rows; nothing where the run did not write it."""
        found = (self.data if data is None else data).get("result", {}).get(name)
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    @property
    def summary(self) -> Row:
        """The score's own row among the factors."""
        return next((row for row in self.table("summary") if row.get("factor") == SCORE), {})

    def kpis(self) -> list[dict[str, Any]]:
        """The row of figures."""
        result, own = self.data.get("result", {}), self.summary
        if not self.data.get("runs"):
            return []
        spread = result.get("spread") or {}
        passed = result.get("validated")
        t = own.get("t-stat(IC)")
        between = (
            ""
            if spread.get("low") is None
            else f"90 %: {25 * spread['low']:+.1f} to {25 * spread['high']:+.1f}".replace("-", "−")
        )
        mean = spread.get("mean")
        share = result.get("permutation_share")
        return [
            {
                "label": "Verdict",
                "cell": cells.chip(
                    "validated" if passed else "not validated", "gain" if passed else "amber"
                ),
                "below": "on this database",
            },
            {
                "label": "IC mean",
                "cell": figure(own.get("IC Mean")),
                "below": "needs > 0.05; expect 0.05 to 0.20",
            },
            {"label": "t (Newey-West)", "cell": figure(t, 2), "below": "needs > 2"},
            {
                "label": "Above permutations",
                "cell": cells.share(share, "not run"),
                "below": "needs 95 %",
            },
            {
                "label": "Top less bottom decile",
                "cell": {"t": formats.points(25 * mean)}
                if mean is not None
                else cells.none("a decile is empty"),
                "below": between or "edge afterwards",
            },
            {
                "label": "Brier",
                "cell": figure(result.get("brier")),
                "below": "of P(skill); 0.25 is a coin",
            },
        ]

    def verdict(self) -> list[list[dict[str, Any]]]:
        """The verdict in words."""
        runs = self.data.get("runs")
        return [[{"t": formats.words(runs[0]["verdict"], 600)}]] if runs else []

    def lean(self) -> list[list[dict[str, Any]]]:
        """Whether the lean of smart money said more than the price, in words."""
        proof = self.data.get("lean")
        if not proof:
            return [[{"t": "Not tried yet; the next validation does."}]]
        found = proof["result"]
        briers = [
            ("of the price", found.get("brier_price")),
            ("of the price moved by the lean", found.get("brier_cross")),
        ]
        words = ", ".join(f"{name} {value:.4f}" for name, value in briers if value is not None)
        return [
            [{"t": formats.words(proof["verdict"], 600)}],
            *([[{"t": f"Brier {words}"}]] if words else []),
        ]

    def lean_rows(self) -> list[Row]:
        """What markets paid beyond their price, by lean."""
        found = ((self.data.get("lean") or {}).get("result") or {}).get("calibration")
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def factor_columns(self) -> Sequence[Column]:
        """Columns of the score against its baselines."""
        return (
            Column(
                "factor",
                "Factor",
                lambda r: cells.text(
                    str(r.get("factor")), tone="" if r.get("factor") == SCORE else "dim"
                ),
                left=True,
                stick=True,
            ),
            Column("mean", "IC mean", lambda r: figure(r.get("IC Mean"))),
            Column("std", "IC std.", lambda r: figure(r.get("IC Std."))),
            Column("risk", "Risk-adjusted", lambda r: figure(r.get("Risk-Adjusted IC"), 2)),
            Column("t", "t", lambda r: figure(r.get("t-stat(IC)"), 2)),
            Column("p", "p", lambda r: figure(r.get("p-value(IC)"))),
        )

    def run_columns(self) -> Sequence[Column]:
        """Columns of the runs."""
        now = self.clock()
        return (
            Column("as_of", "As of", lambda r: cells.when(r["as_of"], now)),
            Column("version", "Version", lambda r: cells.text(r["score_version"])),
            Column("verdict", "Verdict", lambda r: cells.text(r["verdict"]), left=True, stick=True),
        )
