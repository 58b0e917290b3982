"""docs/operations.md says of every setting and every job what the code says."""

from __future__ import annotations

import re

from smartmoney.settings import known_names
from smartmoney.supervise.example import env_example, with_tables
from smartmoney.supervise.paths import ROOT

TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_settings_are_those_of_the_class_and_of_the_example() -> None:
    shown = re.findall(r"(?m)^\| `([A-Z0-9_]+)` \|", TEXT)
    assert shown == known_names() == re.findall(r"(?m)^#([A-Z][A-Z0-9_]+)=", env_example())


def test_its_tables_are_as_generated() -> None:
    assert with_tables(TEXT) == TEXT, "write the tables again with `make docs`"


def test_what_it_tells_to_type_is_there() -> None:
    from smartmoney.cli import cli

    typed = set(re.findall(r"smartmoney ([a-z-]+)", " ".join(re.findall(r"`[^`]+`", TEXT)))) - {
        "prefect"
    }
    assert typed <= set(cli.commands), typed - set(cli.commands)
