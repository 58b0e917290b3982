"""Markets as the ledger numbers them, from the database's ids, with digests that tell what changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from smartmoney.ledger import Markets
from smartmoney.ledger.columns import BoolArray, IntArray
from smartmoney.store.arrow import column
from smartmoney.store.db import Store
from smartmoney.store.scores import ledger_rows


@dataclass(frozen=True)
class Catalog:
    """Markets as the ledger numbers them, and the database ids behind the numbers.

    Attributes:
        markets: what the ledger needs.
        last_event: the largest event id; larger numbers in `markets.event` are markets without an event.
        market_ids: int32 per market row, the id in table `market`, ascending.
        outcome_ids: int32 per outcome row, the id in table `outcome`; -1 where the API named no such outcome.
        structure: int64 per market row, a digest of what a book is built on: its outcomes, and the markets of its event.
        facts: int64 per market row, a digest of all that a score reads: structure, category, payouts, resolution.
    """

    markets: Markets
    last_event: int
    market_ids: NDArray[np.int32]
    outcome_ids: NDArray[np.int32]
    structure: NDArray[np.int64]
    facts: NDArray[np.int64]

    def market_rows(self, ids: IntArray) -> NDArray[np.int32]:
        """Rows of market ids; -1 stays -1."""
        return _rows(self.market_ids, ids)

    def outcome_rows(self, ids: IntArray) -> NDArray[np.int32]:
        """Rows of outcome ids; -1 stays -1."""
        return self._row_of_outcome[np.clip(ids, -1, len(self._row_of_outcome) - 2)]

    def digests(self, chosen: BoolArray) -> pa.Table:
        """What a run knows of some markets: market_id, structure, facts."""
        columns: dict[str, IntArray] = {
            "market_id": self.market_ids,
            "structure": self.structure,
            "facts": self.facts,
        }
        return pa.table({name: rows[chosen] for name, rows in columns.items()})

    @cached_property
    def market_of_outcome(self) -> NDArray[np.int32]:
        """Market row per outcome row; -1 in the last place, for -1."""
        return np.append(self.markets.outcome_market, np.int32(-1))

    @cached_property
    def _row_of_outcome(self) -> NDArray[np.int32]:
        """Row by id; the last two places, for ids not known and for -1, hold -1."""
        table = np.full(int(self.outcome_ids.max(initial=0)) + 3, -1, np.int32)
        named = np.flatnonzero(self.outcome_ids >= 0).astype(np.int32)
        table[self.outcome_ids[named]] = named
        return table


def _rows(sorted_ids: IntArray, ids: IntArray) -> NDArray[np.int32]:
    if not len(sorted_ids):
        return np.full(len(ids), -1, np.int32)
    place = np.minimum(np.searchsorted(sorted_ids, ids), len(sorted_ids) - 1)
    return np.where((sorted_ids[place] == ids) & (ids >= 0), place, -1).astype(np.int32)


def load_catalog(store: Store) -> Catalog:
    """Every market with its outcomes, payouts and category.

    A market without an event is an event of its own. Where the API named only the second outcome of a market, the first
    is there as a row of its own without an id, so that positions keep their meaning.
    """
    markets, outcomes = ledger_rows.markets(store), ledger_rows.outcomes(store)
    market_ids = column(markets, "market").astype(np.int32)
    owner = _rows(market_ids, column(outcomes, "market").astype(np.int32))
    position = column(outcomes, "position").astype(np.int32)
    n_outcomes = np.zeros(len(market_ids), np.int32)
    np.maximum.at(n_outcomes, owner, position + 1)
    first = np.concatenate([[0], np.cumsum(n_outcomes)]).astype(np.int32)
    place = first[owner] + position
    outcome_ids = np.full(int(first[-1]), -1, np.int32)
    outcome_ids[place] = column(outcomes, "outcome")
    payout = np.full(int(first[-1]), -1, np.int32)
    payout[place] = outcomes.column("payout_micro").fill_null(-1).to_numpy()
    event = column(markets, "event").astype(np.int64)
    alone, last_event = event == 0, int(event.max(initial=0))
    event[alone] = last_event + 1 + np.arange(int(alone.sum()))
    names = markets.column("category").to_numpy(zero_copy_only=False).astype(str)
    categories, codes = np.unique(names, return_inverse=True)
    made = Markets.of(
        event=event.astype(np.int32),
        n_outcomes=n_outcomes,
        payout_micro=payout,
        resolved_at=markets.column("resolved_at").fill_null(-1).to_numpy(),
        category=codes.astype(np.int16),
        neg_risk=column(markets, "neg_risk").astype(bool),
        place=_places(markets),
        group=_groups(markets.column("neg_risk_group").to_numpy(zero_copy_only=False)),
        existed_from=markets.column("existed_from").fill_null(-1).to_numpy(),
        combo=column(markets, "combo").astype(bool),
        categories=tuple(str(name) for name in categories) or ("",),
    )
    structure = _structure(made, market_ids, outcome_ids)
    return Catalog(
        made, last_event, market_ids, outcome_ids, structure, _facts(made, structure, names)
    )


def _places(markets: pa.Table) -> IntArray:
    """Per market its place among those of its event, whatever order the database numbered them in: by condition where they
    exclude each other, else by a digest of it, which is faster for millions."""
    names = pc.rank(markets.column("name"), tiebreaker="dense").to_numpy()
    order = np.lexsort((column(markets, "digest"), names))
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return places


def _groups(names: NDArray[Any]) -> NDArray[np.int32]:
    """A number per negative-risk group, -1 for none."""
    known, number = np.unique(names.astype(str), return_inverse=True)
    first = 1 if len(known) and known[0] == "" else 0
    return (number - first).astype(np.int32)


def _structure(markets: Markets, market_ids: IntArray, outcome_ids: IntArray) -> NDArray[np.int64]:
    """Per market; markets of one event know each other, because conversions reach all of them, where they exclude each
    other."""
    own = mixed(
        market_ids,
        markets.neg_risk,
        markets.group >= 0,
        markets.existed_from,
        _per_market(markets, mixed(outcome_ids, markets.outcome_position)),
    )
    together = np.zeros(int(markets.event.max(initial=-1)) + 1, np.int64)
    np.add.at(together, markets.event, own)
    return mixed(own, together[markets.event])


def _facts(
    markets: Markets, structure: NDArray[np.int64], categories: NDArray[Any]
) -> NDArray[np.int64]:
    names, codes = np.unique(categories, return_inverse=True)
    digests = np.array(
        [int.from_bytes(hashlib.blake2b(name.encode(), digest_size=7).digest()) for name in names]
    )
    category = digests.astype(np.int64)[codes] if len(names) else codes
    paid = _per_market(markets, mixed(markets.outcome_position, markets.payout_micro))
    return mixed(structure, category, markets.neg_risk, markets.resolved_at, paid)


def _per_market(markets: Markets, values: NDArray[np.int64]) -> NDArray[np.int64]:
    sums = np.zeros(len(markets), np.int64)
    np.add.at(sums, markets.outcome_market, values)
    return sums


def mixed(*columns: NDArray[Any]) -> NDArray[np.int64]:
    """A 64-bit digest of each row of some integer columns (the finaliser of splitmix64, column by column)."""
    digest = np.zeros(len(columns[0]), np.uint64)
    for values in columns:
        digest = (digest ^ values.astype(np.int64).view(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
        digest = (digest ^ (digest >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        digest = (digest ^ (digest >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        digest ^= digest >> np.uint64(31)
    return digest.view(np.int64)


@dataclass(frozen=True)
class Differing:
    """Markets that are not what the last run knew; both masks are per market row.

    Attributes:
        structure: outcomes or the event's markets are others: books that name the market are built again.
        facts: anything a score reads is another, or the market is new.
    """

    structure: BoolArray
    facts: BoolArray


def differing(catalog: Catalog, known: NDArray[np.int64]) -> Differing:
    """Compare the markets with what the last run knew of them: (id, structure, facts)."""
    row = catalog.market_rows(known[:, 0].astype(np.int32))
    known, row = known[row >= 0], row[row >= 0]
    structure = np.zeros(len(catalog.market_ids), np.bool_)
    facts = np.ones(len(catalog.market_ids), np.bool_)
    structure[row] = catalog.structure[row] != known[:, 1]
    facts[row] = catalog.facts[row] != known[:, 2]
    return Differing(structure, facts)
