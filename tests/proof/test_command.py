"""The whole proof on small invented sets in the layout of the real ones: client, ledger, score, verdict, record."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from smartmoney.cli import cli
from smartmoney.errors import RecordingError
from smartmoney.proof.running import prove
from smartmoney.proof.sets import sets_of, stage
from smartmoney.proof.text import lines
from smartmoney.proof.thresholds import THRESHOLDS
from tests.kit.real_sets import write_real_sets


def test_a_set_goes_through_the_product_and_its_run_is_kept(tmp_path: Path) -> None:
    real, records = tmp_path / "real", tmp_path / "records"
    write_real_sets(real, wallets=30, events=60, skill=0.35, seed=1)
    limits = replace(THRESHOLDS, min_wallets=20, min_set_events=20, bootstraps=40, leak_ic=1.0)
    progress: list[str] = []
    record = prove(real, records, progress.append, limits)
    own = record["sets"]["somebody/bets_open_at_first_sight"]
    assert own["usable"]["wallets"] == 30 and own["usable"]["events"] == 60
    score = own["split half"]["correlations"][0]
    assert score["factor"] == "rarity_score" and score["low"] > 0.3
    assert record["verdict"]["answer"] in {"holds", "ranks"}
    assert own["forward"]["wallets"] > 0 and own["forward"]["dates"]
    assert own["called good"]["tested"] == 30 and own["called good"]["q <= 0.10"] >= 5
    assert (
        "price_series" in record["silent"]
        and "not known here" in record["silent"]["never_heard_of"]
    )
    assert f"somebody/bets_open_at_first_sight: {own['sentence']}" in progress
    told = list(lines(record))
    assert told[-1].startswith("Verdict on somebody/bets_open_at_first_sight: ")
    kept = [json.loads(file.read_text()) for file in records.glob("*.json")]
    assert [each["verdict"] for each in kept] == [record["verdict"]]


def test_the_command_says_why_a_set_cannot_answer_and_ends_well(tmp_path: Path) -> None:
    real = tmp_path / "real"
    write_real_sets(real, wallets=3, events=6, skill=0.0, seed=2)
    told = CliRunner().invoke(cli, ["proof", str(real), "--records", str(tmp_path / "records")])
    assert told.exit_code == 0, told.output
    assert "never_heard_of: cannot answer" in told.output
    assert told.output.strip().splitlines()[-1].startswith("Verdict: no answer.")


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="REALDATA"):
        sets_of(tmp_path / "nowhere")


def test_a_damaged_set_is_named(tmp_path: Path) -> None:
    write_real_sets(tmp_path, wallets=3, events=6, skill=0.0, seed=2)
    [real], _ = sets_of(tmp_path)
    pd.read_parquet(real.file).drop(columns="first_avgPrice").to_parquet(real.file)
    with pytest.raises(RecordingError, match="first_avgPrice"):
        stage(real, tmp_path, tmp_path / "out")


def test_markets_end_after_every_trade_in_them(tmp_path: Path) -> None:
    write_real_sets(tmp_path, wallets=5, events=8, skill=0.0, seed=3)
    [real], _ = sets_of(tmp_path)
    size = stage(real, tmp_path, tmp_path / "out")
    rows = pd.read_parquet(tmp_path / "out" / "rows.parquet")
    ended = pd.read_parquet(tmp_path / "out" / "resolutions.parquet").set_index("condition_id")
    last = rows.groupby("conditionId")["timestamp"].max()
    at = pd.to_datetime(ended["resolved_at"], utc=True).map(pd.Timestamp.timestamp)
    assert size["settled markets"] == len(last)
    assert (at.reindex(last.index) > last).all()
