"""The tables analysts read: one definition each of query, columns, types, units and meanings.

`smartmoney.frames` loads them, `docs/columns.md` is generated from them, and a test holds the three together.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import pandas as pd

from smartmoney.store.arrow import fetch
from smartmoney.store.db import Store

USD = "USD"
SHARE = "shares"
PRICE = "USD per share"
NONE = ""
PATIENCE_S = 300
"""Pages give up after seconds; an analyst waits for a million rows."""


@dataclass(frozen=True)
class Column:
    """One column of a frame: its SQL expression, pandas dtype, unit, and what it means."""

    sql: str
    dtype: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One frame: where its rows come from, which filters it takes, how it is ordered.

    Attributes:
        about: one sentence for the column dictionary.
        source: FROM clause.
        columns: by name, in order.
        filters: by name of the argument, a condition with `{}` where the bound value goes.
        order: ORDER BY clause.
    """

    about: str
    source: str
    columns: dict[str, Column]
    filters: dict[str, str]
    order: str


TIME = "datetime64[us, UTC]"
TEXT, FLOAT, COUNT, FLAG = "string", "float64", "Int64", "boolean"
WALLET = {
    "address": Column("r.address", TEXT, NONE, "proxy wallet, lower case"),
    "name": Column("r.name", TEXT, NONE, "display name: free text chosen by the trader"),
}
PLACE = {
    "condition_id": Column("m.condition_id", TEXT, NONE, "market"),
    "question": Column("m.question", TEXT, NONE, "what the market asks"),
    "outcome": Column("o.name", TEXT, NONE, "label of the outcome"),
    "outcome_index": Column("o.outcome_index", COUNT, NONE, "0 is the first outcome, usually Yes"),
}


def _scores(row: str) -> dict[str, Column]:
    """Columns that the current score and its history share, of the table called `row`."""
    return {
        "as_of": Column(f"{row}.as_of", TIME, NONE, "the score uses what was known up to here"),
        "tier": Column(f"{row}.tier", TEXT, NONE, "S, A, B, C, D, E"),
        "rarity_score": Column(
            f"{row}.rarity_score", COUNT, "0 to 99999", "percentile of the skill-adjusted record"
        ),
        "rarity_classic": Column(
            f"{row}.rarity_classic", COUNT, "0 to 99999", "the simple composite, never drives tiers"
        ),
        "skill_prob": Column(
            f"{row}.skill_prob", FLOAT, "0 to 1", "probability that the edge clears its costs"
        ),
        "skill_edge": Column(
            f"{row}.skill_edge", FLOAT, "points at 50 cents", "posterior mean edge"
        ),
        "skill_lo": Column(
            f"{row}.skill_lo", FLOAT, "points at 50 cents", "lower 90 % bound of the edge"
        ),
        "skill_hi": Column(
            f"{row}.skill_hi", FLOAT, "points at 50 cents", "upper 90 % bound of the edge"
        ),
        "q_value": Column(
            f"{row}.q_value", FLOAT, "0 to 1", "Benjamini-Hochberg q of the record against luck"
        ),
        "realized_pnl": Column(
            f"{row}.realized_pnl", FLOAT, USD, "closed lots plus settlement of resolved positions"
        ),
        "unrealized_pnl": Column(
            f"{row}.unrealized_pnl", FLOAT, USD, "marked value less average cost of open shares"
        ),
        "total_pnl": Column(f"{row}.total_pnl", FLOAT, USD, "realized plus unrealized"),
        "win_rate": Column(
            f"{row}.win_rate", FLOAT, "0 to 1", "events won / events decided; see decided_events"
        ),
        "decided_events": Column(f"{row}.decided_events", COUNT, "events", "n of win_rate"),
        "profit_factor": Column(
            f"{row}.profit_factor",
            FLOAT,
            "ratio",
            "gains / losses over events; null: no losses or none",
        ),
        "max_drawdown": Column(
            f"{row}.max_drawdown",
            FLOAT,
            "0 to 1",
            "largest fall of total PnL / peak capital employed",
        ),
        "trade_count": Column(f"{row}.trade_count", COUNT, "fills", "fills of the wallet"),
        "event_count": Column(
            f"{row}.event_count",
            COUNT,
            "events",
            "events with a usable bet: n of the skill numbers",
        ),
        "flags": Column(
            f"array_to_string({row}.flags, ' ')",
            TEXT,
            NONE,
            "MM BOT WASH FARM ONE_EVENT HEDGER PARTIAL",
        ),
        "coverage": Column(
            f"{row}.coverage", TEXT, NONE, "complete, partial, conflicted, unchecked"
        ),
    }


