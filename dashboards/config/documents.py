"""A page for a reader who finds all sessions taken: the same page as a document, drawn here without a session."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from frame import frame
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler

from smartmoney.errors import SmartmoneyError
from smartmoney.widgets.error_boundary import sentence_for

RENDERED = re.compile(r"/voila/render/(\w+)\.ipynb$")
TAKEN = (
    "All sessions are taken, so this page came as a document: it shows everything, and its links work. "
    "Buttons, exports and numbers that renew themselves are back as soon as a session is free."
)
DRAWING = ThreadPoolExecutor(1, "documents")
"""One at a time: a crowd waits in a row and leaves the other core to the sessions."""


def _drawn(name: str, query: str) -> Any:
    from smartmoney.widgets.document import pages

    return pages.draw(name, query)


def warm() -> None:
    """Import what pages need, so that the first document does not wait for it."""
    from smartmoney.widgets.document import pages

    for name in pages.names():
        pages.view_of(name)


async def document_of(handler: RequestHandler) -> str | None:
    """The page that is asked for as a whole HTML page; None where it is none of ours, or cannot be drawn."""
    found = RENDERED.search(handler.request.path)
    if found is None:
        return None
    name = found[1]
    try:
        drawn = await IOLoop.current().run_in_executor(
            DRAWING, _drawn, name, str(handler.request.query)
        )
    except SmartmoneyError:
        return None
    except Exception as error:  # noqa: BLE001
        sentence_for(error, f"{name}, as a document")
        return None
    shown = frame()
    render: Any = getattr(handler, "render_template")  # noqa: B009
    return str(
        render(
            "document.html",
            here=name,
            title=drawn.title,
            document=drawn.body,
            as_of=shown["as_of"],
            source=shown["source"],
            theme=shown["theme"],
            taken=TAKEN,
        )
    )
