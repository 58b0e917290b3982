"""A rule as the evaluation sees it, and the sentence that says what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from smartmoney.alerts.kinds import MODELS, Options, RuleKind
from smartmoney.errors import ParameterError


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: row of `alert_rule`; 0 for a rule that is not saved yet.
        name: given by a person.
        kind, parameters: what it watches.
        starts_at: events before it do not fire: when the rule was last changed, or what it skipped up to.
        enabled: is it evaluated?
    """

    id: int
    name: str
    kind: RuleKind
    parameters: Options
    starts_at: datetime
    enabled: bool = True


def parse(kind: str, parameters: Mapping[str, Any]) -> tuple[RuleKind, Options]:
    """The validated kind and parameters of a rule.

    Raises:
        ParameterError: one sentence on the first thing that is wrong.
    """
    if kind not in MODELS:
        raise ParameterError(
            f"There is no kind of rule {kind[:60]!r}; there are {', '.join(MODELS)}."
        )
    known = RuleKind(kind)
    try:
        return known, MODELS[known].model_validate(dict(parameters))
    except ValidationError as error:
        raise ParameterError(_sentence(known, error)) from None


def from_row(row: Mapping[str, Any]) -> Rule:
    """A rule from its row of `alert_rule`.

    Raises:
        ParameterError: its parameters are wrong.
    """
    kind, parameters = parse(row["kind"], row["parameters"])
    return Rule(row["id"], row["name"], kind, parameters, row["starts_at"], row["enabled"])


def draft(name: str, kind: str, parameters: Mapping[str, Any]) -> Rule:
    """A rule that is not saved yet.

    Raises:
        ParameterError: something is wrong with it.
    """
    if not 1 <= len(name.strip()) <= 200:
        raise ParameterError("A rule needs a name of 1 to 200 letters.")
    return Rule(
        0, name.strip(), *parse(kind, parameters), starts_at=datetime(1970, 1, 1, tzinfo=UTC)
    )


def _sentence(kind: RuleKind, error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "value_error" and not first["loc"]:
        return str(first["ctx"]["error"])
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = ", ".join(MODELS[kind].model_fields)
        return f"A rule of kind {kind} has no parameter {name[:60]!r}; it has {known}."
    if first["type"] == "missing":
        return f"A rule of kind {kind} needs {name}."
    if first["type"] == "value_error":
        return f"{name}: {str(first['input'])[:80]!r} {first['ctx']['error']}."
    return f"{name} cannot be {str(first['input'])[:80]!r}: {first['msg'][0].lower()}{first['msg'][1:]}."