TABLES = {
    "traders": Table(
        "One row per wallet with its current score.",
        "trader r",
        {
            **WALLET,
            **_scores("r"),
            "roi": Column("r.roi", FLOAT, "ratio", "realized PnL / cost of what was bought"),
            "volume": Column("r.volume", FLOAT, USD, "cash of all fills"),
            "maker_share": Column(
                "r.maker_share", FLOAT, "0 to 1", "fills as maker, where the role is known"
            ),
            "best_category": Column(
                "r.best_category", TEXT, NONE, "category with the largest realized PnL"
            ),
            "last_active_at": Column("r.last_active_at", TIME, NONE, "newest activity seen"),
        },
        {
            "tier": "r.tier = any(string_to_array({}, ' '))",
            "address": "r.address = {}",
            "min_events": "r.event_count >= {}",
        },
        "r.rarity_score desc nulls last, r.id",
    ),
    "scores": Table(
        "The history of scores: a row whenever a wallet's numbers changed.",
        "trader_score s join trader r on r.id = s.trader_id",
        {
            **WALLET,
            **_scores("s"),
            "score_version": Column("s.score_version", TEXT, NONE, "version of the formulas"),
        },
        {
            "address": "r.address = {}",
            "since": "s.as_of >= {}",
            "as_of": "s.as_of = (select max(x.as_of) from trader_score x where x.trader_id = s.trader_id and x.as_of <= {})",
        },
        "s.trader_id, s.as_of",
    ),
    "results": Table(
        "One wallet's result in one event, the unit of skill: what it paid, what happened, how much that tells.",
        "trader_event v join trader r on r.id = v.trader_id join event e on e.id = v.event_id",
        {
            **WALLET,
            "tier": Column("r.tier", TEXT, NONE, "the wallet's current tier"),
            "event_id": Column("v.event_id", COUNT, NONE, "question group"),
            "event": Column("e.title", TEXT, NONE, "what the event is about"),
            "category": Column("v.category", TEXT, NONE, "from the event's tags"),
            "first_entry_at": Column("v.first_entry_at", TIME, NONE, "first fill in the event"),
            "decided_at": Column(
                "v.decided_at", TIME, NONE, "when its last market resolved; null: not decided"
            ),
            "pnl": Column(
                "v.pnl_micro / 1e6::float8", FLOAT, USD, "everything the event brought so far"
            ),
            "invested": Column(
                "v.invested_micro / 1e6::float8", FLOAT, USD, "what was paid for shares"
            ),
            "entry_price": Column(
                "v.entry_price", FLOAT, PRICE, "average price paid, weighted by shares"
            ),
            "surprise": Column(
                "v.surprise",
                FLOAT,
                "-1 to 1",
                "outcome less price per dollar at stake; mean 0 without skill",
            ),
            "information": Column(
                "v.information", FLOAT, "0 to 0.25", "variance of the surprise under the prices"
            ),
            "payoff_range": Column(
                "v.payoff_range", FLOAT, USD, "best less worst payoff: what was at stake"
            ),
        },
        {
            "address": "r.address = {}",
            "since": "v.first_entry_at >= {}",
            "until": "v.first_entry_at < {}",
            "category": "v.category = {}",
        },
        "v.trader_id, v.event_id",
    ),
    "trades": Table(
        "Fills, seen from the wallet.",
        "trade t join trader r on r.id = t.trader_id join market m on m.id = t.market_id join outcome o on o.id = t.outcome_id",
        {
            "ts": Column("t.ts", TIME, NONE, "second of the fill"),
            **WALLET,
            **PLACE,
            "side": Column(
                "case t.side when 1 then 'BUY' else 'SELL' end", TEXT, NONE, "BUY or SELL"
            ),
            "size": Column("t.size_micro / 1e6::float8", FLOAT, SHARE, "shares"),
            "price": Column("t.price_pico / 1e12::float8", FLOAT, PRICE, "before fees"),
            "cash": Column(
                "t.cash_micro / 1e6::float8",
                FLOAT,
                USD,
                "dollars moved, fees included where reported",
            ),
            "cash_reported": Column(
                "t.flags & 1 = 1", FLAG, NONE, "false: cash is size x price, fees unknown"
            ),
            "tx_hash": Column("'0x' || encode(t.tx_hash, 'hex')", TEXT, NONE, "transaction"),
            "occurrence": Column(
                "t.occurrence", COUNT, NONE, "1, 2 … among equal fills of one transaction"
            ),
        },
        {
            "address": "t.trader_id = (select id from trader where address = {})",
            "condition_id": "t.market_id = (select id from market where condition_id = {})",
            "since": "t.ts >= {}",
            "until": "t.ts < {}",
        },
        "t.ts, t.key",
    ),
    "positions": Table(
        "Shares held or closed, as the API shows them now.",
        "position p join trader r on r.id = p.trader_id join outcome o on o.id = p.outcome_id join market m on m.id = p.market_id",
        {
            **WALLET,
            **PLACE,
            "status": Column("p.status", TEXT, NONE, "OPEN, REDEEMABLE, CLOSED"),
            "shares": Column("p.shares_micro / 1e6::float8", FLOAT, SHARE, "held now"),
            "avg_price": Column("p.avg_price", FLOAT, PRICE, "average cost, fees excluded"),
            "current_price": Column("p.current_price", FLOAT, PRICE, "mark"),
            "value": Column("p.value_micro / 1e6::float8", FLOAT, USD, "shares x mark"),
            "realized_pnl": Column(
                "p.realized_micro / 1e6::float8", FLOAT, USD, "booked on sells, merges, redemptions"
            ),
            "unrealized_pnl": Column(
                "p.unrealized_micro / 1e6::float8", FLOAT, USD, "value less cost"
            ),
            "fetched_at": Column("p.fetched_at", TIME, NONE, "when the API was asked"),
            "absent_since": Column(
                "p.absent_since", TIME, NONE, "set when a later look did not show it"
            ),
        },
        {
            "address": "r.address = {}",
            "condition_id": "m.condition_id = {}",
            "status": "p.status = {}",
        },
        "p.trader_id, p.outcome_id",
    ),
    "markets": Table(
        "Markets with their event, price and resolution.",
        "market m left join event e on e.id = m.event_id left join outcome y on y.market_id = m.id and y.outcome_index = 0",
        {
            "condition_id": Column("m.condition_id", TEXT, NONE, "market"),
            "question": Column("m.question", TEXT, NONE, "what it asks"),
            "event_id": Column("m.event_id", COUNT, NONE, "question group"),
            "event": Column("e.title", TEXT, NONE, "what the group is about"),
            "category": Column(
                "coalesce(m.category, e.category)", TEXT, NONE, "from the event's tags"
            ),
            "status": Column("m.status", TEXT, NONE, "OPEN, CLOSED, RESOLVED"),
            "neg_risk": Column("m.neg_risk", FLAG, NONE, "the event's markets exclude each other"),
            "price": Column("m.price", FLOAT, PRICE, "of the first outcome"),
            "payout": Column(
                "y.payout_micro / 1e6::float8",
                FLOAT,
                PRICE,
                "what the first outcome paid; null until resolved",
            ),
            "volume": Column("m.volume", FLOAT, USD, "all time"),
            "volume_24h": Column("m.volume_24h", FLOAT, USD, "last 24 h"),
            "liquidity": Column("m.liquidity", FLOAT, USD, "in the book"),
            "open_interest": Column("m.open_interest", FLOAT, USD, "full sets outstanding"),
            "start_date": Column("m.start_date", TIME, NONE, "listed"),
            "end_date": Column("m.end_date", TIME, NONE, "scheduled end"),
            "resolved_at": Column("m.resolved_at", TIME, NONE, "when it resolved"),
        },
        {
            "status": "m.status = {}",
            "category": "coalesce(m.category, e.category) = {}",
            "condition_id": "m.condition_id = {}",
        },
        "m.volume desc nulls last, m.id",
    ),
    "smart_markets": Table(
        "Where the smart money stood, one row per market and computation.",
        "market_smart_stats s join market m on m.id = s.market_id",
        {
            "computed_at": Column("s.computed_at", TIME, NONE, "moment of the computation"),
            "condition_id": Column("m.condition_id", TEXT, NONE, "market"),
            "question": Column("m.question", TEXT, NONE, "what it asks"),
            "smart_count": Column(
                "s.smart_count", COUNT, "wallets", "smart wallets with at least $100 net"
            ),
            "smart_weighted": Column(
                "s.smart_weighted", FLOAT, NONE, "sum of skill_prob x ln(1 + |x|/100)"
            ),
            "smart_share": Column(
                "s.smart_share",
                FLOAT,
                "0 to 1",
                "smart exposure / all exposure known; null below 50 % coverage",
            ),
            "coverage": Column("s.coverage", FLOAT, "0 to 1", "shares whose holder we know"),
            "smart_lean": Column(
                "s.smart_lean", FLOAT, "-1 to 1", "+1: all YES; null below three wallets"
            ),
            "lean_lo": Column("s.lean_lo", FLOAT, "-1 to 1", "lower 90 % bound"),
            "lean_hi": Column("s.lean_hi", FLOAT, "-1 to 1", "upper 90 % bound"),
            "lean_label": Column("s.lean_label", TEXT, NONE, "YES, NO, MIXED, INSUFFICIENT"),
            "smart_score": Column(
                "s.smart_score", FLOAT, NONE, "attention: smart_weighted x ln(1 + liquidity/10,000)"
            ),
            "smart_score_classic": Column(
                "s.smart_score_classic", FLOAT, NONE, "smart_weighted x ln(1 + liquidity/volume)"
            ),
            "smart_divergence": Column(
                "s.smart_divergence",
                FLOAT,
                PRICE,
                "what the lean says of the price, 0 until fitted",
            ),
            "price": Column("s.price", FLOAT, PRICE, "of the first outcome at that moment"),
        },
        {
            "condition_id": "m.condition_id = {}",
            "since": "s.computed_at >= {}",
            "as_of": "s.computed_at = (select max(x.computed_at) from market_smart_stats x "
            "where x.market_id = s.market_id and x.computed_at <= {})",
        },
        "s.computed_at, s.market_id",
    ),
}


def query(name: str, filters: dict[str, object], limit: int | None) -> tuple[str, list[object]]:
    """SQL text and bound values of a frame; filters whose value is None are left out."""
    table = TABLES[name]
    used = {key: value for key, value in filters.items() if value is not None}
    conditions = [table.filters[key].format(f"${place}") for place, key in enumerate(used, 1)]
    columns = ", ".join(f"{column.sql} as {key}" for key, column in table.columns.items())
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
        "# Columns\n\nWhat the functions of `smartmoney.frames` return. Generated from `smartmoney/store/frames.py` by\n"
        "`smartmoney columns > docs/columns.md`; times are UTC, null means unavailable, never zero.\n"
    ]
    for name in names:
        rows = [
            f"| {key} | {column.dtype} | {column.unit} | {column.meaning} |"
            for key, column in TABLES[name].columns.items()
        ]
        parts.append(
            "\n".join(
                [
                    f"## {name}\n",
                    TABLES[name].about,
                    "",
                    "| column | dtype | unit | meaning |",
                    "|---|---|---|---|",
                    *rows,
                    "",
                ]
            )
        )
    return "\n".join(parts)
