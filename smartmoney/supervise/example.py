"""The settings as text: resolved for people, as the commented example file, and as the table of docs/operations.md."""

from __future__ import annotations

import textwrap
from typing import get_args

from annotated_types import Ge, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from smartmoney.settings import Settings
from smartmoney.supervise.environment import written

HEAD = """# Every setting of smartmoney with its default. Copy this file to .env and uncomment what you change; the environment
# wins over .env. Written by `smartmoney settings --example`, and a test holds it to the class in smartmoney/settings.py.
"""


def env_example() -> str:
    """The text of .env.example: per setting its description, its range or choices, and its default, commented out."""
    return HEAD + "".join(_block(name, field) for name, field in Settings.model_fields.items())


def _block(name: str, field: FieldInfo) -> str:
    words = textwrap.fill(f"{field.description} {_bounds(field)}".strip(), 108)
    lines = "".join(f"# {line}\n" for line in words.splitlines())
    return f"\n{lines}#{name.upper()}={written(field.default)}\n"


def table() -> str:
    """The table of docs/operations.md: every setting with its default and what it means."""
    rows = [
        f"| `{name.upper()}` | {_default(field)} | {f'{field.description} {_bounds(field)}'.strip()} |\n"
        for name, field in Settings.model_fields.items()
    ]
    return "| Setting | Default | |\n|---|---|---|\n" + "".join(rows)


def _default(field: FieldInfo) -> str:
    value = written(field.default)
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
    for name in Settings.model_fields:
        value = getattr(settings, name)
        shown = "(secret)" if isinstance(value, SecretStr) else written(value)
        lines.append(f"{'*' if name in settings.model_fields_set else ' '} {name.upper()}={shown}")
    return "\n".join(lines)
