"""PgBouncer before a server of the tests, over TCP with TLS as managed databases have it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal
from urllib.parse import quote

import pytest

from smartmoney.store.server.embedded import PORT, EmbeddedPostgres
from smartmoney.store.server.secrets import role_passwords
from tests.kit.certificates import self_signed
from tests.kit.dashboards import free_port
from tests.kit.processes import child

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
CONFIGURATION = """\
[databases]
* = host={socket} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users.txt
pool_mode = {mode}
ignore_startup_parameters = {ignored}
client_tls_sslmode = require
client_tls_key_file = {folder}/server.key
client_tls_cert_file = {folder}/server.crt
logfile = {folder}/pgbouncer.log
"""


class Pooler:
    """A running PgBouncer.

    Attributes:
        certificate: what clients have to trust.
    """

    def __init__(self, folder: Path, port: int, passwords: dict[str, str]) -> None:
        self.certificate = folder / "server.crt"
        self._port = port
        self._passwords = passwords

    def url(self, role: str, database: str, certificate: Path | None = None) -> str:
        """Address of a database through it, as a provider of managed databases would give it, with the certificate
        that is trusted, its own by default."""
        trusted = quote(str(certificate or self.certificate), safe="/")
        return (
            f"postgresql://{role}:{self._passwords[role]}@localhost:{self._port}/{database}"
            f"?sslmode=verify-full&sslrootcert={trusted}"
        )


@contextmanager
def pooler(
    server: EmbeddedPostgres,
    mode: Literal["transaction", "session"],
    ignored: str = "extra_float_digits",
) -> Iterator[Pooler]:
    """PgBouncer in a mode, before `server`; `ignored` are the start-up parameters it drops without a word."""
    if PGBOUNCER is None:
        pytest.skip("no pgbouncer here (Debian: pgbouncer)")
    passwords, listen = role_passwords(server.home), free_port()
    folder = Path(mkdtemp(prefix="smartmoney-test-"))
    self_signed(folder / "server.key", folder / "server.crt", "localhost")
    (folder / "users.txt").write_text(
        "".join(f'"{role}" "{word}"\n' for role, word in passwords.items())
    )
    (folder / "pgbouncer.ini").write_text(
        CONFIGURATION.format(
            socket=server.socket_folder,
            port=PORT,
            listen=listen,
            folder=folder,
            mode=mode,
            ignored=ignored,
        )
    )
    command = [PGBOUNCER, str(folder / "pgbouncer.ini")]
    if os.geteuid() == 0:  # as root it wants to become somebody else, whose its files must be
        for place in (folder, *folder.iterdir()):
            shutil.chown(place, server.user())
        command[1:1] = ["-u", str(server.user())]
    process = child(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, listen, folder)
        yield Pooler(folder, listen, passwords)
    finally:
        process.kill()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    log = folder / "pgbouncer.log"
    raise AssertionError(log.read_text() if log.exists() else "pgbouncer ended at once")
