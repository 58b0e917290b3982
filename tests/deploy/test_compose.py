"""compose.yaml: its shape, and each of our services run as written against a database and a Prefect of the test."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest

from smartmoney.settings import known_names, load
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.supervise.paths import ROOT
from tests.kit.compose import COMPOSE, DEPLOY, SERVICES, SITE, Service
from tests.kit.dashboards import free_port

OURS = [name for name, service in SERVICES.items() if service["image"] == "smartmoney"]


def variables(text: str) -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", text))


def test_every_part_is_named_once_and_refers_to_what_is_there() -> None:
    assert set(SERVICES) == {"postgres", "migrate", "prefect", "worker", "voila", "api", "proxy"}
    for name, service in SERVICES.items():
        assert set(service["networks"]) <= set(COMPOSE["networks"]), name
        assert set(service.get("depends_on", {})) <= set(SERVICES), name
        for volume in service.get("volumes", []):
            place = volume.split(":")[0]
            assert (
                place in COMPOSE["volumes"]
                or place in ("./tls", "./login")
                or (DEPLOY / place).is_file()
            ), volume
        for needed, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[needed], f"{name} waits for the health of {needed}"


def test_it_reads_our_settings_and_what_the_site_gives() -> None:
    for name in OURS:
        unknown = (
            set(SERVICES[name].get("environment", {}))
            - set(known_names())
            - {"FORWARDED_ALLOW_IPS"}
        )
        assert not unknown, (name, unknown)
    given = set(re.findall(r"(?m)^([A-Z_]+)=", (DEPLOY / "site.env.example").read_text()))
    assert variables((DEPLOY / "compose.yaml").read_text()) == given


def test_only_the_proxy_is_open_and_only_who_must_gets_out() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name, service in SERVICES.items() if "outside" in service["networks"]} == {
        "worker",
        "proxy",
    }


def test_pages_and_api_hold_the_reading_password_only() -> None:
    for name in ("voila", "api"):
        told = SERVICES[name]["environment"]
        assert (
            "DATABASE_URL" not in told and "sm_read:${READER_PASSWORD}" in told["DATABASE_READ_URL"]
        )
    for name in OURS:
        assert (
            SERVICES[name]["cap_drop"] == ["ALL"]
            and "no-new-privileges:true" in SERVICES[name]["security_opt"]
        )


def test_the_image_holds_all_that_is_run() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    copied = {name for line in re.findall(r"(?m)^COPY (.+) \S+$", text) for name in line.split()}
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {
        "smartmoney",
        "flows",
        "notebooks",
        "dashboards",
        "requirements.lock",
        "pyproject.toml",
    } <= copied
    assert all((ROOT / name).exists() and f"!{name}" in ignored for name in copied)
    assert "USER smartmoney" in text and "--require-hashes" in text


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.xdist_group("prefect")
def test_every_service_runs_as_written_answers_and_stops(
    postgres: EmbeddedPostgres, database: str, tmp_path: Path
) -> None:
    ports = {port: free_port() for port in ("4200", "8866", "8000")}
    roles = {
        "sm_owner": postgres.url("postgres", database),
        "sm_read": postgres.url("sm_read", database),
    }
    started: dict[str, Service] = {}

    def start(name: str) -> Service:
        started[name] = Service(name, tmp_path / name, ports, roles)
        return started[name]

    def wait(service: Service) -> None:
        until = time.monotonic() + 150
        while not service.healthy():
            words = (service.home / "service.log").read_text()
            assert service.process.poll() is None and time.monotonic() < until, (
                service.name,
                words,
            )
            time.sleep(0.3)

    try:
        assert start("migrate").process.wait(60) == 0, (
            tmp_path / "migrate" / "service.log"
        ).read_text()
        for name in ("prefect", "voila", "api"):
            start(name)
        for name in ("voila", "api", "prefect"):
            wait(started[name])
        wait(start("worker"))
        for name in ("worker", "api", "voila", "prefect"):
            assert started[name].stop() in (0, -signal.SIGTERM), (
                name,
                (tmp_path / name / "service.log").read_text(),
            )
    finally:
        for service in started.values():
            service.process.kill()
            service.process.wait()
            service.log.close()


def test_load_is_not_confused_by_what_the_site_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SITE.items():
        monkeypatch.setenv(name, value)
    assert load(smartmoney_home=Path("/tmp")).prefect_login is not None
