"""What `up` resolved reaches its processes by a private file, and nothing secret by their environment."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from smartmoney.settings import SETTINGS_FILE, load
from smartmoney.supervise import environment
from smartmoney.supervise.paths import Paths
from smartmoney.supervise.up import on_loopback

SECRET = "postgresql://me:canary'\\$x@localhost/db"


def test_settings_survive_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        smartmoney_home=tmp_path,
        database_url=SECRET,
        smart_tiers=("S", "B"),
        voila_port=9_001,
        polymarket_use_proxy=True,
    )
    places = Paths(tmp_path)
    environment.write_settings(settings, places)
    assert stat.S_IMODE(places.settings_file.stat().st_mode) == 0o600
    monkeypatch.setenv(SETTINGS_FILE, str(places.settings_file))
    read = load()
    assert (
        read == settings
        and read.database_url is not None
        and read.database_url.get_secret_value() == SECRET
    )


def test_no_environment_holds_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    settings = load(
        smartmoney_home=tmp_path,
        database_url=SECRET,
        alert_urls="json://canary@x",
        bind_host="0.0.0.0",
    )
    told = (
        environment.base(settings)
        | environment.prefect(settings, 1)
        | environment.prefect_server(settings, 1)
    )
    assert "canary" not in str(told) and environment.prefect_login(settings) not in str(told)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_prefect_asks_for_a_login_wherever_it_listens(tmp_path: Path, host: str) -> None:
    settings = load(smartmoney_home=tmp_path, bind_host=host)
    login = environment.prefect_login(settings)
    assert len(login) > 24 and environment.prefect_login(settings) == login
    environment.write_profiles(settings)
    profiles = Paths(tmp_path).prefect / "profiles.toml"
    assert stat.S_IMODE(profiles.stat().st_mode) == 0o600
    assert profiles.read_text().count(login) == 2


def test_a_server_of_ours_is_asked_at_full_speed_unless_you_said_otherwise(tmp_path: Path) -> None:
    assert on_loopback(load(smartmoney_home=tmp_path), "http://x")["rate_limit_requests"] > 1_000
    assert "rate_limit_requests" not in on_loopback(
        load(smartmoney_home=tmp_path, rate_limit_requests=5), "http://x"
    )
