"""Starting a job through Prefect's API, where there is one, without importing Prefect."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
import uuid
from typing import Any
from urllib.parse import quote

from smartmoney.settings import Settings
from smartmoney.widgets.links import prefect_ui

SECONDS = 5.0
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def api_address(settings: Settings) -> str:
    """Prefect's API: as set, or as `smartmoney up` noted it; "" when it is not known."""
    if settings.prefect_api_url:
        return settings.prefect_api_url.rstrip("/")
    noted = prefect_ui(settings)
    return f"{noted}/api" if noted else ""


def start(settings: Settings, job: str, parameters: dict[str, Any]) -> str | None:
    """Start a run of a job's deployment; returns the run's id, or None where Prefect is not known or does not answer."""
    address = api_address(settings)
    if not address:
        return None
    headers = {
        "Content-Type": "application/json",
        "Prefect-Csrf-Client": str(uuid.uuid4()),
        **_login(settings),
    }
    try:
        headers["Prefect-Csrf-Token"] = _token(address, headers)
        name = quote(job, safe="")
        found = _send(f"{address}/deployments/name/{name}/{name}", headers)
        body = {"state": {"type": "SCHEDULED"}, "parameters": parameters}
        return str(
            _send(f"{address}/deployments/{found['id']}/create_flow_run", headers, body)["id"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _login(settings: Settings) -> dict[str, str]:
    try:
        login = (settings.smartmoney_home / "prefect" / "login").read_bytes()
    except OSError:
        return {}
    return {"Authorization": f"Basic {base64.b64encode(login).decode()}"}


def _token(address: str, headers: dict[str, str]) -> str:
    try:
        return str(
            _send(f"{address}/csrf-token?client={headers['Prefect-Csrf-Client']}", headers)["token"]
        )
    except urllib.error.HTTPError:
        return "off"  # the server protects nothing, and asks for nothing


def _send(address: str, headers: dict[str, str], body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        address, data, headers, method="GET" if data is None else "POST"
    )
    with _direct.open(request, timeout=SECONDS) as answer:
        return json.loads(answer.read())
