"""Deployments edited or paused in Prefect stay so; a job whose notebook was deleted says so, and the others go on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_URL,
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE,
    temporary_settings,
)

from flows import deployments, jobs
from flows.notebook import notebook_flow
from smartmoney.errors import TemporaryError
from smartmoney.prefect_rest import PrefectApi
from tests.kit.environment import alone
from tests.kit.prefects import Served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("prefect")]


def told(prefect: Served) -> dict[Any, Any]:
    return {
        PREFECT_API_URL: f"{prefect.url}/api",
        PREFECT_API_AUTH_STRING: prefect.login,
        PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: False,
    }


def asked(prefect: Served, work: Callable[[PrefectClient], Coroutine[Any, Any, Any]]) -> Any:
    async def run() -> Any:
        with temporary_settings(told(prefect)):
            async with get_client() as client:
                return await work(client)

    return alone(run())


def test_what_people_changed_in_prefect_stays_until_we_know_better(prefect: Served) -> None:
    api, settings = PrefectApi(f"{prefect.url}/api", prefect.login), prefect.settings

    def register(**changed: int) -> list[str]:
        wanted = settings.model_copy(update=changed)
        return list(asked(prefect, lambda client: deployments.register(client, wanted)))

    def found(name: str) -> dict[str, Any]:
        return dict(api.get(f"/deployments/name/{name}/{name}"))

    register()
    api.post("/deployments/filter", {})  # fetches the token every change needs
    assert register() == [], "nothing changed, nothing is written"
    edited, paused = found("sync_markets"), found("sync_trader_trades")
    schedule = edited["schedules"][0]
    api._send(
        "PATCH",
        f"/deployments/{edited['id']}/schedules/{schedule['id']}",
        {"schedule": {"interval": 1234.0}},
    )
    api._send(
        "PATCH",
        f"/deployments/{paused['id']}/schedules/{paused['schedules'][0]['id']}",
        {"active": False},
    )
    api.post(f"/deployments/{found('maintenance')['id']}/pause_deployment", {})
    assert register() == [], "a restart leaves alone what was edited"
    assert found("sync_markets")["schedules"][0]["schedule"]["interval"] == 1234
    assert [
        found("sync_trader_trades")["schedules"][0]["active"],
        found("maintenance")["paused"],
    ] == [False, True]
    assert (
        found("sync_leaderboard")["schedules"][0]["active"]
        and not found("sync_leaderboard")["paused"]
    )

    every = {"schedule_sync_trader_trades_s": 777, "schedule_maintenance_s": 7_777}
    assert set(register(**every)) == {"sync_trader_trades", "maintenance"}, (
        "a new setting is written"
    )
    written = found("sync_trader_trades")["schedules"][0]
    assert (written["active"], written["schedule"]["interval"]) == (False, 777), "and stays paused"
    assert found("maintenance")["paused"]


def test_a_job_whose_notebook_was_deleted_fails_with_a_sentence(
    prefect: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted = replace(jobs.JOBS["sync_markets"], folder=tmp_path)
    monkeypatch.setitem(jobs.JOBS, "sync_markets", deleted)
    asked(prefect, lambda client: deployments.register(client, prefect.settings))

    async def run() -> Any:
        with temporary_settings(told(prefect)):
            return notebook_flow("sync_markets")(return_state=True)

    state = alone(run())
    assert (
        state.is_failed()
        and "The notebook notebooks/sync_markets.ipynb is missing" in state.message
    )


def test_a_parameter_nobody_declares_is_refused_with_a_sentence(prefect: Served) -> None:
    settings = prefect.settings
    asked(prefect, lambda client: deployments.register(client, settings))
    api = PrefectApi(f"{prefect.url}/api", prefect.login)
    with pytest.raises(TemporaryError, match="dephts"):
        api.start("sync_leaderboard", {"dephts": 3})

    async def run() -> Any:
        with temporary_settings(told(prefect)):
            return notebook_flow("sync_leaderboard")(dephts=3, return_state=True)

    state = alone(run())
    assert state.is_failed() and "no parameter dephts; did you mean depth?" in str(state.message)


@pytest.mark.parametrize(
    "words",
    ["deployment ls", "flow-run ls", "work-pool ls", "flow ls", "work-queue ls", "variable ls"],
)
def test_prefects_own_command_line_is_answered(prefect: Served, words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", *words.split()],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(prefect.settings.smartmoney_home),
            "PREFECT_API_URL": f"{prefect.url}/api",
            "PREFECT_API_AUTH_STRING": prefect.login,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-500:]
