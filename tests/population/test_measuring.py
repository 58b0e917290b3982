"""Everybody on the chain is measured by the ledger that measures those who are followed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from smartmoney.cli import cli
from smartmoney.errors import ParameterError
from smartmoney.population.measuring import Population, score_population
from smartmoney.store.db import Store
from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.chain_logs import ALICE, BOB
from tests.kit.chain_stories import CAROL, DAVE, NO, STRANGE, YES, M, Story, know_one_market, usual


def scored(store: Store, dumps: list[Path], folder: Path) -> tuple[Population, pd.DataFrame]:
    population = score_population(store, dumps, folder, lambda sentence: None)
    files = sorted((folder / "wallets").rglob("*.parquet"))
    frame = pd.concat([pq.read_table(path).to_pandas() for path in files]).set_index("address")
    return population, frame.sort_index()


def test_books_are_those_reckoned_by_hand(store: Store, tmp_path: Path) -> None:
    know_one_market(store)
    population, frame = scored(store, [usual().imported(tmp_path)], tmp_path / "population")
    assert {*frame.index} == {ALICE, BOB, CAROL, DAVE}
    assert frame["realized_pnl"].to_dict() == {
        ALICE: 10 - 4 - 0.096,
        BOB: 4 - 10,
        CAROL: 5 - 8,
        DAVE: 8 - 5,
    }
    assert frame.loc[ALICE, "best_category"] == "politics"
    assert frame["trade_count"].to_dict() == {ALICE: 1, BOB: 1, CAROL: 1, DAVE: 1}
    assert frame["maker_share"].to_dict() == {ALICE: 0, BOB: 1, CAROL: 1, DAVE: 0}
    assert (population.wallets, population.learnt, population.resolved) == (4, 1, 1)
    assert (population.redeemed, population.wallets_moved) == (0, 0)


def test_what_is_not_known_is_counted_and_named(store: Store, tmp_path: Path) -> None:
    know_one_market(store)
    population, frame = scored(store, [usual().imported(tmp_path)], tmp_path / "population")
    assert (population.unknown_tokens, population.wallets_unknown) == ([str(STRANGE)], 2)
    assert frame["coverage"].to_dict() == {
        ALICE: "unchecked",
        BOB: "unchecked",
        CAROL: "partial",
        DAVE: "partial",
    }
    assert frame.loc[DAVE, "coverage_reason"] == "History is missing: 1 rows could not be read."
    said = " ".join(population.sentences())
    assert "4 wallets, 9 events" in said and "1 tokens are of no known market: 99." in said
    assert "1 markets are known from splits on the chain only" in said


def test_a_market_of_which_there_is_no_resolution_is_settled_by_what_was_redeemed(
    store: Store, tmp_path: Path
) -> None:
    story = usual()
    story.rows = [row for row in story.rows if not row["topics"][0].startswith("0xb44d84d3")]
    population, frame = scored(store, [story.imported(tmp_path)], tmp_path / "population")
    assert (population.learnt, population.resolved, population.redeemed) == (2, 0, 1)
    assert frame.loc[DAVE, "realized_pnl"] == 8 - 5 and frame.loc[CAROL, "realized_pnl"] == 5 - 8
    assert frame.loc[ALICE, "decided_events"] == 0


def test_shares_that_were_sent_leave_both_wallets_partial(store: Store, tmp_path: Path) -> None:
    know_one_market(store)
    story = usual()
    story.send(ALICE, BOB, YES, M)
    story.split(ALICE, "0x" + "a" * 64, (YES, NO), M)
    population, frame = scored(store, [story.imported(tmp_path)], tmp_path / "population")
    assert population.wallets_moved == 2
    assert "1 transfers moved shares without a price" in frame.loc[BOB, "coverage_reason"]
    assert frame.loc[ALICE, "flags"] == "PARTIAL" and frame.loc[CAROL, "flags"] == ""


def test_dumps_that_overlap_count_once(store: Store, tmp_path: Path) -> None:
    know_one_market(store)
    whole = usual()
    later = Story()
    later.rows = whole.rows[4:]
    dumps = [whole.imported(tmp_path, "one"), later.imported(tmp_path, "two")]
    once, frame = scored(store, dumps[:1], tmp_path / "once")
    both, same = scored(store, dumps, tmp_path / "both")
    assert both.events == once.events
    pd.testing.assert_frame_equal(frame.drop(columns="as_of"), same.drop(columns="as_of"))


def test_whom_an_import_doubts_is_partial(store: Store, tmp_path: Path) -> None:
    know_one_market(store)
    story = usual()
    del story.rows[2]
    population, frame = scored(store, [story.imported(tmp_path)], tmp_path / "population")
    assert population.wallets_doubted == 1
    assert "missing or wrong in the dump" in frame.loc[ALICE, "coverage_reason"]
    assert frame.loc[ALICE, "flags"] == "PARTIAL"


def test_a_new_population_takes_the_place_of_the_old_only_when_it_is_whole(
    store: Store, tmp_path: Path
) -> None:
    know_one_market(store)
    first, _ = scored(store, [usual().imported(tmp_path)], tmp_path / "population")
    nobody = Story()
    nobody.resolve("0x" + "a" * 64, [1, 0])
    empty = nobody.imported(tmp_path, "empty")
    with pytest.raises(ParameterError, match="no event of any wallet"):
        scored(store, [empty], tmp_path / "population")
    assert Population.read(tmp_path / "population") == first
    second, frame = scored(store, [tmp_path / "chain" / "story"], tmp_path / "population")
    assert second.wallets == len(frame) == 4
    assert datetime.fromisoformat(second.as_of).tzinfo == UTC
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


@pytest.mark.parametrize("dumps", [[], ["absent"]])
def test_without_a_dump_one_sentence_says_what_to_do(
    store: Store, tmp_path: Path, dumps: list[str]
) -> None:
    with pytest.raises(ParameterError, match=r"chain import|is no imported dump"):
        scored(store, [tmp_path / each for each in dumps], tmp_path / "population")
    assert not (tmp_path / "population").exists()


def test_a_dump_without_times_keeps_no_books(store: Store, tmp_path: Path) -> None:
    story = usual()
    story.rows = [{**row, "blockTimestamp": None} for row in story.rows]
    with pytest.raises(ParameterError, match="has a time"):
        scored(store, [story.imported(tmp_path)], tmp_path / "population")


def test_the_command_says_what_is_known_of_whom(
    postgres: EmbeddedPostgres,
    database: str,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    know_one_market(store)
    monkeypatch.setenv("SMARTMONEY_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", postgres.url("postgres", database))
    without = CliRunner().invoke(cli, ["chain", "score"])
    assert "smartmoney chain import" in str(without.exception)
    usual().imported(tmp_path)
    done = CliRunner().invoke(cli, ["chain", "score"])
    assert done.exit_code == 0, done.output
    assert "64 parts read: 4 wallets, 9 events." in done.output
    assert "tokens are of no known market: 99." in done.output
    assert Population.read(tmp_path / "population").wallets == 4
