"""Dumps with rows so new that the venue did not know their market: 49 of 68,988 real ones (airesmendes/activity, 2026)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from polymarket_sim import ids
from polymarket_sim.recorded.dump import load_dump
from polymarket_sim.recorded.row_server import Rows

Row = dict[str, Any]
USER = ids.address("unlabelled dump", 1)
START = 1_770_000_000
UNKNOWN = {"title": "0", "slug": "0", "eventSlug": "0", "outcome": "", "outcomeIndex": 999}


def condition(number: int) -> str:
    return ids.condition_id(ids.digest("unlabelled question", number))


def fill(number: int, place: int, **changes: Any) -> Row:
    """A purchase of an outcome, as the first version writes it."""
    return {
        "proxyWallet": USER,
        "timestamp": START + number * 100 + place,
        "conditionId": condition(number),
        "type": "TRADE",
        "size": 10,
        "usdcSize": 4,
        "transactionHash": ids.digest("unlabelled", number, place, len(changes)),
        "price": 0.4,
        "asset": ids.token_ids(condition(number), False)[place],
        "side": "BUY",
        "outcomeIndex": place,
        "title": f"Question {number}?",
        "slug": f"question-{number}",
        "eventSlug": f"event-{number}",
        "outcome": ("Yes", "No")[place],
        **changes,
    }


def served(tmp_path: Path, rows: list[Row]) -> Rows:
    (tmp_path / "activity.json").write_text(json.dumps(rows))
    return load_dump(tmp_path)


def test_a_row_without_a_market_has_that_of_its_token_and_no_other(tmp_path: Path) -> None:
    nameless = {**UNKNOWN, "conditionId": ""}
    rows = [
        fill(1, 0),
        fill(1, 0, **nameless),
        fill(2, 0, **UNKNOWN),
        fill(2, 0, **nameless),
        fill(3, 0, **nameless),
    ]
    found = served(tmp_path, rows)
    named = [row["condition_id"] for row in found.activity[USER]]
    assert named[:4] == [condition(1), condition(1), condition(2), condition(2)]
    assert named[4] not in (condition(1), condition(2)), "not the market that is called 0, too"
    assert "1 fill: the token is of no market that anything names" in " ".join(found.notes)
    assert "0" not in {market["question"] for market in found.markets}


def test_markets_that_are_called_0_are_no_event_together(tmp_path: Path) -> None:
    found = served(tmp_path, [fill(number, 0, **UNKNOWN) for number in (1, 2)])
    events = [market["events"][0]["id"] for market in found.markets]
    assert len(events) == len({*events}) == 2


@pytest.mark.parametrize("place", [0, 1])
def test_a_token_alone_tells_the_outcome_as_on_the_chain(tmp_path: Path, place: int) -> None:
    found = served(tmp_path, [fill(1, place, **UNKNOWN)])
    [market] = found.markets
    assert json.loads(market["clobTokenIds"]) == list(ids.token_ids(condition(1), False))
    assert [row["outcome_index"] for row in found.activity[USER]] == [place]


def test_the_real_ones(shared: Path, tmp_path: Path) -> None:
    """Every market of theirs has two tokens and a name of its own; the tokens of the nameless rows are in them."""
    rows = pd.read_parquet(shared / "data" / "real2026" / "airesmendes" / "activity.parquet")
    new = rows[(rows.type == "TRADE") & (rows.title == "0")]
    assert len(new) == 49
    near = rows[rows.asset.isin(new.asset) | rows.conditionId.isin(set(new.conditionId) - {""})]
    near.to_parquet(tmp_path / "activity.parquet")
    found = load_dump(tmp_path)
    tokens = [json.loads(market["clobTokenIds"]) for market in found.markets]
    assert all(len({*pair}) == 2 for pair in tokens)
    assert {*new.asset} <= {token for pair in tokens for token in pair}
    assert "0" not in {market["question"] for market in found.markets}
    assert (
        len(
            {
                market["events"][0]["slug"]
                for market in found.markets
                if market["question"].startswith("Market 0x")
            }
        )
        > 1
    )
