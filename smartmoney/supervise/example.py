"""Settings and jobs as text: resolved for people, as the commented example file, and as the tables of docs/operations.md."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import get_args

from annotated_types import Ge, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from smartmoney.registry import Job, declared
from smartmoney.settings import Settings, fields
from smartmoney.store.server import growing
from smartmoney.supervise.environment import written
from smartmoney.supervise.paths import ROOT

HEAD = """# Every setting of smartmoney with its default. Copy this file to .env and uncomment what you change; the environment
# wins over .env. Written by `smartmoney settings --example`, and a test holds it to the class in smartmoney/settings.py.
"""


def env_example() -> str:
    """The text of .env.example: per setting its description, its range or choices, and its default, commented out."""
    return HEAD + "".join(_block(name, field) for name, field in fields().items())


def _block(name: str, field: FieldInfo) -> str:
    words = textwrap.fill(f"{field.description} {_bounds(field)}".strip(), 108)
    lines = "".join(f"# {line}\n" for line in words.splitlines())
    return f"\n{lines}#{name.upper()}={written(field.get_default(call_default_factory=True))}\n"


def table() -> str:
    """The table of docs/operations.md: every setting with its default and what it means."""
    rows = [
        f"| `{name.upper()}` | {_default(field)} | {f'{field.description} {_bounds(field)}'.strip()} |\n"
        for name, field in fields().items()
    ]
    return "| Setting | Default | |\n|---|---|---|\n" + "".join(rows)


def _default(field: FieldInfo) -> str:
    value = written(field.get_default(call_default_factory=True))
    return f"`{value}`" if value else "unset"


def _bounds(field: FieldInfo) -> str:
    least = next((each.ge for each in field.metadata if isinstance(each, Ge)), None)
    most = next((each.le for each in field.metadata if isinstance(each, Le)), None)
    choices = [each for each in get_args(field.annotation) if isinstance(each, str)]
    if choices:
        return f"One of {', '.join(choices)}."
    if least is not None and most is not None:
        return f"From {least} to {most}."
    return f"At least {least}." if least is not None else ""


def resolved(settings: Settings) -> str:
    """Every setting with its value; secrets are masked, what was set is marked with a star."""
    lines = []
    for name in fields():
        value = getattr(settings, name)
        shown = "(secret)" if isinstance(value, SecretStr) else written(value)
        lines.append(f"{'*' if name in settings.model_fields_set else ' '} {name.upper()}={shown}")
    return "\n".join(lines)


def jobs_table() -> str:
    """The table of docs/operations.md: every job with its schedule, what it does, and what it means when it is late."""
    rows = [
        f"| {job.name} | {_runs(job)} | {f'`{job.setting.upper()}`' if job.setting else '–'} "
        f"| {job.does} | {job.late} |\n"
        for job in declared().values()
    ]
    return "| Job | Runs | Setting | Does | When it is late |\n|---|---|---|---|---|\n" + "".join(
        rows
    )


def _runs(job: Job) -> str:
    if job.every:
        return f"every {span(job.every)}"
    return "on demand, or by another job" if job.every is None else "off by default"


def span(seconds: float) -> str:
    """A length of time in its largest whole unit: 10 min."""
    for size, unit in ((604_800, "week"), (86_400, "day"), (3_600, "hour"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            number = int(seconds // size)
            return unit if number == 1 and size > 60 else f"{number} {unit}" + "s" * (size > 60)
    return f"{seconds:.0f} s"


def with_tables(page: str) -> str:
    """docs/operations.md with its tables as they are now."""
    for new in (jobs_table(), table(), growing.table()):
        head = new.split("\n", 1)[0]
        start = page.index(head)
        end = page.find("\n\n", start)
        page = page[:start] + new + ("" if end < 0 else page[end + 1 :])
    return page


def main(root: Path = ROOT) -> None:
    """Write the generated files again: .env.example and the tables of docs/operations.md."""
    (root / ".env.example").write_text(env_example(), encoding="utf-8")
    page = root / "docs" / "operations.md"
    page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
