"""C19: killed -9 at every point of a page. Rows, quarantine and cursor come and go together; the next run ends as clean."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

from polymarket_sim.server import Simulator
from smartmoney.store.db import Store
from tests.kit.same import Picture, assert_same, part_of, picture
from tests.kit.syncing import Run
from tests.kit.victim import POINTS, victim


@pytest.fixture(scope="module")
def ended_by() -> Iterator[Callable[..., int]]:
    """Runs a sync in a process that dies where told."""
    with victim() as run:
        yield run


# Positions are written to their COPY row by row: for them `rows written` is the point.
PAIRS = [
    (point, kind)
    for point in POINTS
    for kind in ("trades", "positions")
    if (point, kind) != ("half a COPY", "positions")
]


@pytest.mark.parametrize(("point", "kind"), PAIRS)
def test_killed_twice_and_run_to_the_end(
    ended_by: Callable[..., int],
    run: Run,
    api: Simulator,
    store: Store,
    wallets: list[str],
    clean: Picture,
    point: str,
    kind: str,
) -> None:
    for nth in (3, 7):
        asked = {"database": store.url, "url": api.url, "wallets": wallets, "kind": kind}
        assert ended_by(**asked, point=point, nth=nth) == signal.SIGKILL
        left = picture(store)
        part_of(left, clean)
        stored = {row[1] for row in left["stream"] if row[3] is not None}
        seen = {row[2] for row in left["trade"]} | {row[2] for row in left["activity"]}
        assert kind == "positions" or seen == stored, (
            "rows and cursor of a page commit together, or neither"
        )
    run()
    assert_same(picture(store), clean)


def test_a_process_left_alone_ends_the_same(
    ended_by: Callable[..., int],
    run: Run,
    api: Simulator,
    store: Store,
    wallets: list[str],
    clean: Picture,
) -> None:
    for kind in ("trades", "positions"):
        assert ended_by(database=store.url, url=api.url, wallets=wallets, kind=kind) == 0
    assert_same(picture(store), clean)
