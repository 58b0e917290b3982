"""docs/operations.md says of every setting and every job what the code says."""

from __future__ import annotations

import re

from flows.jobs import JOBS
from smartmoney.settings import known_names
from smartmoney.supervise.example import env_example, table
from smartmoney.supervise.paths import ROOT

TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_settings_are_those_of_the_class_and_of_the_example() -> None:
    assert table() in TEXT, "write the table again with `smartmoney settings --table`"
    shown = re.findall(r"(?m)^\| `([A-Z0-9_]+)` \|", TEXT)
    assert shown == known_names() == re.findall(r"(?m)^#([A-Z][A-Z0-9_]+)=", env_example())


def test_every_job_stands_there_with_its_setting() -> None:
    told = dict(re.findall(r"(?m)^\| ([a-z_]+) \| [^|]+ \| `?([A-Z_]+|–)`? \|", TEXT))
    ours = [job for job in JOBS.values() if job.notebook.parent.name == "notebooks"]
    assert told == {job.name: (job.schedule or "–").upper() for job in ours} | {"pipeline": "–"}


def test_what_it_tells_to_type_is_there() -> None:
    from smartmoney.cli import cli

    typed = set(re.findall(r"smartmoney ([a-z-]+)", " ".join(re.findall(r"`[^`]+`", TEXT)))) - {
        "prefect"
    }
    assert typed <= set(cli.commands), typed - set(cli.commands)
