"""The table of jobs: each is a notebook, a flow and a deployment of the same name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from smartmoney.settings import Settings
from smartmoney.supervise.places import ROOT

NOTEBOOKS = ROOT / "notebooks"


@dataclass(frozen=True)
class Job:
    """One row of the table.

    Attributes:
        name: of the notebook, the flow and the deployment.
        does: one sentence for people.
        schedule: name of the setting that holds its interval in seconds, or None when it runs on demand only.
        shift: seconds its ticks stand before the full interval, so that jobs do not all start at once.
        feeds_alerts: does evaluate_alerts run after it?
        side_by_side: may several runs, on several machines, share its work? Each leases the traders it takes.
    """

    name: str
    does: str
    schedule: str | None
    shift: int = 0
    feeds_alerts: bool = False
    side_by_side: bool = False

    @property
    def notebook(self) -> Path:
        """The notebook that is run."""
        return NOTEBOOKS / f"{self.name}.ipynb"

    def interval(self, settings: Settings) -> int:
        """Seconds between runs; 0 when it is not scheduled."""
        return int(getattr(settings, self.schedule)) if self.schedule else 0


JOBS = {job.name: job for job in (
    Job("sync_leaderboard", "Take the population of traders from the boards.", "schedule_sync_leaderboard_s"),
    Job("sync_markets", "Fetch markets, events, prices and resolutions.", "schedule_sync_markets_s", 50),
    Job("sync_trader_trades", "Fetch the activity of given traders, or of those due.",
        "schedule_sync_trader_trades_s", 20, side_by_side=True),
    Job("sync_trader_positions", "Fetch open and closed positions of given traders, or of those due.",
        "schedule_sync_trader_positions_s", 80, feeds_alerts=True, side_by_side=True),
    Job("calculate_rarity_scores", "Ledger, metrics, score and tier of every trader with news.",
        "schedule_calculate_rarity_scores_s", 140, feeds_alerts=True),
    Job("calculate_smart_markets", "Statistics per market: where the smart money stands.",
        "schedule_calculate_smart_markets_s", 170, feeds_alerts=True),
    Job("evaluate_alerts", "Check the alert rules and deliver what they found.", None),
    Job("validate_scores", "Walk forward: did high scores earn more afterwards?", "schedule_validate_scores_s", 200),
    Job("maintenance", "Partitions ahead, retention, backup, pruning.", "schedule_maintenance_s", 230),
)}


def present() -> list[Job]:
    """The jobs whose notebook is there."""
    return [job for job in JOBS.values() if job.notebook.is_file()]
