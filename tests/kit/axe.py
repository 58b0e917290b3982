"""axe-core on an open page: what it finds wrong with names, roles, order and contrast, dark and light."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def script() -> str:
    """The checker, from its package."""
    found = find_spec("axe_playwright_python")
    assert found is not None and found.origin is not None
    return (Path(found.origin).parent / "axe.min.js").read_text()


def complaints(tab: Any) -> list[str]:
    """What the checker finds wrong in either theme, a line each."""
    tab.evaluate(script())
    return [line for theme in ("dark", "light") for line in _found(tab, theme)]


def _found(tab: Any, theme: str) -> list[str]:
    tab.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    found = tab.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{theme} {each['id']}: {node['html'][:200]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
