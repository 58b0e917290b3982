"""The population as a frame, with the columns and filters of `smartmoney.traders`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.compute as pc
import pyarrow.dataset as ds

from smartmoney.errors import ParameterError
from smartmoney.population.measuring import WALLETS, Population
from smartmoney.store.frame_filters import SEPARATOR
from smartmoney.store.frame_tables import EVERYBODY
from smartmoney.store.frames import check_limit, empty

Condition = Callable[[Any], pc.Expression]
CONDITIONS: dict[str, Condition] = {
    "tier": lambda words: pc.field("tier").isin(words.split(SEPARATOR)),
    "address": lambda words: pc.field("address").isin(words.split(SEPARATOR)),
    "category": lambda words: pc.utf8_lower(pc.field("best_category")).isin(words.split(SEPARATOR)),
    "flagged": lambda yes: (pc.field("flags") != "") if yes else (pc.field("flags") == ""),
    "min_events": lambda least: pc.field("event_count") >= least,
    "min_pnl": lambda least: pc.field("total_pnl") >= least,
    "min_prob": lambda least: pc.field("skill_prob") >= least,
}
UNKNOWN = {
    "text": "the chain knows no names",
    "good_at": "the edge by category is computed of the wallets that are followed",
}


def load_population(folder: Path, limit: int | None = None, **filters: object) -> pd.DataFrame:
    """Wallets of the population, the highest rarityScore first; columns and dtypes of `frame_tables.EVERYBODY`.

    Args:
        folder: that `measuring.score_population` wrote.
        limit: most rows; None for all.
        filters: the arguments of `smartmoney.traders` by name; None where not asked for.

    Raises:
        ParameterError: there is no population, or a filter cannot be answered from one.
    """
    check_limit(limit)
    for name, why in UNKNOWN.items():
        if filters.pop(name, None) is not None:
            raise ParameterError(f"{name} does not go with population='all': {why}.", name)
    bound = EVERYBODY.read(filters)
    Population.read(folder)
    table = ds.dataset(folder / WALLETS, format="parquet").to_table(
        [*EVERYBODY.columns],
        filter=reduce(
            lambda one, other: one & other,
            (CONDITIONS[name](value) for name, value in bound.items()),
            pc.scalar(True),
        ),
    )
    order = [("rarity_score", "descending"), ("address", "ascending")]
    frame = table.take(pc.sort_indices(table, order)[:limit]).to_pandas()
    if limit is not None and len(table) > limit:
        warnings.warn(
            f"traders: only the first {limit:,} rows of {len(table):,}; narrow it by a filter, or ask for all with limit=None.",
            stacklevel=3,  # where `smartmoney.traders` was called
        )
    if frame.empty:
        return empty(EVERYBODY.columns)
    return frame.astype({key: column.dtype for key, column in EVERYBODY.columns.items()})
