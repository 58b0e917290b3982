"""A service of compose.yaml as a process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from smartmoney.supervise.paths import ROOT
from tests.kit.processes import child

DEPLOY = ROOT / "deploy"


COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())


SERVICES: dict[str, Any] = COMPOSE["services"]


HERE = "127.0.0.3"  # beyond the loopback address smartmoney trusts, and yet this machine only


SITE = {
    "SITE_HOST": "desk.example",
    "PREFECT_LOGIN": "ann:canary-of-prefect",
    "API_JWT_SECRET": "canary" * 6,
}


class Service:
    """A service of compose.yaml as a process here: its command, environment and health check, with our ports and places."""

    def __init__(self, name: str, home: Path, ports: dict[str, int], roles: dict[str, str]) -> None:
        self.name, self.written, self.home, self.ports, self.roles = (
            name,
            SERVICES[name],
            home,
            ports,
            roles,
        )
        base = {
            key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ
        }
        told = {key: self.here(value) for key, value in self.written.get("environment", {}).items()}
        home.mkdir(parents=True)
        self.log = (home / "service.log").open("w")
        self.process = child(
            [sys.executable, "-m", "smartmoney.cli", *self.written["command"]],
            cwd=home,
            stdout=self.log,
            stderr=self.log,
            env=base
            | told
            | {"SMARTMONEY_HOME": str(home), "PYTHONPATH": str(ROOT), "LOG_LEVEL": "INFO"},
        )

    def here(self, value: str) -> str:
        """A value or command of compose.yaml as it is on this machine."""
        for key, given in SITE.items():
            value = re.sub(r"\$\{" + key + r"(:[?-][^}]*)?\}", given, value)
        role = re.match(r"postgresql://(\w+):", value)
        if role:
            return self.roles[role[1]]
        value = (
            value.replace("0.0.0.0", HERE)
            .replace("127.0.0.1", HERE)
            .replace("//prefect:", f"//{HERE}:")
            .replace("/state", str(self.home))
        )
        for port, ours in self.ports.items():
            value = re.sub(rf"\b{port}\b", str(ours), value)
        return value.replace("/reports", str(self.home / "reports"))

    def healthy(self) -> bool:
        """Its health check, as written."""
        command = [
            sys.executable if word == "python" else self.here(word)
            for word in self.written["healthcheck"]["test"][1:]
        ]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def stop(self) -> int:
        """As `docker stop` does; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(40)
        finally:
            self.process.kill()
