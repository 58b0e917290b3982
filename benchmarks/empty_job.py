"""An empty notebook job, from its scheduled moment to finished, on a running installation whose schedules are off.

.venv/bin/python -m benchmarks.empty_job        eight runs; bars: 12 s wall, 6 s CPU
.venv/bin/python -m benchmarks.empty_job 3      runs

The job is `evaluate_alerts` without rules: parameters checked, kernel started, database asked, report kept as notebook
and page, run and artifact recorded. CPU is that of the whole installation from the scheduled moment to the end.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import psutil

from benchmarks.idle import installation, spent
from smartmoney.prefect_rest import PrefectApi
from smartmoney.settings import Settings

JOB, AHEAD_SECONDS = "evaluate_alerts", 12
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


def measured(api: PrefectApi, root: psutil.Process) -> tuple[float, float]:
    """Seconds and seconds of CPU of one run."""
    found, when = (
        api.get(f"/deployments/name/{JOB}/{JOB}"),
        datetime.now(UTC) + timedelta(seconds=AHEAD_SECONDS),
    )
    state = {"type": "SCHEDULED", "state_details": {"scheduled_time": when.isoformat()}}
    run = api.post(f"/deployments/{found['id']}/create_flow_run", {"state": state})["id"]
    time.sleep(max(0.0, (when - datetime.now(UTC)).total_seconds()))
    before = sum(spent(root).values())
    while (seen := api.run(run))["state_type"] not in ENDED:
        time.sleep(0.25)
    if seen["state_type"] != "COMPLETED":
        raise SystemExit(f"The run ended as {seen['state']}")
    after = sum(spent(root).values())
    return (datetime.fromisoformat(seen["end_time"]) - when).total_seconds(), after - before


def main(runs: int = 8) -> None:
    """Measure `runs` runs one after the other, and print the medians and the worst."""
    off = {name.upper(): "0" for name in Settings.model_fields if name.startswith("schedule_")}
    with installation(**off) as (root, home):
        state = json.loads((Path(home) / "run" / "state.json").read_text())
        login = (Path(home) / "prefect" / "login").read_text()
        api = PrefectApi(state["addresses"]["prefect"] + "/api", login)
        figures = [measured(api, root) for _ in range(runs)]
    for words, values, bar in (
        ("wall", [one for one, _ in figures], 12),
        ("CPU", [two for _, two in figures], 6),
    ):
        print(
            f"{words:5} median {median(values):5.1f} s, worst {max(values):5.1f} s   (bar {bar} s)"
        )


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
