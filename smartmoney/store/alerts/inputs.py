"""What rules are evaluated on: rows as known at a time. Times are aware datetimes, `until` is never later than now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from smartmoney.errors import ParameterError, QueryTooSlow
from smartmoney.store.db import Store
from smartmoney.store.sql import Row, Statements

SQL = Statements(__file__)
MOST_FILLS = 300_000


class Statistic(Enum):
    """Columns of `market_smart_stats` that can cross a level."""

    smart_score = "smart_score"
    smart_lean = "smart_lean"
    smart_count = "smart_count"
    smart_divergence = "smart_divergence"


def _rows(
    store: Store, name: str, identifiers: Mapping[str, str] | None = None, /, **parameters: Any
) -> list[Row]:
    """What a rule asks for; a rule that asks for too much is wrong, not late.

    Raises:
        ParameterError: it took longer than this role may take.
    """
    try:
        return SQL.fetch(store, name, identifiers, **parameters)
    except QueryTooSlow as error:
        raise ParameterError(
            "This rule looks at too much to be counted in time; name fewer wallets or markets, or "
            "raise its size."
        ) from error


def wallet_ids(store: Store, addresses: Sequence[str], watched: bool) -> list[int]:
    """Ids of known wallets by address, and of those on the watchlist if `watched`."""
    return [
        row["id"] for row in _rows(store, "wallets", addresses=list(addresses), watched=watched)
    ]


def wallets_of_tiers(
    store: Store, tiers: Sequence[str], since: datetime, until: datetime
) -> list[int]:
    """Ids of wallets that had one of the tiers at any time in (since, until]."""
    if not tiers:
        return []
    rows = _rows(store, "wallets_of_tiers", tiers=list(tiers), since=since, until=until)
    return [row["id"] for row in rows]


def market_ids(store: Store, keys: Sequence[str], watched: bool) -> list[int]:
    """Ids of known markets by our number or condition id, and of those on the watchlist if `watched`."""
    numbers = [int(key) for key in keys if key.isdigit()]
    rows = _rows(
        store,
        "markets",
        keys=[key for key in keys if not key.isdigit()],
        numbers=numbers,
        watched=watched,
    )
    return [row["id"] for row in rows]


def unknown(store: Store, addresses: Iterable[str], markets: Iterable[str]) -> list[str]:
    """Those of the wallets and markets that the database does not know."""
    return [
        row["name"]
        for row in _rows(store, "unknown", addresses=list(addresses), markets=list(markets))
    ]


def fills(
    store: Store,
    traders: Sequence[int],
    since: datetime,
    until: datetime,
    least_micro: int,
    markets: Sequence[int] | None = None,
) -> list[Row]:
    """Fills of wallets where one side of one outcome adds up to `least_micro` USD, ascending by time.

    Splits, merges and redemptions in the same outcomes are among them with traded = False.

    Raises:
        ParameterError: there are more than 300,000.
    """
    if not traders or markets == []:
        return []
    rows = _rows(
        store,
        "fills",
        traders=list(traders),
        since=since,
        until=until,
        least=least_micro,
        markets=None if markets is None else list(markets),
        most=MOST_FILLS + 1,
    )
    if len(rows) > MOST_FILLS:
        raise ParameterError(
            f"This rule looks at more than {MOST_FILLS:,} fills; raise its size or name fewer wallets."
        )
    return rows


def held(
    store: Store, pairs: Iterable[tuple[int, int, int]], before: datetime
) -> dict[tuple[int, int], int]:
    """Micro-shares held before a time, by (trader, outcome), of the given (trader, outcome, market)."""
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    traders, outcomes, markets = (list(column) for column in zip(*wanted, strict=True))
    rows = _rows(store, "held", traders=traders, outcomes=outcomes, markets=markets, before=before)
    return {(row["trader_id"], row["outcome_id"]): row["shares"] for row in rows}


def tier_history(
    store: Store, traders: Iterable[int], since: datetime, until: datetime
) -> dict[int, list[tuple[datetime, str, bool]]]:
    """Per wallet (as_of, tier, flagged), ascending: those in the span and the one before it."""
    wanted = sorted(set(traders))
    history: dict[int, list[tuple[datetime, str, bool]]] = {}
    if wanted:
        for row in _rows(store, "tier_history", traders=wanted, since=since, until=until):
            history.setdefault(row["trader_id"], []).append(
                (row["as_of"], row["tier"], row["flagged"])
            )
    return history


def smart_transitions(
    store: Store,
    statistic: Statistic,
    level: float,
    since: datetime,
    until: datetime,
    markets: Sequence[int] | None = None,
) -> list[Row]:
    """Consecutive values of a statistic between which the level lies, ascending by time."""
    if markets == []:
        return []
    return _rows(
        store,
        "smart_transitions",
        {"measure": statistic.value},
        level=level,
        since=since,
        until=until,
        markets=None if markets is None else list(markets),
    )


def tier_transitions(
    store: Store, named: Sequence[int], tiers: Sequence[str], since: datetime, until: datetime
) -> list[Row]:
    """Changes of tier in the span, of named wallets or from or to one of the tiers."""
    return _rows(
        store, "tier_transitions", named=list(named), tiers=list(tiers), since=since, until=until
    )


def resolutions(
    store: Store, markets: Sequence[int], watched: bool, since: datetime, until: datetime
) -> list[Row]:
    """Markets that resolved in the span: at, market_id, event_id, names, payouts (micro-USD per share)."""
    return _rows(
        store, "resolutions", markets=list(markets), watched=watched, since=since, until=until
    )


def staleness(
    store: Store, least_s: dict[str, float], since: datetime, until: datetime, reach: datetime
) -> list[Row]:
    """Spans without a success longer than each job's seconds: job, last, next (None: not yet).

    `reach` is how far back successes are looked for.
    """
    return _rows(
        store,
        "staleness",
        jobs=list(least_s),
        least=[float(value) for value in least_s.values()],
        since=since,
        until=until,
        reach=reach,
    )


def known_since(store: Store) -> Row:
    """Since when `tiers` and `statistics` of markets are known; None when they are not."""
    return _rows(store, "known_since")[0]


def names(
    store: Store, traders: Iterable[int], markets: Iterable[int], outcomes: Iterable[int]
) -> dict[tuple[str, int], tuple[str, str]]:
    """Key (address, condition or token id) and free text, by what (trader, market, outcome) and id."""
    rows = _rows(
        store,
        "names",
        traders=sorted(set(traders)),
        markets=sorted(set(markets)),
        outcomes=sorted(set(outcomes)),
    )
    return {(row["what"], row["id"]): (row["key"], row["name"]) for row in rows}
