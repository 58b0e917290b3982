""".env.example is what the settings class says, and every line of it can be read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartmoney.settings import Settings, known_names, load
from smartmoney.supervise.example import env_example, resolved

ROOT = Path(__file__).parents[2]


def test_example_is_current() -> None:
    assert (ROOT / ".env.example").read_text() == env_example(), (
        "run `smartmoney settings --example > .env.example`"
    )


def test_example_names_every_setting_once() -> None:
    names = [
        line[1:].split("=")[0]
        for line in env_example().splitlines()
        if line.startswith("#") and "# " not in line[:2]
    ]
    assert names == known_names()


def test_uncommented_example_is_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        line[1:]
        for line in env_example().splitlines()
        if line.startswith("#") and line[1:2].isupper()
    ]
    (tmp_path / ".env").write_text("\n".join(line for line in lines if not line.endswith("=")))
    monkeypatch.chdir(tmp_path)
    read = load(smartmoney_home=Settings().smartmoney_home)
    assert read == Settings(smartmoney_home=read.smartmoney_home, _env_file=None)


def test_resolved_settings_mask_secrets() -> None:
    text = resolved(load(alert_urls="mailto://user:hunter2@example.org"))
    assert "* ALERT_URLS=(secret)" in text and "hunter2" not in text
