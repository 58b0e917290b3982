"""The bits of a conversion are markets: of every real event whose markets name it."""

from __future__ import annotations

import duckdb
import pytest

from smartmoney.chain import condition, given_up
from smartmoney.errors import ParameterError
from tests.kit.environment import SHARED

REAL = SHARED / "data/real2026/gamma_open_2026_03_11/markets.parquet"
EVENT = "0x" + "ab" * 31 + "00"


@pytest.mark.shared
@pytest.mark.skipif(not REAL.exists(), reason="the real markets beside the checkout are absent")
def test_every_real_market_is_the_question_of_its_last_byte() -> None:
    markets = duckdb.sql(
        f"""SELECT DISTINCT negRiskMarketID, questionID, conditionId FROM '{REAL}'
        WHERE negRisk AND length(negRiskMarketID) = 66 AND length(questionID) = 66"""
    ).fetchall()
    assert len(markets) == 14_866
    assert all(event[:64] == question[:64] for event, question, _ in markets)
    wrong = [c for event, question, c in markets if condition(event, int(question[64:], 16)) != c]
    assert wrong == []


def test_the_bits_of_an_index_set_are_the_questions_given_up() -> None:
    assert given_up(EVENT, 0b1011) == tuple(condition(EVENT, index) for index in (0, 1, 3))
    assert given_up(EVENT, 1 << 255) == (condition(EVENT, 255),)
    assert given_up(EVENT, 0) == ()


@pytest.mark.parametrize(("event", "index"), [("0xzz", 0), ("0x00", 0), (EVENT, 256), (EVENT, -1)])
def test_what_is_no_question_is_one_sentence(event: str, index: int) -> None:
    with pytest.raises(ParameterError, match="is no"):
        condition(event, index)
