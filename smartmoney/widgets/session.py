"""A session started ahead of its page: what it loads, and how it takes over a request."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from smartmoney.errors import SmartmoneyError
from smartmoney.store.db import read_store
from smartmoney.widgets import screens

WARM = "from smartmoney.widgets.session import warm; warm()"
ADOPT = "from smartmoney.widgets.session import adopt; adopt()"
REQUEST = ".request.json"


def warm() -> None:
    """Import what any page needs and connect to the store, so that the page itself only reads and draws."""
    for screen in iter_modules(screens.__path__):
        if screen.ispkg:
            import_module(f"{screens.__name__}.{screen.name}.view")
    with suppress(SmartmoneyError):  # away for now: the page will say so, should it still be then
        with read_store().raw():
            pass


def adopt() -> None:
    """Take the request's environment (QUERY_STRING above all) from the file beside the connection file, and remove it."""
    from ipykernel.connect import get_connection_file

    request = Path(get_connection_file()).with_suffix(REQUEST)
    os.environ.update(json.loads(request.read_text()))
    request.unlink()
