"""What can pass is tried again, with growing waits; what cannot is not."""

from __future__ import annotations

import pytest
from prefect.states import Failed

from flows.execute import Outcome
from flows.notebook import Passing, may_pass, run_notebook
from smartmoney.errors import ParameterError
from tests.kit.environment import alone


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (Passing(Outcome("failed", ["The database does not answer."], temporary=True)), True),
        (ParameterError("There is no parameter depht."), False),
        (ValueError("a bug"), False),
    ],
)
def test_only_what_can_pass_is_tried_again(error: Exception, again: bool) -> None:
    assert alone(may_pass(None, None, Failed(data=error))) is again


def test_the_waits_grow() -> None:
    waits = run_notebook.retry_delay_seconds
    assert isinstance(waits, list) and run_notebook.retries == len(waits) >= 3
    assert all(later >= 2 * sooner for sooner, later in zip(waits, waits[1:], strict=False))
