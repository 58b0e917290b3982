"""The first pass: the jobs that declare a place in it, in order, each a run of its own flow, all in one process."""

from __future__ import annotations

import sys
import time

from prefect import flow, get_run_logger
from prefect.states import Completed, Failed, State

from flows import deployed
from flows.jobs import JOBS
from smartmoney.registry import first_pass

ORDER = first_pass(JOBS)


@flow(name="pipeline", description="All jobs of the first pass in order.", persist_result=False)
def pipeline() -> State:
    """Run every job of the pipeline; stop at the first that fails, since the next ones build on it."""
    logger = get_run_logger()
    for number, name in enumerate(ORDER, 1):
        began = time.monotonic()
        logger.info("[%d/%d] %s: %s", number, len(ORDER), name, JOBS[name].does)
        state = getattr(deployed, name)(return_state=True)
        logger.info(
            "%s: %s in %.0f s. %s",
            name,
            str(state.name).lower(),
            time.monotonic() - began,
            state.message or "",
        )
        if not state.is_completed():
            return Failed(message=f"{name}: {state.message}")
    return Completed(message="All jobs have run.")


def main() -> int:
    """Run the pipeline; exit status 1 when a job failed."""
    return 0 if pipeline(return_state=True).is_completed() else 1


if __name__ == "__main__":
    sys.exit(main())
