"""Surrogate ids: wallets, markets and outcome tokens by their text ids, made on first sight.

New ids are inserted in sorted order, always traders after outcomes after markets, so that two writers never deadlock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, LiteralString

from psycopg import Connection

from smartmoney.polymarket.types import MarketStub
from smartmoney.store.remembered import Kind, recall, remember

TRADERS = (
    "select address, id from trader where address = any(%s)",
    "insert into trader (address, found_by) select k, f from unnest(%s::text[], %s::text[]) as x(k, f) "
    "on conflict do nothing",
)
MARKETS = (
    "select condition_id, id from market where condition_id = any(%s)",
    "insert into market (condition_id, slug, question) select * from unnest(%s::text[], %s::text[], %s::text[]) "
    "on conflict do nothing",
)
OUTCOMES = (
    "select token_id, id from outcome where token_id = any(%s)",
    "insert into outcome (token_id, market_id, name, outcome_index) "
    "select * from unnest(%s::text[], %s::int[], %s::text[], %s::smallint[]) on conflict do nothing",
)


def trader_ids(
    connection: Connection[Any], addresses: Iterable[str], found_by: str = "activity"
) -> dict[str, int]:
    """Id per wallet address; unknown wallets are added."""
    return _ids(connection, "wallets", set(addresses), TRADERS, lambda address: (found_by,))


def market_ids(connection: Connection[Any], stubs: Iterable[MarketStub]) -> dict[str, int]:
    """Id per condition id; unknown markets are added with what the stubs say, to be completed by sync_markets."""
    found = {stub.condition_id: stub for stub in stubs}
    return _ids(
        connection,
        "markets",
        found,
        MARKETS,
        lambda condition: (found[condition].slug, found[condition].title),
    )


def outcome_ids(
    connection: Connection[Any], stubs: Iterable[MarketStub]
) -> tuple[dict[str, int], dict[str, int]]:
    """Id per condition id, and id per token id; unknown ones are added."""
    stubs = list(stubs)
    markets = market_ids(connection, stubs)
    found = {stub.token_id: stub for stub in stubs if stub.token_id}

    def labelled(token: str) -> tuple[object, ...]:
        return markets[found[token].condition_id], found[token].outcome, found[token].outcome_index

    tokens = _ids(connection, "tokens", found, OUTCOMES, labelled)
    if len(tokens) < len(found):
        # A second token that claims an index already taken is kept, unlabelled, until sync_markets settles which is which.
        tokens = _ids(
            connection, "tokens", found, OUTCOMES, lambda token: (*labelled(token)[:2], None)
        )
    return markets, tokens


def _ids(
    connection: Connection[Any],
    kind: Kind,
    keys: Collection[str],
    statements: tuple[LiteralString, LiteralString],
    rest: Callable[[str], tuple[object, ...]],
) -> dict[str, int]:
    """Ids by key: remembered ones, then those in the table, then new ones, whose other columns `rest` tells."""
    known, (select, insert) = recall(connection, kind), statements
    found = {key: known[key] for key in keys if key in known}
    if len(found) == len(keys):
        return found
    found |= dict(
        connection.execute(select, [[key for key in keys if key not in found]]).fetchall()
    )
    missing = sorted(key for key in keys if key not in found)
    if missing:
        connection.execute(
            insert,
            [list(each) for each in zip(*((key, *rest(key)) for key in missing), strict=True)],
        )
        found |= dict(connection.execute(select, [missing]).fetchall())
    remember(connection, kind, found)
    return found
