"""The few questions we ask Prefect's server over HTTP, without importing Prefect."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
import uuid
from typing import Any
from urllib.parse import quote, urlsplit

from smartmoney.errors import TemporaryError
from smartmoney.run_state import noted_address
from smartmoney.settings import Settings

CLIENT = str(uuid.uuid4())
SECONDS = 30.0
PROBE_SECONDS = 2.0
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class PrefectApi:
    """Prefect's REST API at `address` (ending in /api).

    Attributes:
        address: where it is.
        seconds: the longest one answer may take.
    """

    def __init__(self, address: str, login: str | None = None, seconds: float = SECONDS) -> None:
        self.address, self.seconds = address, seconds
        self._headers = {"Content-Type": "application/json", "Prefect-Csrf-Client": CLIENT}
        if login:
            self._headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()

    def get(self, path: str) -> Any:
        """The JSON at `path`.

        Raises:
            TemporaryError: Prefect does not answer, or answers with an error.
        """
        return self._send("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON answered to `body`.

        Raises:
            TemporaryError: Prefect does not answer, or answers with an error.
        """
        if "Prefect-Csrf-Token" not in self._headers:
            self._headers["Prefect-Csrf-Token"] = self._token()
        return self._send("POST", path, body)

    def _token(self) -> str:
        try:
            return str(self.get(f"/csrf-token?client={CLIENT}")["token"])
        except TemporaryError:
            return "off"  # Prefect answers 422 where its CSRF protection is switched off

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        request = urllib.request.Request(
            self.address + path,
            None if body is None else json.dumps(body).encode(),
            self._headers,
            method=method,
        )
        try:
            with _direct.open(request, timeout=self.seconds) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise TemporaryError(
                f"Prefect answered {error.code} to {method} {path}: {error.read()[:200]!r}"
            ) from None
        except (OSError, ValueError) as error:
            raise TemporaryError(f"Prefect at {self.address} does not answer: {error}.") from None

    def start(self, flow: str, parameters: dict[str, Any] | None = None) -> str:
        """Start a run of the deployment that has its flow's name; returns the run's id.

        Raises:
            TemporaryError: Prefect does not answer, or does not know it.
        """
        name = quote(flow, safe="")
        found = self.get(f"/deployments/name/{name}/{name}")
        body = {"state": {"type": "SCHEDULED"}, "parameters": parameters or {}}
        return str(self.post(f"/deployments/{found['id']}/create_flow_run", body)["id"])

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

    def cancel(self, run_id: str) -> None:
        """Ask for the end of a run; its worker stops it."""
        self.post(
            f"/flow_runs/{run_id}/set_state", {"state": {"type": "CANCELLING"}, "force": False}
        )


def api_address(settings: Settings) -> str:
    """Prefect's API, without a trailing slash: as set, or as `smartmoney up` noted it; "" when it is not known."""
    if settings.prefect_api_url:
        return settings.prefect_api_url.rstrip("/")
    noted = noted_address(settings.smartmoney_home, "prefect")
    return noted if not noted or noted.endswith("/api") else f"{noted}/api"


def noted_login(settings: Settings) -> str | None:
    """`user:password` of Prefect's API: as set, or as `smartmoney up` made it; None where it asks for none."""
    if settings.prefect_login is not None and settings.prefect_login.get_secret_value():
        return settings.prefect_login.get_secret_value()
    try:
        return (settings.smartmoney_home / "prefect" / "login").read_text() or None
    except OSError:
        return None


def start_job(
    settings: Settings, job: str, parameters: dict[str, Any], seconds: float = 5.0
) -> str | None:
    """Start a run of a job's deployment; returns the run's id, or None where Prefect is not known or does not answer."""
    address = api_address(settings)
    if urlsplit(address).scheme not in ("http", "https"):
        return None
    try:
        return PrefectApi(address, noted_login(settings), seconds).start(job, parameters)
    except (TemporaryError, KeyError, TypeError):
        return None


def answers(address: str, exactly: bool = False, seconds: float = PROBE_SECONDS) -> bool:
    """Does a server of ours answer at `address`; with `exactly`, with a success?"""
    if urlsplit(address).scheme not in ("http", "https"):
        return False
    try:
        with _direct.open(address, timeout=seconds):
            return True
    except urllib.error.HTTPError:
        return not exactly
    except (OSError, ValueError):
        return False
