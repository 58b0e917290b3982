"""The few questions `smartmoney` asks Prefect's server over HTTP, without importing Prefect."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
import uuid
from typing import Any

from smartmoney.errors import TemporaryError

CLIENT = str(uuid.uuid4())


class PrefectApi:
    """Prefect's REST API at `address` (ending in /api).

    Attributes:
        address: where it is.
        login: `user:password`, if it asks for one.
    """

    def __init__(self, address: str, login: str | None = None) -> None:
        self.address = address
        self._headers = {"Content-Type": "application/json", "Prefect-Csrf-Client": CLIENT}
        if login:
            self._headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str) -> Any:
        """The JSON at `path`."""
        return self._send("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON answered to `body`."""
        if "Prefect-Csrf-Token" not in self._headers:
            self._headers["Prefect-Csrf-Token"] = self._token()
        return self._send("POST", path, body)

    def _token(self) -> str:
        try:
            return str(self.get(f"/csrf-token?client={CLIENT}")["token"])
        except TemporaryError:
            return "off"  # the server protects nothing, and asks for nothing

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        request = urllib.request.Request(
            self.address + path,
            None if body is None else json.dumps(body).encode(),
            self._headers,
            method=method,
        )
        try:
            with self._opener.open(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise TemporaryError(
                f"Prefect answered {error.code} to {method} {path}: {error.read()[:200]!r}"
            ) from None
        except OSError as error:
            raise TemporaryError(f"Prefect at {self.address} does not answer: {error}.") from None

    def start(self, flow: str, deployment: str) -> str:
        """Start a run of a deployment; returns the run's id."""
        found = self.get(f"/deployments/name/{flow}/{deployment}")
        run = self.post(
            f"/deployments/{found['id']}/create_flow_run", {"state": {"type": "SCHEDULED"}}
        )
        return str(run["id"])

    def run(self, run_id: str) -> dict[str, Any]:
        """A flow run."""
        return dict(self.get(f"/flow_runs/{run_id}"))

    def children(self, run_id: str) -> list[dict[str, Any]]:
        """The subflow runs of a run, oldest first."""
        return list(
            self.post(
                "/flow_runs/filter",
                {"flow_runs": {"parent_flow_run_id": {"any_": [run_id]}}, "sort": "START_TIME_ASC"},
            )
        )

    def unfinished(self) -> list[dict[str, Any]]:
        """Runs that were begun and have not ended."""
        return list(
            self.post(
                "/flow_runs/filter",
                {"flow_runs": {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}},
            )
        )

    def cancel(self, run_id: str) -> None:
        """Ask for the end of a run; its worker stops it."""
        self.post(
            f"/flow_runs/{run_id}/set_state", {"state": {"type": "CANCELLING"}, "force": False}
        )
