"""The table of jobs: each is a notebook, a flow and a deployment of the same name."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from flows import parameters
from smartmoney.errors import ParameterError
from smartmoney.settings import Settings
from smartmoney.supervise.paths import ROOT

log = logging.getLogger(__name__)
NOTEBOOKS = ROOT / "notebooks"
OWN = NOTEBOOKS / "own"


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
        folder: where its notebook is.
        every_s: seconds between runs of a job without a setting; 0: on demand only.
    """

    name: str
    does: str
    schedule: str | None
    shift: int = 0
    feeds_alerts: bool = False
    side_by_side: bool = False
    folder: Path = NOTEBOOKS
    every_s: int = 0

    @property
    def notebook(self) -> Path:
        """The notebook that is run."""
        return self.folder / f"{self.name}.ipynb"

    def interval(self, settings: Settings) -> int:
        """Seconds between runs; 0 when it is not scheduled."""
        return int(getattr(settings, self.schedule)) if self.schedule else self.every_s


OURS = {
    job.name: job
    for job in (
        Job(
            "sync_leaderboard",
            "Take the population of traders from the boards.",
            "schedule_sync_leaderboard_s",
        ),
        Job(
            "sync_markets",
            "Fetch markets, events, prices and resolutions.",
            "schedule_sync_markets_s",
            50,
        ),
        Job(
            "sync_trader_trades",
            "Fetch the activity of given traders, or of those due.",
            "schedule_sync_trader_trades_s",
            20,
            side_by_side=True,
        ),
        Job(
            "sync_trader_positions",
            "Fetch open and closed positions of given traders, or of those due.",
            "schedule_sync_trader_positions_s",
            80,
            feeds_alerts=True,
            side_by_side=True,
        ),
        Job(
            "calculate_rarity_scores",
            "Ledger, metrics, score and tier of every trader with news.",
            "schedule_calculate_rarity_scores_s",
            140,
            feeds_alerts=True,
        ),
        Job(
            "calculate_smart_markets",
            "Statistics per market: where the smart money stands.",
            "schedule_calculate_smart_markets_s",
            170,
            feeds_alerts=True,
        ),
        Job("evaluate_alerts", "Check the alert rules and deliver what they found.", None),
        Job(
            "validate_scores",
            "Walk forward: did high scores earn more afterwards?",
            "schedule_validate_scores_s",
            200,
        ),
        Job(
            "maintenance",
            "Partitions ahead, retention, backup, pruning.",
            "schedule_maintenance_s",
            230,
        ),
    )
}


def own(folder: Path = OWN) -> dict[str, Job]:
    """Jobs of your own: each notebook in `notebooks/own/` is one, by its name.

    Its first line says what it does; a parameter `every_s` of its parameters cell says how often it runs, in seconds.
    A name that is none of a Python function, or is taken by one of ours, and a notebook that cannot be read, are left out.
    """
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            known, does = parameters.declared(path), _heading(path)
        except ParameterError as error:
            log.warning("%s is no job: %s", path.name, error)
            continue
        if path.stem.isidentifier() and path.stem not in OURS:
            every = known["every_s"].default if "every_s" in known else 0
            found[path.stem] = Job(path.stem, does, None, folder=folder, every_s=int(every or 0))
    return found


def _heading(path: Path) -> str:
    first = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    return (first.splitlines() or [path.stem])[0].lstrip("# ").strip() or path.stem


JOBS = OURS | own()


def present() -> list[Job]:
    """The jobs whose notebook is there."""
    return [job for job in JOBS.values() if job.notebook.is_file()]
