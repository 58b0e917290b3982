"""D29: six hours of ticks were missed. One run catches up by cursor, the others are cancelled, schedules stay on."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.sorting import FlowRunSort
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

from flows import deployments
from tests.conftest import alone
from tests.faults.kit.prefects import Served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("prefect")]
JOBS = ("sync_trader_trades", "sync_leaderboard")
TICKS = 72


async def miss(client: PrefectClient, name: str) -> None:
    """Schedule a deployment's runs of the last six hours, as a scheduler does that ran ahead of a machine asleep."""
    found = await client.read_deployment_by_name(f"{name}/{name}")
    now = datetime.now(UTC)
    told = {"start_time": (now - timedelta(hours=6)).isoformat(), "end_time": now.isoformat(), "min_runs": TICKS, "max_runs": TICKS}
    answer = await client._client.post(f"/deployments/{found.id}/schedule", json=told)
    answer.raise_for_status()


async def states(client: PrefectClient, name: str) -> Counter[str]:
    """How many overdue runs a deployment has in each state, and whether its schedule is on."""
    found = await client.read_deployment_by_name(f"{name}/{name}")
    runs = await client.read_flow_runs(deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[found.id])),
                                        sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=200)
    overdue = [run for run in runs if run.expected_start_time and run.expected_start_time < datetime.now(UTC)]
    kinds = Counter(str(run.state_type.value) for run in overdue if run.state_type)
    return kinds + Counter({"active": sum(each.active for each in found.schedules)})


def test_one_run_does_all_the_work(prefect: Served) -> None:
    async def downtime() -> tuple[dict[str, Counter[str]], dict[str, Counter[str]], int, int]:
        async with get_client() as client:
            await deployments.register(client, prefect.settings, "/nowhere")
            for name in JOBS:
                await miss(client, name)
            before = {name: await states(client, name) for name in JOBS}
            cancelled = await deployments.collapse_late(client)
            again = await deployments.collapse_late(client)
            return before, {name: await states(client, name) for name in JOBS}, cancelled, again

    with temporary_settings({PREFECT_API_URL: f"{prefect.url}/api", PREFECT_API_AUTH_STRING: prefect.login}):
        before, after, cancelled, again = alone(downtime())
    assert all(found["SCHEDULED"] >= TICKS - 2 for found in before.values())
    for found in after.values():
        assert found["SCHEDULED"] == 1, "the newest does the work of all"
        assert found["CANCELLED"] == before[JOBS[0]]["SCHEDULED"] - 1 and found["active"] == 1
    assert cancelled == sum(found["CANCELLED"] for found in after.values()) and again == 0
