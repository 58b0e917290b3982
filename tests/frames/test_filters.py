"""What a frame is asked for: every filter works, and a wrong value is answered in one sentence with the near ones."""

from __future__ import annotations

import inspect
import subprocess
import sys
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

from smartmoney import frames
from smartmoney.errors import ParameterError, SmartmoneyError
from smartmoney.store.db import Store
from smartmoney.store.frame_tables import EVERYBODY, PAST, TABLES
from smartmoney.store.markets import catalog
from tests.kit.catalog import MARKET, NOW
from tests.kit.fills import FILL, NEAR, save

OTHER = NEAR[5].address


@pytest.fixture
def two_wallets(store: Store, reading: Store) -> Store:
    """Two wallets, an S and an unscored one, with fills of one market in politics."""
    with store.raw() as connection:
        catalog.save_markets(connection, [MARKET], NOW)
    yes = replace(FILL.market, token_id="11")
    save(store, [replace(FILL, market=yes), replace(NEAR[5], market=yes)])
    with store.raw() as connection:
        connection.execute(
            "update trader set tier = 'S', name = 'Théo_1', total_pnl = 10, skill_prob = 0.9, "
            "best_category = 'politics', event_count = 12, flags = '{BOT}' where address = %s",
            [FILL.address],
        )
    return reading


@pytest.mark.parametrize("name", TABLES)
def test_arguments_and_docstring_follow_the_filters(name: str) -> None:
    function = getattr(frames, name)
    also = {"positions": PAST, "traders": EVERYBODY}
    known = {**(also[name].filters if name in also else {}), **TABLES[name].filters}
    assert set(inspect.signature(function).parameters) == {*known, "limit"}
    for key, one in known.items():
        assert f"{key}: " in function.__doc__ and one.means.split(",")[0] in function.__doc__


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"tier": "s a"}, [FILL.address]),
        ({"tier": ["S", "B"]}, [FILL.address]),
        ({"tier": "A"}, []),
        ({"address": [FILL.address.upper().replace("0X", "0x"), OTHER]}, [FILL.address, OTHER]),
        ({"text": "théO_"}, [FILL.address]),
        ({"text": "Th%o"}, []),
        ({"category": "Politics"}, [FILL.address]),
        ({"flagged": False}, [OTHER]),
        ({"flagged": True}, [FILL.address]),
        ({"min_pnl": 10}, [FILL.address]),
        ({"min_pnl": 10.01}, []),
        ({"min_prob": 0.9}, [FILL.address]),
        ({"min_events": 13}, []),
    ],
    ids=str,
)
def test_wallets_are_filtered(two_wallets: Store, asked: dict[str, Any], found: list[str]) -> None:
    assert frames.traders(**asked)["address"].tolist() == found


def test_tiers_and_categories_filter_what_wallets_did(two_wallets: Store) -> None:
    assert frames.trades(tier="S")["address"].tolist() == [FILL.address]
    assert frames.trades(tier="S", category="politics")["address"].tolist() == [FILL.address]
    assert (
        len(frames.trades(condition_id=[FILL.market.condition_id.upper().replace("0X", "0x")])) == 2
    )
    assert frames.positions(tier="S").empty


def test_markets_are_filtered_in_any_case_of_letters(two_wallets: Store) -> None:
    assert len(frames.markets(status="open")) == len(frames.markets(status="OPEN closed")) == 1
    assert frames.markets(text="nothing like it").empty
    assert len(frames.markets(text="WILL")) == 1
    assert frames.markets(min_volume=1e9).empty


