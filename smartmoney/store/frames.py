"""The tables analysts read: which columns of the dictionary, from where, by which filters.

`smartmoney.frames` loads them, `docs/columns.md` is generated from them, and a test holds them together.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import pandas as pd

from smartmoney import schema
from smartmoney.schema import Column, On
from smartmoney.schema.markdown import columns_table
from smartmoney.store.arrow import fetch
from smartmoney.store.db import Store

PATIENCE_S = 300
"""Pages give up after seconds; an analyst waits for a million rows."""


class Table:
    """One frame: where its rows come from, which filters it takes, how it is ordered."""

    def __init__(
        self,
        about: str,
        source: str,
        columns: Iterable[Column],
        *,
        filters: dict[str, str],
        order: str,
    ) -> None:
        """Keep the columns by name.

        Args:
            about: one sentence for the column dictionary.
            source: FROM clause.
            columns: in order.
            filters: by name of the argument, a condition with `{}` where the bound value goes.
            order: ORDER BY clause.
        """
        self.about, self.source, self.filters, self.order = about, source, filters, order
        self.columns = {column.name: column for column in columns}


WALLET = schema.TRADER.only("address", "name")
TABLES = {
    "traders": Table(
        "One row per wallet with its current score.",
        "trader",
        schema.TRADER.on(On.FRAME),
        filters={
            "tier": "trader.tier = any(string_to_array({}, ' '))",
            "address": "trader.address = {}",
            "min_events": "trader.event_count >= {}",
        },
        order="trader.rarity_score desc nulls last, trader.id",
    ),
    "scores": Table(
        "The history of scores: a row whenever a wallet's numbers changed.",
        "trader_score join trader on trader.id = trader_score.trader_id",
        (*WALLET, *schema.SCORE.on(On.FRAME)),
        filters={
            "address": "trader.address = {}",
            "since": "trader_score.as_of >= {}",
            "as_of": "trader_score.as_of = (select max(x.as_of) from trader_score x "
            "where x.trader_id = trader_score.trader_id and x.as_of <= {})",
        },
        order="trader_score.trader_id, trader_score.as_of",
    ),
    "results": Table(
        schema.RESULT.about,
        "trader_event join trader on trader.id = trader_event.trader_id "
        "join event on event.id = trader_event.event_id",
        (*WALLET, schema.TRADER["tier"], *schema.RESULT),
        filters={
            "address": "trader.address = {}",
            "since": "trader_event.first_entry_at >= {}",
            "until": "trader_event.first_entry_at < {}",
            "category": "trader_event.category = {}",
        },
        order="trader_event.trader_id, trader_event.event_id",
    ),
    "trades": Table(
        "Fills, seen from the wallet.",
        "trade join trader on trader.id = trade.trader_id join market on market.id = trade.market_id "
        "join outcome on outcome.id = trade.outcome_id",
        schema.FRAMED_FILL,
        filters={
            "address": "trade.trader_id = (select id from trader where address = {})",
            "condition_id": "trade.market_id = (select id from market where condition_id = {})",
            "since": "trade.ts >= {}",
            "until": "trade.ts < {}",
        },
        order="trade.ts, trade.key",
    ),
    "positions": Table(
        "Shares held or closed, as the platform shows them now.",
        "position join trader on trader.id = position.trader_id "
        "join outcome on outcome.id = position.outcome_id "
        "join market on market.id = position.market_id",
        schema.SHOWN_POSITION,
        filters={
            "address": "trader.address = {}",
            "condition_id": "market.condition_id = {}",
            "status": "position.status = {}",
        },
        order="position.trader_id, position.outcome_id",
    ),
    "markets": Table(
        "Markets with their event, price and resolution.",
        "market left join event on event.id = market.event_id "
        "left join outcome first on first.market_id = market.id and first.outcome_index = 0",
        schema.MARKET.on(On.FRAME),
        filters={
            "status": "market.status = {}",
            "category": f"{schema.MARKET['category'].floating} = {{}}",
            "condition_id": "market.condition_id = {}",
        },
        order="market.volume desc nulls last, market.id",
    ),
    "smart_markets": Table(
        "Where the smart money stood, one row per market and computation.",
        "market_smart_stats smart join market on market.id = smart.market_id",
        (
            schema.SMART["computed_at"],
            *schema.MARKET.only("condition_id", "question"),
            *schema.SMART.on(On.FRAME)[1:],
        ),
        filters={
            "condition_id": "market.condition_id = {}",
            "since": "smart.computed_at >= {}",
            "as_of": "smart.computed_at = (select max(x.computed_at) from market_smart_stats x "
            "where x.market_id = smart.market_id and x.computed_at <= {})",
        },
        order="smart.computed_at, smart.market_id",
    ),
}


def query(name: str, filters: dict[str, object], limit: int | None) -> tuple[str, list[object]]:
    """SQL text and bound values of a frame; filters whose value is None are left out."""
    table = TABLES[name]
    used = {key: value for key, value in filters.items() if value is not None}
    conditions = [table.filters[key].format(f"${place}") for place, key in enumerate(used, 1)]
    columns = ", ".join(f"{column.floating} as {key}" for key, column in table.columns.items())
    where = f" where {' and '.join(conditions)}" if conditions else ""
    most = f" limit {int(limit)}" if limit is not None else ""
    return f"select {columns} from {table.source}{where} order by {table.order}{most}", list(
        used.values()
    )  # noqa: S608


def patient(store: Store) -> Store:
    """The same store with the patience of an analyst: statements may take minutes."""
    parts = urlsplit(store.url)
    asked = dict(parse_qsl(parts.query))
    asked["options"] = f"{asked.get('options', '')} -c statement_timeout={PATIENCE_S}s".strip()
    return Store(urlunsplit(parts._replace(query=urlencode(asked, quote_via=quote))), store.role, 1)


def load_frame(
    store: Store, name: str, filters: dict[str, object], limit: int | None = None
) -> pd.DataFrame:
    """A frame with the columns and dtypes of `TABLES[name]`.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    text, values = query(name, filters, limit)
    frame = fetch(patient(store), text, values).to_pandas()
    if limit is not None and len(frame) == limit:
        warnings.warn(
            f"{name}: only the first {limit:,} rows; narrow it by a filter, or ask for all with limit=None.",
            stacklevel=3,
        )
    dtypes = {key: column.dtype for key, column in TABLES[name].columns.items()}
    if frame.empty:  # an Arrow text column of no chunk at all cannot be merged (pandas 3.1)
        return pd.DataFrame({key: pd.Series([], dtype=dtype) for key, dtype in dtypes.items()})
    return frame.astype(dtypes)


def dictionary(names: Sequence[str] = tuple(TABLES)) -> str:
    """The column dictionary in Markdown."""
    parts = [
        "# Columns\n\nWhat the functions of `smartmoney.frames` return. Generated from `smartmoney/schema` by\n"
        "`smartmoney columns > docs/columns.md`; times are UTC, null means unavailable, never zero.\n"
    ]
    for name in names:
        table = columns_table(TABLES[name].columns.values())
        parts.append("\n".join([f"## {name}\n", TABLES[name].about, "", table, ""]))
    return "\n".join(parts)
