"""Failed tests are remembered by the name they have without xdist, so that `--last-failed` finds them again."""

from __future__ import annotations

import os
import re

import pytest

# xdist appends "@group" to the id of a test in a named group; an id with parameters ends with a bracket of its own.
GROUP = re.compile(r"(?<=[^/])@[^@\]\[/:]+$")


def plain_id(nodeid: str) -> str:
    """The id of a test as pytest collects it."""
    return GROUP.sub("", nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take the group off before anything is remembered; a worker of xdist must keep it, by which it is recognised."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        report.nodeid = plain_id(report.nodeid)
