"""`python -m flows.run JOB NAME=VALUE ...`: one job's notebook without Prefect; what `smartmoney run` calls."""

from __future__ import annotations

import difflib
import logging
import sys

from flows import parameters
from flows.execute import FINISHED, Outcome, execute
from flows.jobs import JOBS
from smartmoney.errors import ParameterError, SmartmoneyError
from smartmoney.settings import get_settings

TEMPORARY, FAILED, USAGE = 75, 1, 2


def run(name: str, pairs: list[str]) -> Outcome:
    """Run job `name` with parameters typed as NAME=VALUE.

    Raises:
        ParameterError: no such job or parameter, or a value of the wrong type.
    """
    if name not in JOBS:
        near = difflib.get_close_matches(name, JOBS, n=1)
        raise ParameterError(
            f"There is no job {name}; "
            + (f"did you mean {near[0]}?" if near else f"there are {', '.join(JOBS)}.")
        )
    values = parameters.from_text(JOBS[name].notebook, dict(pair.split("=", 1) for pair in pairs))
    return execute(JOBS[name], values, settings=get_settings())


def main(arguments: list[str]) -> int:
    """Run, say how it ended, and return the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("smartmoney.notebook").setLevel(logging.WARNING)
    try:
        outcome = run(arguments[0], arguments[1:])
    except SmartmoneyError as error:
        print(error, file=sys.stderr)
        return USAGE
    good = outcome.status in FINISHED
    print(
        f"{arguments[0]}: {outcome.status}. {' '.join(outcome.sentences)}",
        file=sys.stdout if good else sys.stderr,
    )
    if outcome.report:
        print(
            f"The report is {get_settings().reports_url or get_settings().smartmoney_home / 'reports'}/{outcome.report}"
        )
    return 0 if good else TEMPORARY if outcome.temporary else FAILED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
