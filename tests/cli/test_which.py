"""Which installation a command is about when nobody says."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartmoney.cli import which
from smartmoney.supervise.paths import Paths


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(which, "home_of", lambda kind: tmp_path / kind)
    return tmp_path


def made(home: Path) -> None:
    Paths(home).make()
    Paths(home).settings_file.write_text("")


def test_the_only_one_there_is_else_live(homes: Path) -> None:
    assert which.kind_of(None) == "live"
    made(homes / "demo")
    assert which.kind_of(None) == "demo" and which.kind_of("recorded") == "recorded"
    made(homes / "recorded")
    assert which.kind_of(None) == "live"
