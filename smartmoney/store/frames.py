"""The tables analysts read: which columns of the dictionary, from where, by which filters.

`smartmoney.frames` loads them, `docs/columns.md` is generated from them, and a test holds them together.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import pandas as pd

from smartmoney import schema
from smartmoney.errors import ParameterError
from smartmoney.schema import Column, On
from smartmoney.schema.markdown import columns_table
from smartmoney.store import frame_filters as takes
from smartmoney.store.arrow import fetch, listed
from smartmoney.store.db import Store
from smartmoney.store.frame_filters import FrameFilter

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
        filters: dict[str, FrameFilter],
        order: str,
        reach: str = "",
    ) -> None:
        """Keep the columns by name.

        Args:
            about: one sentence for the column dictionary.
            source: FROM clause.
            columns: in order.
            filters: by name of the argument.
            order: ORDER BY clause.
            reach: SQL of the first and the last moment there is a row of, where rows are asked for by time.
        """
        self.about, self.source, self.filters, self.order = about, source, filters, order
        self.columns = {column.name: column for column in columns}
        self.reach = reach

    def conditions(self, bound: Iterable[str], first: int = 1) -> list[str]:
        """The SQL of some filters, bound from `$first` on in their order."""
        return [
            self.filters[key].condition.format(f"${place}")
            for place, key in enumerate(bound, first)
        ]

    def read(self, asked: Mapping[str, object]) -> dict[str, object]:
        """What is bound for the arguments; those that are None are left out.

        Raises:
            ParameterError: a filter has a value it cannot take.
        """
        return {
            key: self.filters[key].read(key, value)
            for key, value in asked.items()
            if value is not None
        }


WALLET = schema.TRADER.only("address", "name")
FROM_MARKET = schema.MARKET["category"].floating
NAMED = FrameFilter(
    "Part of the name or pseudonym.",
    "(trader.name ilike {0} or trader.pseudonym ilike {0})",
    takes.text,
)
TABLES = {
    "traders": Table(
        "One row per wallet with its current score.",
        "trader",
        schema.TRADER.on(On.FRAME),
        filters={
            "tier": takes.tier("trader.id"),
            "address": takes.wallet("trader.id"),
            "text": NAMED,
            "category": FrameFilter(
                "Category the wallet made most in, or a list of them.",
                f"lower(trader.best_category) = {takes.LISTED}",
                takes.words,
            ),
            "flagged": FrameFilter(
                "True: only wallets with a flag; False: only those without.",
                "(trader.flags <> '{{}}') = {}",
                takes.switch,
            ),
            "min_events": FrameFilter(
                "Least number of events behind the skill numbers.",
                "trader.event_count >= {}",
                takes.COUNT,
            ),
            "min_pnl": FrameFilter(
                "Least total PnL, in dollars.", "trader.total_pnl >= {}", takes.DOLLARS
            ),
            "min_prob": FrameFilter(
                "Least probability of skill, 0 to 1.",
                "trader.skill_prob >= {}",
                takes.PROBABILITY,
            ),
        },
        order="trader.rarity_score desc nulls last, trader.id",
    ),
    "scores": Table(
        "The history of scores: a row whenever a wallet's numbers changed.",
        "trader_score join trader on trader.id = trader_score.trader_id",
        (*WALLET, *schema.SCORE.on(On.FRAME)),
        filters={
            "address": takes.wallet("trader_score.trader_id"),
            "tier": takes.tier("trader_score.trader_id"),
            "since": takes.since("trader_score.as_of", "Scores of"),
            "until": takes.until("trader_score.as_of", "Scores of"),
            "as_of": FrameFilter(
                "Each wallet's newest score up to then.",
                "trader_score.as_of = (select max(x.as_of) from trader_score x "
                "where x.trader_id = trader_score.trader_id and x.as_of <= {})",
                takes.moment,
            ),
        },
        order="trader_score.trader_id, trader_score.as_of",
        reach="select min(as_of), max(as_of) from trader_score",
    ),
    "results": Table(
        schema.RESULT.about,
        "trader_event join trader on trader.id = trader_event.trader_id "
        "join event on event.id = trader_event.event_id",
        (*WALLET, schema.TRADER["tier"], *schema.RESULT),
        filters={
            "address": takes.wallet("trader_event.trader_id"),
            "tier": takes.tier("trader_event.trader_id"),
            "since": takes.since("trader_event.first_entry_at", "Entered"),
            "until": takes.until("trader_event.first_entry_at", "Entered"),
            "category": takes.category("trader_event.category"),
        },
        order="trader_event.trader_id, trader_event.event_id",
        reach="select min(first_entry_at), max(first_entry_at) from trader_event",
    ),
    "trades": Table(
        "Fills, seen from the wallet.",
        "trade join trader on trader.id = trade.trader_id join market on market.id = trade.market_id "
        "left join event on event.id = market.event_id "
        "join outcome on outcome.id = trade.outcome_id",
        schema.FRAMED_FILL,
        filters={
            "address": takes.wallet("trade.trader_id"),
            "tier": takes.tier("trade.trader_id"),
            "condition_id": takes.market("trade.market_id"),
            "category": takes.category(FROM_MARKET),
            "since": takes.since("trade.ts", "Fills"),
            "until": takes.until("trade.ts", "Fills"),
        },
        order="trade.ts, trade.key",
        reach="select min(ts), max(ts) from trade",
    ),
    "positions": Table(
        "Shares held or closed, as the platform shows them now.",
        "position join trader on trader.id = position.trader_id "
        "join outcome on outcome.id = position.outcome_id "
        "join market on market.id = position.market_id "
        "left join event on event.id = market.event_id",
        schema.SHOWN_POSITION,
        filters={
            "address": takes.wallet("position.trader_id"),
            "tier": takes.tier("position.trader_id"),
            "condition_id": takes.market("position.market_id"),
            "category": takes.category(FROM_MARKET),
            "status": FrameFilter(
                "OPEN, REDEEMABLE or CLOSED, or several of them.",
                f"position.status = {takes.LISTED}",
                takes.one_of(schema.STATES),
            ),
        },
        order="position.trader_id, position.outcome_id",
    ),
    "markets": Table(
        "Markets with their event, price and resolution.",
        "market left join event on event.id = market.event_id "
        "left join outcome first on first.market_id = market.id and first.outcome_index = 0",
        schema.MARKET.on(On.FRAME),
        filters={
            "status": FrameFilter(
                "OPEN, CLOSED or RESOLVED, or several of them.",
                f"market.status = {takes.LISTED}",
                takes.one_of(schema.STATUSES),
            ),
            "category": takes.category(FROM_MARKET),
            "condition_id": takes.market("market.id"),
            "text": FrameFilter(
                "Part of the question or of the event's title.",
                "(market.question ilike {0} or event.title ilike {0})",
                takes.text,
            ),
            "ends_after": takes.since("market.end_date", "Markets that end"),
            "ends_before": takes.until("market.end_date", "Markets that end"),
            "min_volume": FrameFilter(
                "Least volume, in dollars.", "market.volume >= {}", takes.DOLLARS
            ),
        },
        order="market.volume desc nulls last, market.id",
    ),
    "smart_markets": Table(
        "Where the smart money stood, one row per market and computation.",
        "market_smart_stats smart join market on market.id = smart.market_id "
        "left join event on event.id = market.event_id",
        (
            schema.SMART["computed_at"],
            *schema.MARKET.only("condition_id", "question"),
            *schema.SMART.on(On.FRAME)[1:],
        ),
        filters={
            "condition_id": takes.market("smart.market_id"),
            "category": takes.category(FROM_MARKET),
            "since": takes.since("smart.computed_at", "Computed"),
            "until": takes.until("smart.computed_at", "Computed"),
            "as_of": FrameFilter(
                "Each market's newest row up to then.",
                "smart.computed_at = (select max(x.computed_at) from market_smart_stats x "
                "where x.market_id = smart.market_id and x.computed_at <= {})",
                takes.moment,
            ),
        },
        order="smart.computed_at, smart.market_id",
        reach="select min(computed_at), max(computed_at) from market_smart_stats",
    ),
}
WHOSE, OF_WHAT = ("address", "tier"), ("condition_id", "category")
PAST = Table(
    schema.PAST_POSITION.about,
    "",
    schema.PAST_POSITION,
    filters={
        "address": takes.wallet("trader.id"),
        "tier": takes.tier("trader.id"),
        "condition_id": takes.market("market.id"),
        "category": takes.category(FROM_MARKET),
        "status": FrameFilter(
            "OPEN or REDEEMABLE; with `as_of` nothing is closed.",
            "",
            takes.one_of(schema.STATES[:2]),
        ),
        "as_of": FrameFilter(
            "What was held then, replayed by the ledger from the activity up to it.",
            "",
            takes.moment,
        ),
    },
    order="",
)
"""`positions(as_of=…)`, which `smartmoney.books.past` computes."""
PAST_WALLETS = "select trader.id, trader.address, trader.name from trader{where}"
PAST_OUTCOMES = """
select outcome.id, market.condition_id, market.question, outcome.name as outcome, outcome.outcome_index,
       market.resolved_at <= {as_of} as resolved,
       case when market.resolved_at <= {as_of} then outcome.payout_micro / 1e6::float8
            when outcome.outcome_index = 0 then look.price::float8
            when outcome.outcome_index = 1 then 1 - look.price::float8 end as current_price
