"""Surrogate ids: wallets, markets and outcome tokens by their text ids, made on first sight.

New rows are inserted in sorted order, always markets, then outcomes, then traders, so that two writers never deadlock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

from psycopg import Connection
from psycopg.pq import TransactionStatus

from smartmoney.polymarket.types import MarketStub
from smartmoney.store.bulk import Bulk, Merge
from smartmoney.store.sql import Statements

SQL = Statements(__file__)
Kind = Literal["wallets", "markets", "tokens", "labelled", "months"]
MOST_REMEMBERED = 100_000
"""Entries of one kind; then it begins anew."""
_REMEMBERED: WeakKeyDictionary[Connection[Any], dict[Kind, dict[str, int]]] = WeakKeyDictionary()


def recall(connection: Connection[Any], kind: Kind) -> Mapping[str, int]:
    """What the connection saw committed, and need not ask for again: ids, months with a partition.

    Nothing of this is ever deleted, and a database can only be replaced while nobody is connected: so it holds for as
    long as the connection lives.
    """
    return _REMEMBERED.setdefault(connection, {}).setdefault(kind, {})


def remember(connection: Connection[Any], kind: Kind, ids: Mapping[str, int]) -> None:
    """Remember what was just read; not inside a transaction, which may be rolled back."""
    if connection.info.transaction_status == TransactionStatus.IDLE:
        known = _REMEMBERED.setdefault(connection, {}).setdefault(kind, {})
        if len(known) > MOST_REMEMBERED:
            known.clear()
        known.update(ids)


@dataclass(frozen=True)
class _Table:
    """Where the ids of a kind are: the table, its text id, and the statement that looks them up."""

    kind: Kind
    name: str
    key: str

    def ids(
        self,
        connection: Connection[Any],
        keys: Collection[str],
        rest: Callable[[str], Mapping[str, object]],
    ) -> dict[str, int]:
        """Ids by key: remembered ones, then those in the table, then new ones, whose other columns `rest` tells."""
        known = recall(connection, self.kind)
        ids = {key: known[key] for key in keys if key in known}
        if len(ids) == len(keys):
            return ids
        ids |= self._stored(connection, [key for key in keys if key not in ids])
        missing = sorted(key for key in keys if key not in ids)
        if missing:
            rows = [{self.key: key, **rest(key)} for key in missing]
            Bulk(connection).upsert(
                self.name, [self.key], rows, merge=dict.fromkeys(rows[0], Merge.KEEP)
            )
            ids |= self._stored(connection, missing)
        remember(connection, self.kind, ids)
        return ids

    def _stored(self, connection: Connection[Any], keys: list[str]) -> dict[str, int]:
        return dict(SQL.run(connection, self.kind, keys=keys).fetchall())


WALLETS = _Table("wallets", "trader", "address")
MARKETS = _Table("markets", "market", "condition_id")
TOKENS = _Table("tokens", "outcome", "token_id")


def trader_ids(
    connection: Connection[Any], addresses: Iterable[str], found_by: str = "activity"
) -> dict[str, int]:
    """Id per wallet address; unknown wallets are added."""
    return WALLETS.ids(connection, set(addresses), lambda _: {"found_by": found_by})


def market_ids(connection: Connection[Any], stubs: Iterable[MarketStub]) -> dict[str, int]:
    """Id per condition id; unknown markets are added with what the stubs say, to be completed by sync_markets."""
    named = {stub.condition_id: stub for stub in stubs}

    def rest(condition: str) -> dict[str, object]:
        return {"slug": named[condition].slug, "question": named[condition].title}

    return MARKETS.ids(connection, named, rest)


def outcome_ids(
    connection: Connection[Any], stubs: Iterable[MarketStub]
) -> tuple[dict[str, int], dict[str, int]]:
    """Id per condition id, and id per token id; unknown ones are added."""
    stubs = list(stubs)
    markets = market_ids(connection, stubs)
    # Of rows that name the same token, one that says which outcome it is: 85 of 68,988 real trades say 999, and so do
    # redemptions of combos (airesmendes/activity, 2026).
    sure_last = sorted(stubs, key=lambda stub: stub.outcome_index is not None)
    named = {stub.token_id: stub for stub in sure_last if stub.token_id}

    def rest(token: str, labelled: bool = True) -> dict[str, object]:
        stub = named[token]
        return {
            "market_id": markets[stub.condition_id],
            "name": stub.outcome,
            "outcome_index": stub.outcome_index if labelled else None,
        }

    tokens = TOKENS.ids(connection, named, rest)
    if len(tokens) < len(named):
        # A second token that claims an index already taken is kept, unlabelled, until sync_markets settles which is which.
        tokens = TOKENS.ids(connection, named, lambda token: rest(token, labelled=False))
    _label(connection, {token: stub.outcome_index for token, stub in named.items()})
    return markets, tokens


def _label(connection: Connection[Any], places: Mapping[str, int | None]) -> None:
    """Say which outcome a token is, where a row that is new had not said so."""
    known = recall(connection, "labelled")
    found = {
        token: place
        for token, place in places.items()
        if place is not None and known.get(token) != place
    }
    if found:
        SQL.run(connection, "label", tokens=list(found), places=list(found.values()))
        remember(connection, "labelled", found)
