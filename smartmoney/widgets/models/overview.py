"""The whole installation at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from smartmoney.store import reads
from smartmoney.store.reads import Row
from smartmoney.widgets import cells, formats, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.models.base import PageModel, PageState
from smartmoney.widgets.models.listing import Column

FRESH_TONES = {"fresh": "gain", "amber": "amber", "red": "red", "never": "red", "off": "dim"}
FRESH_WORDS = {
    "fresh": "fresh",
    "amber": "late",
    "red": "very late",
    "never": "never ran",
    "off": "off",
}


class OverviewModel(PageModel):
    """Counts, money at work, movers, top smart markets, freshness."""

    name = "overview"
    title = "Overview"
    job = "calculate_rarity_scores"
    jobs = ("calculate_rarity_scores", "calculate_smart_markets", "sync_markets")

    def read(self) -> dict[str, Any]:
        """As `reads.overview`, with the jobs' freshness."""
        found = reads.overview(self.store, self.settings.smart_tiers)
        return {
            **found,
            "as_of": found["stamp"].get("scores_as_of"),
            "jobs": reads.jobs(self.store, self.settings.schedules(), self.clock()),
        }

    def judge(self, data: dict[str, Any]) -> tuple[PageState, str]:
        """Empty before the first run, partial while scores or smart markets are missing."""
        if not data["tiers"] and not data["markets"]:
            return PageState.EMPTY, (
                "Nothing has been fetched yet. The first runs of the jobs bring traders and markets; "
                "the health page shows how far they are."
            )
        if data["score_run"] is None:
            return (
                PageState.PARTIAL,
                "Traders are known but not scored yet; the next calculate_rarity_scores run does it.",
            )
        if not data["smart"].total:
            return (
                PageState.PARTIAL,
                "No market holds smart money yet, or calculate_smart_markets has not run.",
            )
        return PageState.READY, ""

    def traders(self) -> tuple[int, int]:
        """Traders scored, and traders known."""
        rows = self.data.get("tiers", [])
        return sum(row["traders"] for row in rows if row["tier"]), sum(
            row["traders"] for row in rows
        )

    def in_profit(self) -> tuple[float | None, int]:
        """Share of wallets with total PnL above zero, and the wallets with a PnL."""
        rows = self.data.get("tiers", [])
        known = sum(row["with_pnl"] for row in rows)
        return (sum(row["in_profit"] for row in rows) / known if known else None), known

    def smart_value(self) -> tuple[Decimal | None, int]:
        """USD the smart tiers hold in open positions, and in how many positions."""
        rows = [
            row for row in self.data.get("at_work", []) if row["tier"] in self.settings.smart_tiers
        ]
        values = [row["value"] for row in rows if row["value"] is not None]
        return (sum(values, Decimal(0)) if values else None), sum(row["positions"] for row in rows)

    def kpis(self) -> list[dict[str, Any]]:
        """The row of figures."""
        data, now = self.data, self.clock()
        scored, known = self.traders()
        profit, wallets = self.in_profit()
        value, positions = self.smart_value()
        states, trades = data.get("markets", {}), data.get("trades", {})
        late = [
            row for row in data.get("jobs", []) if row["freshness"] in ("amber", "red", "never")
        ]
        newest = trades.get("newest_at")
        return [
            {
                "label": "Traders scored",
                "cell": cells.number(scored),
                "below": f"of {known:,} known",
            },
            {
                "label": "Markets open",
                "cell": cells.number(states.get("OPEN", 0)),
                "below": f"{states.get('CLOSED', 0):,} closed · {states.get('RESOLVED', 0):,} resolved",
            },
            {
                "label": "Trades held",
                "cell": {
                    "t": formats.compact(trades.get("trades", 0)),
                    "h": f"{'about ' if trades.get('estimated') else ''}{trades.get('trades', 0):,} fills",
                },
                "below": f"newest {formats.ago(newest, now)}" if newest else "none yet",
            },
            {
                "label": f"Smart money ({'+'.join(self.settings.smart_tiers)})",
                "cell": cells.usd(value, "no smart wallet holds an open position"),
                "below": f"{positions:,} open positions",
                "hint": "open positions of the smart tiers at the price of the moment",
            },
            {
                "label": "Wallets in profit",
                "cell": cells.share(profit),
                "below": f"total PnL > $0, n={wallets:,}",
                "belowHint": "of the wallets we follow; leaderboards are no random sample",
            },
            {
                "label": "Streams",
                "cell": cells.chip("all fresh", "gain")
                if not late
                else cells.chip(
                    f"{len(late)} late",
                    "red" if any(row["freshness"] == "red" for row in late) else "amber",
                ),
                "below": late[0]["consequence"] if late else "every job on schedule",
            },
        ]

    def smart_columns(self) -> Sequence[Column]:
        """Columns of the top smart markets."""
        return (
            Column(
                "question",
                "Market",
                lambda r: cells.question(r["question"], r["id"]),
                left=True,
                stick=True,
            ),
            Column(
                "lean",
                "Lean",
                lambda r: cells.lean(r["lean_label"], r["smart_lean"], r["lean_lo"], r["lean_hi"]),
                left=True,
            ),
            Column("price", "Price", lambda r: cells.cents(r["price"])),
            Column("count", "Wallets", lambda r: cells.number(r["smart_count"])),
            Column(
                "score",
                "Score",
                lambda r: cells.score(r["smart_score"]),
                hint="attention, unsigned",
            ),
        )

    def mover_columns(self) -> Sequence[Column]:
        """Columns of the movers."""
        return (
            Column(
                "question",
                "Market",
                lambda r: cells.question(r["question"], r["id"]),
                left=True,
                stick=True,
            ),
            Column("price", "Price", lambda r: cells.cents(r["price"])),
            Column("change", "24 h", lambda r: cells.cents_change(r["price_change_24h"])),
            Column("volume", "Volume 24 h", lambda r: cells.usd(r["volume_24h"])),
            Column(
                "lean",
                "Smart",
                lambda r: cells.chip(
                    r["lean_label"],
                    cells.LEAN_TONES.get(r["lean_label"] or "", ""),
                    reason="no smart money here",
                ),
                left=True,
            ),
        )

    def job_columns(self) -> Sequence[Column]:
        """Columns of the freshness table."""
        now = self.clock()
        return (
            Column(
                "job",
                "Job",
                lambda r: cells.text(r["job"], link=links.page("health")),
                left=True,
                stick=True,
            ),
            Column("state", "State", freshness_cell, left=True),
            Column("last", "Last success", lambda r: cells.when(r["last_success_at"], now)),
            Column(
                "consequence",
                "Meaning",
                lambda r: cells.text(r["consequence"] or "on schedule", tone="dim"),
                left=True,
            ),
        )


def freshness_cell(row: Row) -> Cell:
    """A job's freshness as a chip."""
    state = row["freshness"]
    if state == "fresh" and row["last_success_at"] is None:
        return cells.chip(
            "first run due", "dim", "the installation is younger than the job's schedule"
        )
    return cells.chip(FRESH_WORDS[state], FRESH_TONES[state])
