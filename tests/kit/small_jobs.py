"""Jobs whose notebook a test writes."""

from __future__ import annotations

from collections.abc import Callable

from flows.jobs import NotebookJob

Write = Callable[..., NotebookJob]
