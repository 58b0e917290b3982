"""Which columns of the dictionary each frame has, from where, and by which filters; without pandas.

`smartmoney.frames` loads them, the views of the database are made from them, `docs/columns.md` is generated from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from smartmoney import schema
from smartmoney.schema import Column, On
from smartmoney.schema.markdown import columns_table
from smartmoney.store import frame_filters as takes
from smartmoney.store.frame_filters import FrameFilter


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
            "good_at": FrameFilter(
                "Category the wallet is good at, or a list of them.",
                "trader.id in (select trader_id from trader_category where good and lower(category) = "
                f"{takes.LISTED})",
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
        "The history of scores: a row when the verdict (tier, flags, coverage) changed, and once a day "
        "where a number did; thinned with age.",
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
EVERYBODY = Table(
    "Every wallet of the dumps that `smartmoney chain import` read, with the score that `smartmoney chain score` gave it among "
    "all of them. The columns are those of `traders`; `name` and `good_at` are null, for the chain knows no names, and the "
    "edge by category is computed of the wallets that are followed.",
    "",
    schema.TRADER.on(On.FRAME),
    filters={
        "population": FrameFilter(
            'Whom: "followed", the wallets in the database, or "all", everybody on the chain.',
            "",
            takes.one_of(("followed", "all")),
        ),
        **{
            name: one
            for name, one in TABLES["traders"].filters.items()
            if name not in ("text", "good_at")
        },
    },
    order="",
)
"""`traders(population="all")`, which `smartmoney.population` reads."""
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
        if name == "traders":
            parts.append(_section('traders(population="all")', EVERYBODY, columns=False))
    return "\n".join(parts)


def _section(title: str, table: Table, columns: bool = True) -> str:
    filters = [f"- `{key}`: {one.means}" for key, one in table.filters.items()]
    listed = ["", columns_table(table.columns.values())] if columns else []
    return "\n".join([f"## {title}\n", table.about, *listed, "\nFilters:\n", *filters, ""])
