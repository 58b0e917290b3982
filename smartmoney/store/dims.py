"""Surrogate ids: wallets, markets and outcome tokens by their text ids, made on first sight.

New ids are inserted in sorted order, always traders after outcomes after markets, so that two writers never deadlock.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg import Connection

from smartmoney.polymarket.types import MarketStub

OUTCOME_INSERT = (
    "insert into outcome (market_id, outcome_index, token_id, name) select m, i, k, n "
    "from unnest(%(all)s::text[], %(markets)s::int[], %(names)s::text[], %(places)s::smallint[]) as x(k, m, n, i) "
    "where k = any(%(keys)s) on conflict do nothing"
)


def trader_ids(
    connection: Connection[Any], addresses: Iterable[str], found_by: str = "activity"
) -> dict[str, int]:
    """Id per wallet address; unknown wallets are added."""
    return _ids(
        connection,
        sorted(set(addresses)),
        "select address, id from trader where address = any(%s)",
        "insert into trader (address, found_by) select a, %(extra)s from unnest(%(keys)s::text[]) as a "
        "on conflict do nothing",
        {"extra": found_by},
    )


def market_ids(connection: Connection[Any], stubs: Iterable[MarketStub]) -> dict[str, int]:
    """Id per condition id; unknown markets are added with what the stubs say, to be completed by sync_markets."""
    by_condition = {stub.condition_id: stub for stub in stubs}
    keys = sorted(by_condition)
    extra = {
        "slugs": [by_condition[key].slug for key in keys],
        "titles": [by_condition[key].title for key in keys],
        "all": keys,
    }
    return _ids(
        connection,
        keys,
        "select condition_id, id from market where condition_id = any(%s)",
        "insert into market (condition_id, slug, question) select c, s, t "
        "from unnest(%(all)s::text[], %(slugs)s::text[], %(titles)s::text[]) as x(c, s, t) "
        "where c = any(%(keys)s) on conflict do nothing",
        extra,
    )


def outcome_ids(
    connection: Connection[Any], stubs: Iterable[MarketStub]
) -> tuple[dict[str, int], dict[str, int]]:
    """Id per condition id, and id per token id; unknown ones are added."""
    stubs = list(stubs)
    markets = market_ids(connection, stubs)
    by_token = {stub.token_id: stub for stub in stubs if stub.token_id}
    keys = sorted(by_token)
    extra = {
        "all": keys,
        "markets": [markets[by_token[key].condition_id] for key in keys],
        "names": [by_token[key].outcome for key in keys],
    }
    tokens: dict[str, int] = {}
    # A second token that claims an index already taken is kept, unlabelled, until sync_markets settles which is which.
    for places in ([by_token[key].outcome_index for key in keys], [None] * len(keys)):
        if len(tokens) < len(keys):
            tokens = _ids(
                connection,
                keys,
                "select token_id, id from outcome where token_id = any(%s)",
                OUTCOME_INSERT,
                {**extra, "places": places},
            )
    return markets, tokens


def _ids(
    connection: Connection[Any], keys: list[str], select: str, insert: str, extra: dict[str, Any]
) -> dict[str, int]:
    if not keys:
        return {}
    found: dict[str, int] = dict(connection.execute(select, [keys]).fetchall())
    missing = [key for key in keys if key not in found]
    if missing:
        connection.execute(insert, {**extra, "keys": missing})
        found |= dict(connection.execute(select, [missing]).fetchall())
    return found
