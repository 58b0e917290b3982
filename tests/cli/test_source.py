"""One database holds numbers from one place only."""

from __future__ import annotations

import pytest

from smartmoney.errors import SettingError
from smartmoney.settings import Settings
from smartmoney.store.db import Store
from smartmoney.store.server.setting import claim_source, source
from smartmoney.supervise.joining import require_same


def test_the_first_run_says_where_the_numbers_come_from(store: Store) -> None:
    assert source(store) is None
    claim_source(store, "live")
    claim_source(store, "live")
    assert source(store) == "live"


@pytest.mark.parametrize(
    ("there", "wanted"), [("live", "simulator"), ("simulator", "recorded"), ("recorded", "live")]
)
def test_another_source_is_refused_with_the_remedy(store: Store, there: str, wanted: str) -> None:
    claim_source(store, there)
    with pytest.raises(SettingError, match="use another SMARTMONEY_HOME, or remove what is stored"):
        claim_source(store, wanted)
    assert source(store) == there


def test_a_worker_joins_its_own_kind_only(store: Store, settings: Settings) -> None:
    claim_source(store, "simulator")
    require_same(settings.model_copy(update={"smartmoney_source": "simulator"}))
    with pytest.raises(
        SettingError,
        match="holds numbers of the simulator, and this run would add those of the live API",
    ):
        require_same(settings)


def test_another_simulated_world_is_refused(store: Store) -> None:
    claim_source(store, "simulator", "a world of seed 7")
    with pytest.raises(SettingError, match="a world of seed 7"):
        claim_source(store, "simulator", "a world of seed 8")
    claim_source(store, "simulator", "a world of seed 7")
