"""The form of a rule: its controls from the model of the rule's kind, and what was typed as that model takes it."""

from __future__ import annotations

from typing import Any

from smartmoney.errors import ParameterError
from smartmoney.store.reads import Row
from smartmoney.widgets.controls import Control, text_field

KINDS = {
    "trader_moves": "a wallet opens, adds to or closes a position",
    "market_crosses": "a market's statistic crosses a level",
    "consensus": "several smart wallets buy the same outcome",
    "tier_changes": "a wallet changes tier",
    "market_resolves": "a market resolves",
    "stream_stale": "a job is late",
}
LONGEST_NAME = 200
LONGEST_LIST = 4_000


def rule_fields(kind: str, name: str, parameters: Row) -> list[Control]:
    """The controls of a rule of this kind: its name, then each parameter."""
    from smartmoney.alerts import MODELS, RuleKind

    schema = MODELS[RuleKind(kind)].model_json_schema()
    named = schema.get("$defs", {})
    return [
        text_field("name", "Name", name, longest=LONGEST_NAME),
        *(
            control(key, part, named, parameters.get(key))
            for key, part in schema["properties"].items()
        ),
    ]


def control(name: str, part: Row, named: Row, value: Any) -> Control:
    """The control of one property of a JSON schema; lists are written with commas.

    Args:
        name: of the property.
        part: its schema.
        named: schemas that others refer to.
        value: its value so far; None for the default.
    """
    kind, default = _kind(part, named), part.get("default")
    no_default = default in (None, [])
    hint = "any" if no_default else str(default)[:40]
    base = {"key": name, "label": name.replace("_", " "), "hint": hint}
    if kind.get("type") == "boolean":
        return {**base, "kind": "check", "value": bool(default if value is None else value)}
    if "enum" in kind:
        pairs = [[word, word] for word in kind["enum"]]
        chosen = default if value is None else value
        return {**base, "kind": "select", "any": False, "choices": pairs, "value": chosen}
    if kind.get("type") in ("integer", "number"):
        return {**base, **_limits(kind), "kind": "number", "value": "" if value is None else value}
    listed = kind.get("type") == "array"
    text = ", ".join(map(str, value)) if isinstance(value, list) else value or ""
    base["hint"] = "separated by commas" if listed and no_default else hint
    return {**base, "kind": "text", "list": listed, "longest": LONGEST_LIST, "value": text}


def _kind(part: Row, named: Row) -> Row:
    """The schema that says what a value is: neither null nor, where there is another, text."""
    kinds = [option for option in part.get("anyOf", [part]) if option.get("type") != "null"]
    others = [option for option in kinds if option.get("type") != "string"]
    kind: Row = (others or kinds)[0]
    return named.get(kind["$ref"].rpartition("/")[2], {}) if "$ref" in kind else kind


def _limits(kind: Row) -> Row:
    step = 1 if kind["type"] == "integer" else "any"
    return {"min": kind.get("minimum"), "max": kind.get("maximum"), "step": step}


def typed(fields: list[Control], values: Any) -> tuple[str, Row, Row]:
    """What was typed into the form.

    Returns:
        The rule's name, its parameters, and everything typed, to show again.

    Raises:
        ParameterError: it is no form.
    """
    if not isinstance(values, dict):
        raise ParameterError("There is nothing to save.")
    draft = {field["key"]: values[field["key"]] for field in fields if field["key"] in values}
    parameters = {
        field["key"]: _unpacked(field, draft[field["key"]])
        for field in fields
        if field["key"] != "name" and draft.get(field["key"]) not in (None, "")
    }
    return str(draft.get("name", "")), parameters, draft


def _unpacked(field: Control, value: Any) -> Any:
    """A control's value as the rule's model takes it."""
    if field.get("list"):
        return [word.strip() for word in str(value).split(",") if word.strip()]
    return value


def written(parameters: Row) -> str:
    """A rule's parameters in one line."""
    return ", ".join(
        f"{name.replace('_', ' ')} {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in parameters.items()
        if value not in (None, [], "")
    )