from outcome join market on market.id = outcome.market_id left join event on event.id = market.event_id
left join lateral (
    select p.price from market_price p where p.market_id = market.id and p.ts <= {as_of}
    and coalesce(p.seen_until, market.priced_at) > {as_of} - interval '24 hours' order by p.ts desc limit 1) as look on true
where outcome.id = any({outcomes}){and_where}"""
CATEGORIES = "select distinct category from market where category is not null order by 1"


def query(name: str, filters: Mapping[str, object], limit: int | None) -> tuple[str, list[object]]:
    """SQL text and bound values of a frame.

    Args:
        name: of the frame.
        filters: what was read of the arguments, by name.
        limit: most rows; None for all.
    """
    table = TABLES[name]
    conditions = table.conditions(filters)
    columns = ", ".join(f"{column.floating} as {key}" for key, column in table.columns.items())
    where = f" where {' and '.join(conditions)}" if conditions else ""
    most = f" limit {int(limit)}" if limit is not None else ""
    text = f"select {columns} from {table.source}{where} order by {table.order}{most}"
    return text, list(filters.values())


def patient(store: Store) -> Store:
    """The same store with the patience of an analyst: statements may take minutes."""
    parts = urlsplit(store.url)
    asked = dict(parse_qsl(parts.query))
    asked["options"] = f"{asked.get('options', '')} -c statement_timeout={PATIENCE_S}s".strip()
    return Store(urlunsplit(parts._replace(query=urlencode(asked, quote_via=quote))), store.role, 1)


def load_frame(
    store: Store, name: str, filters: Mapping[str, object], limit: int | None = None
) -> pd.DataFrame:
    """A frame with the columns and dtypes of `TABLES[name]`; a warning says why it is cut or empty, where that is known.

    Args:
        store: read-only.
        name: of the frame.
        filters: the function's arguments by name; those that are None are left out.
        limit: most rows; None for all.

    Raises:
        ParameterError: a filter has a value it cannot take.
        StoreUnavailable: the database does not answer.
    """
    check_limit(limit)
    table = TABLES[name]
    bound = table.read(filters)
    text, values = query(name, bound, limit)
    frame = fetch(patient(store), text, values).to_pandas()
    notes = []
    if limit is not None and len(frame) == limit:
        notes.append(
            f"only the first {limit:,} rows; narrow it by a filter, or ask for all with limit=None."
        )
    if frame.empty:
        notes += nothing(store, table, bound)
    for note in notes:
        warnings.warn(f"{name}: {note}", stacklevel=4)  # where `smartmoney.frames` was called
    if frame.empty:  # an Arrow text column of no chunk at all cannot be merged (pandas 3.1)
        return empty(table.columns)
    return frame.astype({key: column.dtype for key, column in table.columns.items()})


def check_limit(limit: object) -> None:
    """Refuse a limit that is none.

    Raises:
        ParameterError: it is neither a number of rows nor None.
    """
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        raise ParameterError(f"limit takes a number of rows or None, not {limit!r:.60}.", "limit")


def past_wallets(store: Store, bound: Mapping[str, object]) -> pd.DataFrame:
    """The wallets that the filters `address` and `tier` leave: id, address, name."""
    used = {key: value for key, value in bound.items() if key in WHOSE}
    where = f" where {' and '.join(PAST.conditions(used))}" if used else ""
    return fetch(patient(store), PAST_WALLETS.format(where=where), list(used.values())).to_pandas()


def past_outcomes(
    store: Store, outcomes: Sequence[int], bound: Mapping[str, object]
) -> pd.DataFrame:
    """What was known at `as_of` of the outcomes that the filters on markets leave.

    Columns: id, condition_id, question, outcome, outcome_index, resolved (null: never), current_price.
    """
    used = {key: value for key, value in bound.items() if key in OF_WHAT}
    more = "".join(f" and {condition}" for condition in PAST.conditions(used, 2))
    text = PAST_OUTCOMES.format(as_of="$1", outcomes=listed(outcomes), and_where=more)
    return fetch(patient(store), text, [bound["as_of"], *used.values()]).to_pandas()


def empty(columns: Mapping[str, Column]) -> pd.DataFrame:
    """A frame without rows, with the dtypes of its columns."""
    return pd.DataFrame({key: pd.Series([], dtype=column.dtype) for key, column in columns.items()})


def nothing(store: Store, table: Table, bound: Mapping[str, object]) -> list[str]:
    """Why a frame has no row, in sentences, where the filters tell: a wallet or a time that the database does not have.

    Args:
        store: read-only.
        table: of the frame.
        bound: what was read of the arguments, by name.

    Raises:
        ParameterError: there is no such category, though there are others.
    """
    notes = []
    if "category" in bound:
        known = _column(store, CATEGORIES)
        for word in str(bound["category"]).split(takes.SEPARATOR):
            if known and word not in {one.lower() for one in known}:
                raise takes.refused("category", word, known)
    if "address" in bound:
        text = f"select address from trader where address = {takes.LISTED.format('$1')}"
        unknown = set(str(bound["address"]).split(takes.SEPARATOR))
        unknown -= set(_column(store, text, bound["address"]))
        notes += [f"the wallet {address} is not known here." for address in sorted(unknown)]
    moments = {key: value for key, value in bound.items() if isinstance(value, datetime)}
    if moments and table.reach:
        first, last = fetch(patient(store), table.reach, []).to_pylist()[0].values()
        if first is not None:
            asked = ", ".join(f"{key} {value:%Y-%m-%d %H:%M}" for key, value in moments.items())
            notes.append(
                f"no rows by {asked}; they reach from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC."
            )
    return notes


def _column(store: Store, text: str, *values: object) -> list[str]:
    return [str(word) for word in fetch(patient(store), text, list(values)).column(0).to_pylist()]


def dictionary(names: Sequence[str] = tuple(TABLES)) -> str:
    """The column dictionary in Markdown."""
    parts = [
        "# Columns\n\nWhat the functions of `smartmoney.frames` return. Generated from `smartmoney/schema` by\n"
        "`smartmoney columns > docs/columns.md`; times are UTC, null means unavailable, never zero.\n"
    ]
    for name in names:
        parts.append(_section(name, TABLES[name]))
        if name == "positions":
            parts.append(_section("positions(as_of=…)", PAST))
    return "\n".join(parts)


def _section(title: str, table: Table) -> str:
    filters = [f"- `{key}`: {one.means}" for key, one in table.filters.items()]
    columns = columns_table(table.columns.values())
    return "\n".join([f"## {title}\n", table.about, "", columns, "\nFilters:\n", *filters, ""])
