"""F40, secrets: canaries planted in an installation are found in no report, log, dump, argument or kernel."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from flows.execute import Outcome, execute
from flows.jobs import JOBS
from polymarket_sim.generate import generate
from polymarket_sim.server import running
from smartmoney.settings import SETTINGS_FILE, Settings, load
from smartmoney.store.server import backup as dumping
from smartmoney.store.server.secrets import role_passwords
from smartmoney.supervise.environment import write_profiles, write_settings
from smartmoney.supervise.paths import Paths
from tests.kit.servers import own_postgres
from tests.kit.syncing import NOW
from tests.security.rules import ROOT

CANARIES = {
    "alert_urls": "json://canary-alerts.example",
    "api_jwt_secret": "canary-jwt-0123456789-0123456789-01",
    "sentry_dsn": "https://canary-sentry@sentry.example/1",
}
# The only files that hold secrets, each readable by its owner alone.
KEEPERS = ("secrets.json", "run/settings.env", "prefect/profiles.toml", "prefect/login")
PATTERNS = {
    "private key": re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "AWS key": re.compile(rb"\bAKIA[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(rb"\bgh[pousr]_[A-Za-z0-9]{36}"),
    "Slack": re.compile(rb"hooks\.slack\.com/services/T[A-Z0-9]{8}"),
    "JWT": re.compile(rb"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\."),
}


@dataclass
class Installation:
    """One that ran a job and a backup, and what could be seen of its processes meanwhile."""

    settings: Settings
    secrets: list[str]
    outcome: Outcome | None = None
    environments: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)
    dump: Path | None = None


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """An embedded server, a simulated world, the job of the markets in its real notebook, a verified backup."""
    with (
        pytest.MonkeyPatch.context() as patch,
        own_postgres() as server,
        running(generate(8, traders=4, markets=5, trades=60, days=10, now=NOW)) as api,
    ):
        settings = load(
            smartmoney_home=server.home,
            smartmoney_source="simulator",
            polymarket_api_base_url=api.url,
            rate_limit_requests=15_000,
            rate_limit_interval_ms=100,
            **CANARIES,
        )
        found = Installation(settings, [*CANARIES.values(), *role_passwords(server.home).values()])
        places = Paths(server.home)
        places.make()
        write_settings(settings, places)
        write_profiles(settings)
        patch.setenv(SETTINGS_FILE, str(places.settings_file))
        api.misbehaviour.add("/gamma/*", "slow", next=1, seconds=2)
        with watching(found):
            found.outcome = execute(JOBS["sync_markets"], {}, settings=settings)
            found.dump = dumping.backup(settings, server.home / "backups")
        yield found


class watching:
    """Looks at every process we start, again and again, until the block ends."""

    def __init__(self, found: Installation) -> None:
        self.found, self.over = found, threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def _look(self) -> None:
        while not self.over.is_set():
            for process in psutil.Process().children(recursive=True):
                try:
                    line = " ".join(process.cmdline())
                    self.found.arguments.append(line)
                    if "flows.kernel" in line:
                        self.found.environments.append(repr(process.environ()))
                except psutil.Error:
                    continue
            time.sleep(0.005)


def test_the_job_and_the_backup_ran(installation: Installation) -> None:
    assert installation.outcome and installation.outcome.status == "done"
    assert installation.environments and any("pg_dump" in line for line in installation.arguments)
    assert installation.dump and installation.dump.is_file()


def test_no_file_but_the_keepers_holds_a_secret(installation: Installation) -> None:
    home = installation.settings.smartmoney_home
    needles = [secret.encode() for secret in installation.secrets]
    files = [path for path in home.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(files) > 100, "reports, logs, the dump and the database itself are looked through"
    leaks = {
        str(path.relative_to(home))
        for path in files
        if any(needle in path.read_bytes() for needle in needles)
    }
    assert leaks <= set(KEEPERS), leaks - set(KEEPERS)
    assert {"secrets.json", "run/settings.env"} <= leaks, "the search does find"


def test_the_keepers_and_backups_are_for_their_owner_alone(installation: Installation) -> None:
    home = installation.settings.smartmoney_home
    kept = [home / name for name in KEEPERS if (home / name).exists()]
    assert installation.dump
    for path in [*kept, installation.dump, installation.dump.with_suffix(".json")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_no_kernel_and_no_argument_holds_a_secret(installation: Installation) -> None:
    for text in {*installation.environments, *installation.arguments}:
        assert not [secret for secret in installation.secrets if secret in text], text[:200]


def test_programs_are_started_without_a_password_in_sight(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[str] = []
    real = subprocess.run

    def run(command: list[str], **named: object) -> object:
        seen.append(" ".join(command))
        return real(command, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(dumping.subprocess, "run", run)
    dumping.backup(installation.settings, tmp_path)
    assert any("pg_dump" in line for line in seen) and any("pg_restore" in line for line in seen)
    assert not [line for line in seen if any(secret in line for secret in installation.secrets)]


def test_settings_print_no_secret(installation: Installation) -> None:
    shown = f"{installation.settings!r} {installation.settings} {installation.settings.model_dump_json()}"
    assert not [secret for secret in CANARIES.values() if secret in shown]


def test_the_repository_holds_no_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("no checkout: nothing to list")
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if not path.is_file():
            continue
        body = path.read_bytes()
        assert not [what for what, pattern in PATTERNS.items() if pattern.search(body)], name
        assert path.name != ".env" and path.suffix not in {".pem", ".key", ".p12", ".dump"}, name
