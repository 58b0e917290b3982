"""Everybody on the chain is read like the wallets that are followed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smartmoney import frames
from smartmoney.errors import ParameterError
from smartmoney.population.measuring import score_population
from smartmoney.store.db import Store
from smartmoney.store.frame_tables import TABLES
from tests.kit.chain_logs import ALICE, BOB
from tests.kit.chain_stories import CAROL, DAVE, know_one_market, usual


@pytest.fixture
def everybody(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The usual story, scored, in the installation of this process."""
    monkeypatch.setenv("SMARTMONEY_HOME", str(tmp_path))
    know_one_market(store)
    folder = tmp_path / "population"
    score_population(store, [usual().imported(tmp_path)], folder, lambda sentence: None)
    return folder


def test_it_has_the_columns_of_those_who_are_followed(everybody: Path) -> None:
    frame = frames.traders(population="all")
    assert {key: str(dtype) for key, dtype in frame.dtypes.items()} == {
        key: column.dtype for key, column in TABLES["traders"].columns.items()
    }
    scores = frame["rarity_score"].dropna().tolist()
    assert len(frame) == 4 and scores == sorted(scores, reverse=True)
    assert frame["rarity_score"].isna().tolist() == sorted(frame["rarity_score"].isna())
    nobody = frames.traders(address="0x" + "0" * 40, population="all")
    assert nobody.empty and {*nobody.columns} == {*frame.columns}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"address": [ALICE, BOB.upper().replace("0X", "0x")]}, [ALICE, BOB]),
        ({"category": "Politics"}, [ALICE]),
        ({"min_pnl": 3}, [ALICE, DAVE]),
        ({"min_pnl": 3.1}, [ALICE]),
        ({"flagged": True}, []),
        ({"tier": "S A"}, []),
        ({"min_events": 2}, []),
        ({"min_prob": 1.0}, []),
        ({"category": "politics", "min_pnl": 6}, []),
    ],
    ids=str,
)
def test_it_takes_the_filters(everybody: Path, asked: dict[str, Any], found: list[str]) -> None:
    assert sorted(frames.traders(**asked, population="all")["address"]) == found


def test_a_frame_that_is_cut_says_so(everybody: Path) -> None:
    with pytest.warns(UserWarning, match="first 1 rows of 4"):
        assert len(frames.traders(population="all", limit=1)) == 1


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"text": "x"}, "text does not go with population='all': the chain knows no names"),
        ({"good_at": "politics"}, "good_at does not go with"),
        ({"tier": "Z"}, "'Z' is no tier"),
        ({"limit": -1}, "limit takes a number"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_one_sentence(
    everybody: Path, asked: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ParameterError, match=sentence):
        frames.traders(population="all", **asked)


def test_without_a_population_the_error_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMARTMONEY_HOME", str(tmp_path))
    with pytest.raises(ParameterError, match="run `smartmoney chain score`"):
        frames.traders(population="all")
    with pytest.raises(ParameterError, match="'everyone' is no population"):
        frames.traders(population="everyone")


def test_the_wallets_of_the_story_are_all_there(everybody: Path) -> None:
    assert {*frames.traders(population="all")["address"]} == {ALICE, BOB, CAROL, DAVE}
