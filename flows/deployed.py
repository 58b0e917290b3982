"""One flow per job, by name: what the deployments point to."""

from __future__ import annotations

from typing import Any

from flows.jobs import JOBS
from flows.notebook import notebook_flow

globals().update({name: notebook_flow(name) for name in JOBS})


def __getattr__(name: str) -> Any:
    """The flow of a job whose notebook came later than this module was imported."""
    if name not in JOBS:
        raise AttributeError(name)
    return globals().setdefault(name, notebook_flow(name))
