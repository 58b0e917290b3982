"""Where the product lies: a checkout, a folder that `smartmoney init` laid out, or an installed package.

Notebooks and dashboards are data beside the code. In a checkout they are folders of it; a wheel brings them inside the
package, in `smartmoney/share`; `smartmoney init FOLDER` copies them out, to be edited.
"""

from __future__ import annotations

import os
from pathlib import Path

CODE = Path(__file__).resolve().parents[1]
SHARE = CODE / "smartmoney" / "share"
MARK = "smartmoney.workspace"
LAID_OUT = ("notebooks", "dashboards", "docs")
IN_CHECKOUT = (CODE / "pyproject.toml").is_file() and (CODE / "notebooks").is_dir()


def root() -> Path:
    """The folder with notebooks and dashboards: the checkout, the working folder if it was laid out, or the package's own."""
    if IN_CHECKOUT:
        return CODE
    try:
        here = Path.cwd()
    except OSError:  # the working folder was removed
        return SHARE
    return here if (here / MARK).is_file() else SHARE


def state_folder() -> Path:
    """Where installations keep what they store: in the checkout, else in the user's data folder."""
    if IN_CHECKOUT:
        return CODE / ".smartmoney"
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "smartmoney"


def default_home() -> Path:
    """The installation that is meant where none is named: in a checkout the one of the working folder."""
    return Path(".smartmoney/live") if IN_CHECKOUT else state_folder() / "live"
