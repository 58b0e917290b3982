"""Where things are: the checkout, and inside an installation's folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from smartmoney.layout import root, state_folder
from smartmoney.run_state import state_file
from smartmoney.settings import load

ROOT = root()
Kind = Literal["live", "demo", "recorded"]
LONGEST_SOCKET = 90  # a Unix socket's path holds 107 bytes
KINDS: dict[Kind, Literal["live", "simulator", "recorded"]] = {
    "live": "live",
    "demo": "simulator",
    "recorded": "recorded",
}


@dataclass(frozen=True)
class Paths:
    """The folders and files of the installation in `home`.

    Attributes:
        home: its folder.
    """

    home: Path

    @property
    def run(self) -> Path:
        """Lock, sockets, ports and the settings file of what runs now."""
        return self.home / "run"

    @property
    def logs(self) -> Path:
        """One log per process, rotated."""
        return self.home / "logs"

    @property
    def reports(self) -> Path:
        """Executed notebooks: JOB/YYYY-MM-DD/RUN.ipynb and .html."""
        return self.home / "reports"

    @property
    def prefect(self) -> Path:
        """Prefect's own folder: its profiles, nothing of the user's."""
        return self.home / "prefect"

    @property
    def temporary(self) -> Path:
        """Temporary files of Prefect, which would otherwise share one folder with every user of the machine."""
        return self.run / "tmp"

    @property
    def settings_file(self) -> Path:
        """The settings as `smartmoney up` resolved them, read by every process it starts; mode 0600."""
        return self.run / "settings.env"

    @property
    def state_file(self) -> Path:
        """What runs, for `smartmoney status`: process id, start, source, addresses."""
        return state_file(self.home)

    def socket(self, name: str) -> Path:
        """Where a process listens: in the installation, or under the system's temporary folder if that is too long."""
        near = self.run / f"{name}.sock"
        if len(str(near)) <= LONGEST_SOCKET:
            return near
        far = (
            Path(tempfile.gettempdir())
            / f"smartmoney-run-{hashlib.sha256(str(self.home).encode()).hexdigest()[:16]}"
        )
        far.mkdir(mode=0o700, exist_ok=True)
        return far / f"{name}.sock"

    def make(self) -> None:
        """Make the folders."""
        for folder in (
            self.run,
            self.run / "jupyter" / "ipython",
            self.temporary,
            self.logs,
            self.reports,
            self.prefect,
        ):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.run, self.logs, self.prefect):
            folder.chmod(0o700)
        for log in self.logs.iterdir():
            with contextlib.suppress(OSError):
                log.chmod(0o600)  # those of earlier versions let others read them


def home_of(kind: Kind) -> Path:
    """The folder of an installation: SMARTMONEY_HOME where it is set, else one of the kind's name in the state folder."""
    asked = os.environ.get("SMARTMONEY_HOME") or _from_env_file()
    return Path(asked).expanduser().absolute() if asked else state_folder() / kind


def _from_env_file() -> str | None:
    settings = load()
    return str(settings.smartmoney_home) if "smartmoney_home" in settings.model_fields_set else None
