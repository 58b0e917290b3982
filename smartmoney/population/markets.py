"""Markets for histories from the chain: those of the installation, and beside them what the chain itself tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smartmoney.books.catalog import Catalog, load_catalog
from smartmoney.books.platform import load_marks
from smartmoney.chain.histories import Histories
from smartmoney.ledger import Markets
from smartmoney.ledger.columns import IntArray
from smartmoney.ledger.markets import UNKNOWN
from smartmoney.store.arrow import column
from smartmoney.store.db import Store
from smartmoney.store.scores import ledger_rows


@dataclass(frozen=True)
class KnownMarkets:
    """What a population is computed with.

    Attributes:
        markets: the installation's, then those that only the chain tells of.
        marks_micro: price of an open share per outcome row, -1 for none.
        learnt: markets that only the chain tells of.
        resolved: markets open in the installation, or unknown to it, that a resolution on the chain settles.
        redeemed: the same of those that only redemptions settle, from the first of them on.
    """

    markets: Markets
    marks_micro: IntArray
    learnt: int
    resolved: int
    redeemed: int


def known_markets(store: Store, histories: Histories) -> KnownMarkets:
    """Put together what the installation knows and what the chain says, and give the histories the row numbers.

    Where the two differ the installation's word stands: its payouts come from routes that name them.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    catalog = load_catalog(store)
    tokens, places = _of_installation(store, catalog)
    learnt = _beside(histories.learnt(), places)
    first = len(catalog.outcome_ids) + 2 * np.arange(len(learnt))
    markets = _with(catalog.markets, len(learnt))
    tokens = pa.concat_tables(
        [
            tokens,
            *(
                pa.table({"token": learnt.column(name), "outcome": (first + k).astype(np.int32)})
                for k, name in enumerate(("first", "second"))
            ),
        ]
    )
    rows = len(catalog.market_ids) + np.arange(len(learnt), dtype=np.int32)
    conditions = pa.table(
        {
            "condition": learnt.column("condition"),
            "market": rows.astype(np.int32),
            "grouped": np.zeros(len(learnt), np.bool_),
        }
    )
    places = pa.concat_tables([places, conditions])
    histories.know(tokens, places)
    settled = [_settle(markets, places, table) for table in histories.resolutions()]
    marks = np.full(len(markets.outcome_market), UNKNOWN, np.int64)
    marks[: len(catalog.outcome_ids)] = load_marks(store, catalog)
    return KnownMarkets(markets, marks, len(learnt), *settled)


def _of_installation(store: Store, catalog: Catalog) -> tuple[pa.Table, pa.Table]:
    tokens, conditions = ledger_rows.tokens(store), ledger_rows.conditions(store)
    outcome = catalog.outcome_rows(column(tokens, "outcome").astype(np.int32))
    market = catalog.market_rows(column(conditions, "market").astype(np.int32))
    names, ids = (
        table.column(name).cast(pa.string())
        for table, name in ((tokens, "token"), (conditions, "condition"))
    )
    grouped = catalog.markets.group[market] >= 0
    return (
        pa.table({"token": names, "outcome": outcome}),
        pa.table({"condition": ids, "market": market, "grouped": grouped}),
    )


def _beside(learnt: pa.Table, places: pa.Table) -> pa.Table:
    """Those markets that the installation does not know."""
    known = {*places.column("condition").to_pylist()}
    return learnt.filter(
        pa.array([each not in known for each in learnt.column("condition").to_pylist()], pa.bool_())
    )


def _with(markets: Markets, more: int) -> Markets:
    """The markets, and so many more of two outcomes, each an event of its own, of no category that is known."""
    beyond = int(markets.event.max(initial=0)) + 1

    def longer(values: NDArray[Any], value: Any) -> NDArray[Any]:
        return np.append(values, np.full(more, value, values.dtype))

    categories = markets.categories if "" in markets.categories else (*markets.categories, "")
    return Markets.of(
        event=np.append(markets.event, beyond + np.arange(more, dtype=np.int32)),
        n_outcomes=longer(markets.n_outcomes, 2),
        payout_micro=np.append(markets.payout_micro, np.full(2 * more, UNKNOWN, np.int32)),
        resolved_at=longer(markets.resolved_at, UNKNOWN),
        category=longer(markets.category, categories.index("")),
        neg_risk=longer(markets.neg_risk, False),
        place=longer(markets.place, 0),
        group=longer(markets.group, UNKNOWN),
        existed_from=longer(markets.existed_from, UNKNOWN),
        combo=longer(markets.combo, False),
        categories=categories,
    )


def _settle(markets: Markets, places: pa.Table, payouts: pa.Table) -> int:
    """Write what the chain says of markets that are not resolved yet into `markets`; returns how many it settled."""
    row_of = dict(
        zip(
            places.column("condition").to_pylist(), places.column("market").to_pylist(), strict=True
        )
    )
    settled = 0
    for one in payouts.to_pylist():
        row = row_of.get(one["condition"], UNKNOWN)
        if (
            row < 0
            or markets.n_outcomes[row] != 2
            or one["ts"] < 0
            or markets.resolved_at[row] >= 0
        ):
            continue
        start = markets.first_outcome[row]
        markets.payout_micro[start : start + 2] = (one["first"], one["second"])
        markets.resolved_at[row] = one["ts"]
        settled += 1
    return settled