@pytest.mark.parametrize(
    ("name", "asked", "sentence"),
    [
        ("traders", {"tier": "Z"}, "tier: 'Z' is no tier; there are S, A, B, C, D, E."),
        ("markets", {"status": "opened"}, "status: 'opened' is no status; did you mean OPEN"),
        (
            "trades",
            {"address": "0x123"},
            "address: '0x123' is no wallet address; one is 0x and 40 hexadecimal digits.",
        ),
        (
            "trades",
            {"condition_id": FILL.address},
            "is no market's condition id; one is 0x and 64 hexadecimal digits.",
        ),
        (
            "markets",
            {"category": "politic"},
            "category: 'politic' is no category; did you mean politics?",
        ),
        ("traders", {"min_prob": 95}, "min_prob is a probability, from 0 to 1, not 95."),
        ("traders", {"min_events": "many"}, "min_events takes a number, not 'many'."),
        ("traders", {"flagged": "no"}, "flagged takes True or False, not 'no'."),
        ("traders", {"tier": 5}, "tier takes a text or a list of texts, not 5."),
        ("traders", {"text": 5}, "text takes a text, not 5."),
        ("traders", {"limit": "all"}, "limit takes a number of rows or None, not 'all'."),
        ("scores", {"as_of": "yesterday"}, "as_of: 'yesterday' is no time; write 2026-06-30"),
        ("positions", {"as_of": "2023-12-01", "status": "closed"}, "status: 'closed' is no status"),
        ("trades", {"since": 5}, "since: 5 is no time"),
    ],
    ids=str,
)
def test_a_wrong_value_is_one_sentence(
    two_wallets: Store, name: str, asked: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ParameterError) as raised:
        getattr(frames, name)(**asked)
    assert sentence in str(raised.value) and "\n" not in str(raised.value)
    assert raised.value.parameter == next(key for key in reversed(asked))


def test_an_unknown_wallet_and_a_time_without_rows_are_named(two_wallets: Store) -> None:
    stranger = "0x" + "9" * 40
    with pytest.warns(
        UserWarning, match=f"trades: the wallet {stranger} is not known here"
    ) as notes:
        assert frames.trades(address=stranger).empty
    assert notes[0].filename == __file__
    with pytest.warns(
        UserWarning, match=r"since 2030-01-01 00:00; they reach from 2023-11-14 22:13 to"
    ):
        assert frames.trades(since="2030-01-01").empty
    with warnings.catch_warnings():  # a table without any row says nothing of the filter
        warnings.simplefilter("error")
        assert frames.smart_markets(as_of="2026-11-01").empty
        assert frames.trades(address=[]).empty


def test_positions_of_a_past_moment_are_replayed(two_wallets: Store) -> None:
    at = datetime.fromtimestamp(FILL.ts, UTC)
    held = frames.positions(address=FILL.address, as_of=at)
    assert list(held.columns) == list(PAST.columns)
    row = held.iloc[0]
    assert (row.condition_id, row.outcome, row.status) == (FILL.market.condition_id, "Yes", "OPEN")
    assert (row.shares, row.avg_price, row.realized_pnl) == (5.0, 0.4, 0.0)
    assert pd.isna(row.current_price) and pd.isna(row.value)
    assert frames.positions(as_of=at, tier="S").equals(held)
    assert len(frames.positions(as_of=at)) == 2
    assert frames.positions(as_of=at, category="politics", status="redeemable").empty
    with pytest.warns(UserWarning, match="positions: only the first 1 rows"):
        assert len(frames.positions(as_of=at, limit=1)) == 1
    with pytest.warns(UserWarning, match="is not known here"):
        nobody = frames.positions(address="0x" + "9" * 40, as_of=at)
    assert nobody.empty and dict(nobody.dtypes) == dict(held.dtypes)
    assert frames.positions(as_of=datetime(2020, 1, 1, tzinfo=UTC)).empty


def test_a_notebook_shows_the_sentence_alone() -> None:
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from smartmoney import traders; traders(tier='Z')")
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == "ParameterError: tier: 'Z' is no tier; there are S, A, B, C, D, E."
    assert "Traceback" not in run.stderr


def test_every_error_of_ours_is_short_in_a_notebook() -> None:
    assert SmartmoneyError("It is away.")._render_traceback_() == ["SmartmoneyError: It is away."]


def test_completion_offers_the_frames() -> None:
    import smartmoney

    assert dir(smartmoney) == sorted(smartmoney.__all__)


def test_frames_are_plotted_in_our_dress() -> None:
    pytest.importorskip("plotly")
    figure = pd.DataFrame({"pnl": [1.0, 2.0], "edge": [0.5, 0.1]}).plot()
    assert figure.layout.template.layout.colorway[0] == "#2563EB"
    assert [trace.name for trace in figure.data] == ["pnl", "edge"]
    assert pd.Series([1, 2, 2]).plot.hist().data[0].type == "histogram"
