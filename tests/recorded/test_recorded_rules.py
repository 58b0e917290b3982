"""Rules of the loaders on hand-made recordings; these need no real data."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from polymarket_sim.model import Kind, Side
from polymarket_sim.recorded import load_recording
from polymarket_sim.recorded.recording import Recorded, together
from polymarket_sim.recorded.wallet_activity import payouts
from polymarket_sim.world import World
from smartmoney.errors import RecordingError
from smartmoney.units import MICRO

WALLET, MAKER = "0x" + "11" * 20, "0x" + "22" * 20
Small = Callable[..., World]


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Writes trades (newest first, as the set has them) of one market as a midterms recording, loads it."""

    def load(*trades: dict[str, Any], resolution: str = "1") -> World:
        market = ("Will it rain?", "rain", f"https://example.org/?market={MAKER}", resolution)
        with (tmp_path / "markets.csv").open("w", encoding="utf-8", newline="") as lines:
            names = ("market_full_name", "market_short_name", "link_to_table", "resolution")
            csv.writer(lines).writerows([names, market])
        plain = {"market_short_name": "rain", "Timestamp": "2022-11-08 10:00:00", "Account": WALLET}
        plain |= {"Type": "Buy", "Outcome": "Yes", "Amount": 1.0, "Shares": 2.0, "Price": 0.5}
        rows = [plain | {"csv_row": number} | trade for number, trade in enumerate(trades, 1)]
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / "trades.parquet")
        return load_recording(tmp_path)

    return load


def test_the_oldest_row_comes_first_and_ties_keep_their_order(small: Small) -> None:
    world = small(
        {"Amount": 3.0}, {"Amount": 2.0}, {"Amount": 1.0, "Timestamp": "2022-11-08 09:59:59"}
    )
    assert world.entries.cash_micro.tolist() == [MICRO, 2 * MICRO, 3 * MICRO]
    assert world.now == world.entries.ts[-1] + 1


def test_identical_rows_are_two_fills_of_one_transaction(small: Small) -> None:
    world = small({}, {}, {"Amount": 1.01})
    assert len(world.entries) == 3
    assert world.entries.tx[1] == world.entries.tx[2] != world.entries.tx[0]


def test_a_price_follows_from_cash_and_shares_and_is_recorded_only_without_shares(
    small: Small,
) -> None:
    world = small(
        {"Amount": 0.0, "Shares": 0.0, "Price": None},
        {"Shares": 0.0, "Amount": 0.0, "Price": 0.25},
        {"Shares": 3.0},
    )
    assert world.entries.price_pico.tolist() == [333_333_333_333, 250_000_000_000, 0]


@pytest.mark.parametrize(
    ("resolution", "paid"), [("1", (MICRO, 0)), ("0", (0, MICRO)), ("ongoing", None)]
)
def test_resolution_one_pays_the_first_outcome(
    small: Small, resolution: str, paid: tuple[int, int] | None
) -> None:
    (market,) = small({"Outcome": "No"}, resolution=resolution).markets
    assert market.outcomes == ("Yes", "No") and market.payouts == paid
    assert (market.resolved_at is None) == (paid is None)


def test_outcomes_a_market_never_traded_are_still_named(small: Small) -> None:
    (market,) = small({"Outcome": "Republican"}).markets
    assert market.outcomes == ("Democrat", "Republican")


def test_identifiers_depend_on_the_recording_alone(small: Small) -> None:
    first, second = small({}), small({})
    assert first.markets[0].condition_id == second.markets[0].condition_id
    assert first.tx_hashes == second.tx_hashes


def entry(
    kind: Kind, size: int, outcome: int = -1, side: Side = Side.NONE, cash: int | None = None
) -> Recorded:
    """An entry of micro-shares whose cash is its size unless given."""
    return Recorded(
        1, WALLET, "0x", size if cash is None else cash, size, kind, "0xc", outcome, side
    )


def bought(outcome: int, size: int) -> Recorded:
    """A purchase."""
    return entry(Kind.TRADE, size, outcome, Side.BUY)


@pytest.mark.parametrize(
    ("entries", "paid"),
    [
        ([bought(0, 5), entry(Kind.REDEEM, 5)], (MICRO, 0)),
        ([bought(0, 5), bought(1, 7), entry(Kind.REDEEM, 7)], (0, MICRO)),
        ([bought(0, 5), bought(0, 2), entry(Kind.REDEEM, 7), entry(Kind.REDEEM, 0)], (MICRO, 0)),
        ([bought(1, 5), entry(Kind.REDEEM, 0)], (MICRO, 0)),
        (
            [entry(Kind.SPLIT, 5), entry(Kind.TRADE, 2, 0, Side.SELL), entry(Kind.REDEEM, 3)],
            (MICRO, 0),
        ),
        ([bought(0, 5), bought(1, 5), entry(Kind.REDEEM, 5)], None),
        ([bought(0, 5), entry(Kind.REDEEM, 4)], None),
        ([bought(0, 5), bought(1, 7), entry(Kind.REDEEM, 0)], None),
        ([entry(Kind.REDEEM, 5)], None),
        ([bought(0, 5)], None),
    ],
)
def test_a_redemption_tells_the_winner_only_when_one_outcome_fits(
    entries: list[Recorded], paid: tuple[int, int] | None
) -> None:
    assert payouts(entries) == paid


def test_rows_of_one_transaction_are_brought_together_within_their_second() -> None:
    rows = [
        Recorded(ts, WALLET, tx, 0, 0)
        for ts, tx in [(2, "a"), (1, "c"), (2, "b"), (2, "a"), (1, "d")]
    ]
    assert [(row.ts, row.tx_hash) for row in together(rows)] == [
        (1, "c"),
        (1, "d"),
        (2, "a"),
        (2, "a"),
        (2, "b"),
    ]


def test_a_folder_without_a_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        RecordingError, match="holds no recording that is known; known are midterms2022"
    ):
        load_recording(tmp_path)
    with pytest.raises(RecordingError, match="is not a folder"):
        load_recording(tmp_path / "nowhere")
