"""Copies of the worked analyses, which JupyterLab opens: running and saving one leaves what was shipped as it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

SHIPPED = Path("notebooks") / "research"
COPIES = Path("notebooks") / "analyses"
"""As deep as what was shipped, so that links to the documentation lead there too; not under version control."""
MARK = "smartmoney_shipped"
"""Metadata of a copy: the digest of the cells it was made with."""


def lay_out_analyses(folder: Path) -> Path:
    """Copy each worked analysis once; a copy that nobody edited follows when a new version is shipped.

    Args:
        folder: that of notebooks and dashboards.

    Returns:
        Where the analyses are to be opened, relative to the folder: the shipped ones where it cannot be written.
    """
    try:
        (folder / COPIES).mkdir(exist_ok=True)
        for path in sorted((folder / SHIPPED).glob("*.ipynb")):
            _copy(path, folder / COPIES / path.name)
    except OSError:
        return SHIPPED
    return COPIES


def _copy(shipped: Path, copy: Path) -> None:
    notebook = json.loads(shipped.read_text(encoding="utf-8"))
    digest = _digest(notebook)
    if copy.exists():
        try:
            there = json.loads(copy.read_text(encoding="utf-8"))
            made_with = there["metadata"][MARK]
        except (ValueError, KeyError, TypeError):
            return  # somebody's own notebook of this name
        if made_with == digest or made_with != _digest(there):
            return
    notebook["metadata"][MARK] = digest
    copy.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _digest(notebook: dict[str, Any]) -> str:
    """What the cells say, whatever they have shown."""
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()
