"""The whole installation at a glance: what is read, and its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from smartmoney import formats
from smartmoney.store import reads
from smartmoney.store.reads import Page, Row
from smartmoney.widgets import cells
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.model import Judgement, PageData, PageModel, PageState
from smartmoney.widgets.table import Kpi

NOTHING = (
    "Nothing has been fetched yet. The first runs of the jobs bring traders and markets; "
    "the health page shows how far they are."
)
UNSCORED = "Traders are known but not scored yet; the next calculate_rarity_scores run does it."
NO_SMART = "No market holds smart money yet, or calculate_smart_markets has not run."


@dataclass(frozen=True, eq=False, kw_only=True)
class OverviewData(PageData):
    """What the overview has read.

    Attributes:
        tiers: wallets by tier.
        markets: markets by status.
        trades: fills stored, and the newest.
        at_work: open positions by tier.
        smart: the top smart markets.
        movers: markets whose price moved most.
        score_run: the newest scoring run.
        jobs: every job with its freshness, the worst first.
    """

    tiers: Sequence[Row] = ()
    markets: Mapping[str, int] = field(default_factory=dict)
    trades: Row = field(default_factory=dict)
    at_work: Sequence[Row] = ()
    smart: Page = field(default_factory=Page)
    movers: Sequence[Row] = ()
    score_run: Row | None = None
    jobs: Sequence[Row] = ()

    @property
    def scored(self) -> int:
        """Traders with a tier."""
        return sum(row["traders"] for row in self.tiers if row["tier"])

    @property
    def known(self) -> int:
        """Traders known."""
        return sum(row["traders"] for row in self.tiers)

    def in_profit(self) -> tuple[float | None, int]:
        """Share of wallets with total PnL above zero, and the wallets with a PnL."""
        known = sum(row["with_pnl"] for row in self.tiers)
        return (sum(row["in_profit"] for row in self.tiers) / known if known else None), known

    def smart_value(self, tiers: Sequence[str]) -> tuple[Decimal | None, int]:
        """USD that these tiers hold in open positions, and in how many positions."""
        rows = [row for row in self.at_work if row["tier"] in tiers]
        values = [row["value"] for row in rows if row["value"] is not None]
        return (sum(values, Decimal(0)) if values else None), sum(row["positions"] for row in rows)


class OverviewModel(PageModel[OverviewData]):
    """Counts, money at work, movers, top smart markets, freshness."""

    name = "overview"
    title = "Overview"
    job = "calculate_rarity_scores"
    jobs = ("calculate_rarity_scores", "calculate_smart_markets", "sync_markets")
    data_class = OverviewData

    def read(self) -> OverviewData:
        """As `reads.overview`, with the jobs' freshness."""
        found = dict(reads.overview(self.store, self.settings.smart_tiers))
        return OverviewData(
            as_of=found.pop("stamp").get("scores_as_of"),
            jobs=reads.jobs(self.store, self.settings.schedules(), self.clock()),
            **found,
        )

    def judge(self, data: OverviewData) -> Judgement:
        """Empty before the first run, partial while scores or smart markets are missing."""
        if not data.tiers and not data.markets:
            return PageState.EMPTY, NOTHING
        if data.score_run is None:
            return PageState.PARTIAL, UNSCORED
        return (PageState.READY, "") if data.smart.total else (PageState.PARTIAL, NO_SMART)

    def kpis(self) -> list[Kpi]:
        """The row of figures."""
        data, tiers = self.data, self.settings.smart_tiers
        profit, wallets = data.in_profit()
        value, positions = data.smart_value(tiers)
        states = [data.markets.get(name, 0) for name in ("OPEN", "CLOSED", "RESOLVED")]
        return [
            Kpi("Traders scored", cells.number(data.scored), f"of {data.known:,} known"),
            Kpi(
                "Markets open",
                cells.number(states[0]),
                f"{states[1]:,} closed · {states[2]:,} resolved",
            ),
            self._trades(),
            Kpi(
                f"Smart money ({'+'.join(tiers)})",
                cells.usd(value, "no smart wallet holds an open position"),
                f"{positions:,} open positions",
                "open positions of the smart tiers at the price of the moment",
            ),
            Kpi(
                "Wallets in profit",
                cells.share(profit),
                f"total PnL > $0, n={wallets:,}",
                below_hint="of the wallets we follow; leaderboards are no random sample",
            ),
            self._streams(),
        ]

    def _trades(self) -> Kpi:
        stored = self.data.trades
        count, newest = stored.get("trades", 0), stored.get("newest_at")
        about = "about " if stored.get("estimated") else ""
        cell = {"t": formats.compact(count), "h": f"{about}{count:,} fills"}
        below = f"newest {formats.ago(newest, self.clock())}" if newest else "none yet"
        return Kpi("Trades held", cell, below)

    def _streams(self) -> Kpi:
        late = [row for row in self.data.jobs if row["freshness"] in ("amber", "red", "never")]
        return Kpi(
            "Streams", _late(late), late[0]["consequence"] if late else "every job on schedule"
        )


def _late(rows: Sequence[Row]) -> Cell:
    if not rows:
        return cells.chip("all fresh", "gain")
    worst = any(row["freshness"] == "red" for row in rows)
    return cells.chip(f"{len(rows)} late", "red" if worst else "amber")
