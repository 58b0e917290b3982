"""Where gamma does not say `negRisk`, the group a market belongs to says it: held on every market open on 2026-03-11."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from smartmoney.polymarket.market_records import _excludes

pytestmark = pytest.mark.shared


def test_the_group_says_what_the_market_says(shared: Path) -> None:
    path = shared / "data" / "real2026" / "gamma_open_2026_03_11" / "markets.parquet"
    rows = pd.read_parquet(path, columns=["negRisk", "negRiskMarketID"])
    said = rows["negRisk"].astype(bool)
    group = rows["negRiskMarketID"].fillna("")
    assert said.sum() > 1_000
    assert (~said).sum() > 1_000
    for told, of in zip(said, group, strict=True):
        assert _excludes({"negRisk": None, "negRiskMarketID": of}) is told
