"""D29: six hours of ticks were missed. One run catches up by cursor, the others are cancelled, schedules stay on."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.sorting import FlowRunSort
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_URL,
    PREFECT_LOGGING_TO_API_ENABLED,
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE,
    temporary_settings,
)

from flows import deployments
from tests.kit.environment import alone
from tests.kit.prefects import Served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("prefect")]
JOBS = ("sync_trader_trades", "sync_leaderboard")
TICKS = 72


async def miss(client: PrefectClient, name: str, until: datetime) -> None:
    """Schedule a deployment's runs of six hours that are over, as a scheduler does that ran ahead of a machine asleep."""
    found = await client.read_deployment_by_name(f"{name}/{name}")
    told = {
        "start_time": (until - timedelta(hours=6)).isoformat(),
        "end_time": until.isoformat(),
        "min_runs": TICKS,
        "max_runs": TICKS,
    }
    answer = await client._client.post(f"/deployments/{found.id}/schedule", json=told)
    answer.raise_for_status()


async def states(client: PrefectClient, name: str, until: datetime) -> Counter[str]:
    """How many of those runs are in each state, and whether the deployment's schedule is on."""
    found = await client.read_deployment_by_name(f"{name}/{name}")
    runs = await client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[found.id])),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=200,
    )
    overdue = [run for run in runs if run.expected_start_time and run.expected_start_time <= until]
    kinds = Counter(str(run.state_type.value) for run in overdue if run.state_type)
    return kinds + Counter({"active": sum(each.active for each in found.schedules)})


def test_one_run_does_all_the_work(prefect: Served) -> None:
    until = datetime.now(UTC) - timedelta(minutes=10)

    async def downtime() -> tuple[dict[str, Counter[str]], dict[str, Counter[str]]]:
        told = {
            PREFECT_API_URL: f"{prefect.url}/api",
            PREFECT_API_AUTH_STRING: prefect.login,
            PREFECT_LOGGING_TO_API_ENABLED: False,
            PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: False,
        }
        with temporary_settings(told):
            return await asleep()

    async def asleep() -> tuple[dict[str, Counter[str]], dict[str, Counter[str]]]:
        async with get_client() as client:
            await deployments.register(client, prefect.settings)
            for name in JOBS:
                await miss(client, name, until)
            before = {name: await states(client, name, until) for name in JOBS}
            await deployments.collapse_late(client)
            return before, {name: await states(client, name, until) for name in JOBS}

    before, after = alone(downtime())
    for name in JOBS:
        missed = before[name]["SCHEDULED"]
        assert missed >= TICKS - 1
        assert after[name]["SCHEDULED"] <= 1, "the newest does the work of all"
        assert (
            after[name]["SCHEDULED"] + after[name]["CANCELLED"] == missed
            and after[name]["active"] == 1
        )
