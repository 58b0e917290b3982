"""A captured wallet is the wallet: its rows come digit for digit, and import-recorded makes the same books of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from polymarket_sim.generate import generate
from polymarket_sim.recorded.dump import load_dump
from polymarket_sim.recorded.row_server import serving
from polymarket_sim.server import Simulator, running
from polymarket_sim.venue import EVENTFUL
from polymarket_sim.world import World
from smartmoney.errors import ApiRefused, ParameterError
from smartmoney.polymarket import endpoints
from smartmoney.polymarket.budget import LocalBudget
from smartmoney.polymarket.capture import Keeper, capture
from smartmoney.polymarket.client import Client
from tests.kit.syncing import here


@pytest.fixture(scope="module")
def world() -> World:
    return generate(
        5, traders=40, markets=60, trades=3_000, days=60, now=int(time.time()), venue=EVENTFUL
    )


@pytest.fixture
def api(world: World) -> Iterator[Simulator]:
    with running(world) as found:
        yield found


def keeper(api: Simulator) -> Keeper:
    return Keeper(here(api.url), LocalBudget(), page_rows=7)


def test_a_capture_read_again_gives_the_same_rows(
    api: Simulator, world: World, tmp_path: Path
) -> None:
    """Walked in pages of seven; served again from the files, the client reads the same records."""
    wallet = world.traders[3].address
    with keeper(api) as client:
        kept = capture(client, wallet, tmp_path / "it")
    with Client(here(api.url), LocalBudget()) as client:
        pages = list(endpoints.activity(client, wallet))
    before = [row for page in pages for row in page.rows]
    unjoined = [bad for page in pages for bad in page.bad if bad.fill]
    assert kept["activity"] == len(before) + len(unjoined) > 7
    assert {path.stem for path in (tmp_path / "it").iterdir()} == set(kept)
    rows, markets = kept["activity"], kept["markets"]
    assert rows == len((tmp_path / "it" / "activity.jsonl").read_bytes().splitlines())
    assert markets >= len({row.market.condition_id for row in before if row.market}) - 1
    with (
        serving(load_dump(tmp_path / "it")) as again,
        Client(here(again), LocalBudget()) as client,
    ):
        after = [row for page in endpoints.activity(client, wallet) for row in page.rows]
    assert [(row.ts, row.tx_hash, row.size_micro, row.cash_micro) for row in after] == [
        (row.ts, row.tx_hash, row.size_micro, row.cash_micro) for row in before
    ]


def test_a_capture_that_fails_leaves_nothing(api: Simulator, world: World, tmp_path: Path) -> None:
    api.misbehaviour.add("/data/v2/positions", "404", nth=2)
    with keeper(api) as client, pytest.raises(ApiRefused):
        capture(client, world.traders[3].address, tmp_path / "it")
    assert list(tmp_path.iterdir()) == []


def test_nobody_and_a_folder_that_is_there_are_refused(
    api: Simulator, world: World, tmp_path: Path
) -> None:
    with keeper(api) as client:
        with pytest.raises(ParameterError, match="knows no wallet"):
            capture(client, "0x" + "1" * 40, tmp_path / "it")
        with pytest.raises(ParameterError, match="is there already"):
            capture(client, world.traders[3].address, tmp_path)
