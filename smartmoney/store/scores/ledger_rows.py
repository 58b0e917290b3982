"""What the ledger reads of the database, as Arrow tables: markets, activity, quotes, and the platform's own positions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from smartmoney.store.arrow import listed
from smartmoney.store.db import Store
from smartmoney.store.sql import Statements

SQL = Statements(__file__)


def markets(store: Store) -> pa.Table:
    """Every market by id: market, event (0 for none), neg_risk, category, name, digest, neg_risk_group, existed_from,
    combo, resolved_at."""
    return SQL.arrow(store, "markets")


def outcomes(store: Store) -> pa.Table:
    """Every outcome by market and position: outcome, market, payout_micro, position."""
    return SQL.arrow(store, "outcomes")


def tokens(store: Store) -> pa.Table:
    """Every outcome by the id that it has on the chain: token, outcome."""
    return SQL.arrow(store, "tokens")


def conditions(store: Store) -> pa.Table:
    """Every market by the id that it has on the chain: condition, market."""
    return SQL.arrow(store, "conditions")


def fills(
    store: Store, traders: Sequence[int] | None, after: Sequence[int] | None
) -> Iterator[pa.RecordBatch]:
    """Fills of some wallets, batch by batch; see `_whose`."""
    whose, names = _whose(traders, after)
    return SQL.batches(store, "fills", names, **whose)


def other_activity(
    store: Store,
    kinds: Mapping[str, int],
    group_code: int,
    traders: Sequence[int] | None,
    after: Sequence[int] | None,
) -> Iterator[pa.RecordBatch]:
    """Activity other than fills of some wallets, of the kinds that have a code, batch by batch; see `_whose`.

    A row that names a negative-risk group and no market has `group_code`, and any market of the group.
    """
    whose, names = _whose(traders, after)
    codes = ", ".join(f"('{name}', {code}::smallint)" for name, code in kinds.items())
    return SQL.batches(
        store, "other_activity", {**names, "codes": codes, "group_code": str(group_code)}, **whose
    )


def quotes(store: Store) -> pa.Table:
    """outcome, mark (millionths of a dollar, null for none) of every market that has not resolved."""
    return SQL.arrow(store, "quotes")


def api_positions(store: Store, traders: Sequence[int]) -> pa.Table:
    """What the API shows of some wallets: trader_id, outcome_id, shares_micro, bought, and, null
    where the API does not say, realized_micro and avg_price."""
    return SQL.arrow(store, "api_positions", {"traders": listed(traders)})


def event_titles(store: Store, events: Sequence[int]) -> dict[int, str]:
    """Title of each event, by id."""
    table = SQL.arrow(store, "event_titles", {"events": listed(events)})
    return dict(zip(*(table.column(name).to_pylist() for name in ("id", "title")), strict=True))


def api_snapshots(store: Store, traders: Sequence[int]) -> dict[int, int]:
    """Unix second at which the positions of each wallet were fetched."""
    table = SQL.arrow(store, "api_snapshots", {"traders": listed(traders)})
    names = ("trader_id", "looked_at")
    return dict(zip(*(table.column(name).to_pylist() for name in names), strict=True))


def _whose(
    traders: Sequence[int] | None, after: Sequence[int] | None
) -> tuple[dict[str, bool], dict[str, str]]:
    """Which wallets, as a condition and names of a statement: None is everybody, a `range` is read in one scan of the
    table; `after` gives for each wallet the Unix second after which its rows are read."""
    if traders is None:
        return {"everybody": True}, {}
    if isinstance(traders, range) and after is None:
        return {"neighbours": True}, {"first": str(traders.start), "last": str(traders.stop - 1)}
    seconds = [-1] * len(traders) if after is None else after
    return {"listed": True}, {
        "wallets": listed(traders, "bigint"),
        "seconds": listed(seconds, "bigint"),
        "least": str(min(seconds, default=0)),
    }
