"""A folder of one's own with the notebooks and dashboards, for those who installed smartmoney as a package."""

from __future__ import annotations

import shutil
from pathlib import Path

from smartmoney.errors import ParameterError
from smartmoney.layout import CODE, IN_CHECKOUT, LAID_OUT, MARK, SHARE


def lay_out(folder: Path) -> None:
    """Copy notebooks, dashboards and documentation into a new or empty folder, and mark it.

    Raises:
        ParameterError: there is something in it, or it cannot be written.
    """
    source = CODE if IN_CHECKOUT else SHARE
    folder = folder.expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ParameterError(f"{folder} is not empty; name a new folder.")
        for name in LAID_OUT:
            left_out = shutil.ignore_patterns(
                "own", "analyses", "__pycache__", ".ipynb_checkpoints"
            )
            shutil.copytree(source / name, folder / name, ignore=left_out)
        (folder / MARK).write_text(
            "Notebooks and dashboards of smartmoney, laid out by `smartmoney init`.\n"
        )
    except OSError as error:
        raise ParameterError(f"{folder} cannot be written: {error.strerror}.") from None
