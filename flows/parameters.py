"""A notebook's parameters are what its own cell tagged `parameters` declares; nothing else reaches a kernel."""

from __future__ import annotations

import ast
import difflib
import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from smartmoney.errors import ParameterError

TYPES: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "list": list,
    "dict": dict,
    "None": None,
}
TYPE_NAMES = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "dict": "an object",
    "None": "null",
}


class Parameter:
    """One declared parameter.

    Attributes:
        name, annotation: as written in the cell.
        type: the Python type of the annotation.
        default: the value it has when nothing is passed.
    """

    def __init__(self, name: str, annotation: ast.expr, default: Any) -> None:
        self.name = name
        self.annotation = ast.unparse(annotation)
        self.type = _type(annotation)
        self.default = default

    def check(self, value: Any) -> None:
        """Raise ParameterError unless `value` is JSON-native and of this type."""
        try:
            TypeAdapter(self.type).validate_python(value, strict=True)
            json.dumps(value, allow_nan=False)
        except (ValidationError, TypeError, ValueError):
            raise ParameterError(
                f"Parameter {self.name} must be {self.described}, not {value!r:.80}."
            ) from None

    @property
    def described(self) -> str:
        """Its type in words, such as `a list (list[str])`."""
        head = ast.parse(self.annotation, mode="eval").body
        parts = _alternatives(head)
        return " or ".join(TYPE_NAMES[_head(part)] for part in parts) + f" ({self.annotation})"


def declared(notebook: Path) -> dict[str, Parameter]:
    """The parameters a notebook declares, by name, in order.

    Raises:
        ParameterError: the notebook is missing or damaged, or its cell holds anything but typed literals.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except FileNotFoundError:
        raise ParameterError(
            f"The notebook notebooks/{notebook.name} is missing; restore it from the repository."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise ParameterError(
            f"notebooks/{notebook.name} is no notebook; restore it from the repository."
        ) from None
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise ParameterError(
            f"notebooks/{notebook.name} has {len(tagged)} cells tagged `parameters`; it needs one."
        )
    try:
        return {
            found.name: found
            for found in map(_parameter, _statements("".join(tagged[0]["source"])))
        }
    except (SyntaxError, ValueError, KeyError) as error:
        raise ParameterError(
            f"The parameters cell of notebooks/{notebook.name} holds more than lines such as "
            f"`days: int = 7`: {error}"
        ) from None


def check(notebook: Path, values: dict[str, Any]) -> None:
    """Raise ParameterError unless every value's name and type is declared by the notebook."""
    known = declared(notebook)
    for name, value in values.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known) or 'none'}."
            raise ParameterError(f"{notebook.stem} has no parameter {name}; {hint}")
        known[name].check(value)


def from_text(notebook: Path, pairs: dict[str, str]) -> dict[str, Any]:
    """Values typed on a command line: JSON where it reads as JSON of the declared type, else the text itself."""
    known = declared(notebook)
    values: dict[str, Any] = {}
    for name, text in pairs.items():
        values[name] = text
        if name in known and "str" not in (
            _head(part) for part in _alternatives(_parsed(known[name]))
        ):
            try:
                values[name] = json.loads(text)
            except ValueError:
                values[name] = (
                    text.split(",") if known[name].annotation.startswith("list[str]") else text
                )
    check(notebook, values)
    return values


def _statements(source: str) -> list[ast.AnnAssign]:
    body = ast.parse(source).body
    wrong = [
        node
        for node in body
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name))
    ]
    if wrong:
        raise ValueError(ast.unparse(wrong[0]))
    return [node for node in body if isinstance(node, ast.AnnAssign)]


def _parameter(node: ast.AnnAssign) -> Parameter:
    if not isinstance(node.target, ast.Name) or node.value is None:
        raise ValueError(ast.unparse(node))
    return Parameter(node.target.id, node.annotation, ast.literal_eval(node.value))


def _parsed(parameter: Parameter) -> ast.expr:
    return ast.parse(parameter.annotation, mode="eval").body


def _alternatives(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _alternatives(node.left) + _alternatives(node.right)
    return [node]


def _head(node: ast.expr) -> str:
    return ast.unparse(node.value if isinstance(node, ast.Subscript) else node)


def _type(node: ast.expr) -> Any:
    """The type an annotation names, built from the few names allowed; nothing is evaluated."""
    if isinstance(node, ast.BinOp):
        return _type(node.left) | _type(node.right)
    if isinstance(node, ast.Subscript):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return TYPES[_head(node)][tuple(_type(part) for part in inner)]
    return TYPES[ast.unparse(node)]
