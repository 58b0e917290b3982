"""nginx with the rules of deploy/."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.kit.certificates import self_signed
from tests.kit.dashboards import free_port
from tests.kit.processes import child

TEMPLATE = Path(__file__).parents[2] / "deploy" / "nginx.conf.template"


NGINX = (
    os.environ.get("SMARTMONEY_TEST_NGINX")
    or shutil.which("nginx")
    or shutil.which("nginx", path="/usr/sbin")
)


SITE = "desk.example"


UPSTREAMS = {"voila:8866": "voila", "prefect:4200": "prefect", "api:8000": "api"}


@dataclass
class Door:
    """A running nginx: where it listens, and how to ask it under a name."""

    port: int
    plain: int
    client: httpx.Client = field(repr=False)

    def ask(
        self, method: str, name: str, path: str = "/", sni: str | None = None, **headers: str
    ) -> httpx.Response:
        """One request over TLS; `name` stands in Host, `sni` (by default the same) in the handshake."""
        request = self.client.build_request(
            method,
            f"https://127.0.0.1:{self.port}{path}",
            headers={"Host": name, **headers},
            extensions={"sni_hostname": sni or name},
        )
        return self.client.send(request)


@contextmanager
def nginx(folder: Path, places: dict[str, str]) -> Iterator[Door]:
    """nginx with our rules; names, ports, folders and the places of the servers behind are the test's."""
    if NGINX is None:
        pytest.skip("no nginx here: install it, or name one by SMARTMONEY_TEST_NGINX")
    folder.chmod(0o755)
    text, port, plain = TEMPLATE.read_text().replace("${SITE_HOST}", SITE), free_port(), free_port()
    for written, real in places.items():
        text = text.replace(written, real)
    for written in UPSTREAMS.keys() - places.keys():
        text = text.replace(written, "127.0.0.1:9")
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}").replace(
        "listen 80", f"listen 127.0.0.1:{plain}"
    )
    text = text.replace("/etc/nginx", str(folder))
    _files(folder, text)
    process = child(
        [
            NGINX,
            "-p",
            str(folder),
            "-c",
            str(folder / "nginx.conf"),
            "-e",
            str(folder / "error.log"),
        ]
    )
    try:
        _wait(process, plain, folder)
        with httpx.Client(verify=_trusting(folder), trust_env=False, timeout=10) as client:
            yield Door(port, plain, client)
    finally:
        process.terminate()
        process.wait(10)


def _files(folder: Path, text: str) -> None:
    for name in ("tls", "login"):
        (folder / name).mkdir()
    self_signed(
        folder / "tls/privkey.pem",
        folder / "tls/fullchain.pem",
        *(SITE, f"prefect.{SITE}", f"api.{SITE}"),
    )
    made = subprocess.run(
        ["openssl", "passwd", "-6", "secret"], check=True, capture_output=True, text=True
    ).stdout
    for name in ("people", "operators"):
        (folder / "login" / name).write_text(f"ann:{made}")
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\nevents {{ worker_connections 200; }}\n"
        f"http {{\naccess_log off;\n{paths}{text}\n}}\n"
    )


def _wait(process: subprocess.Popen[bytes], plain: int, folder: Path) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{plain}/", headers={"Host": SITE}, trust_env=False)
            return
        except httpx.TransportError:
            assert process.poll() is None and time.monotonic() < until, (
                folder / "error.log"
            ).read_text()
            time.sleep(0.05)


def _trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / "tls/fullchain.pem"))
