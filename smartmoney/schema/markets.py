"""Columns about markets: what is asked, what it costs, and where the smart money stands."""

from __future__ import annotations

from smartmoney.schema.column import (
    COUNT,
    GAIN,
    HASH,
    ID,
    LEAN,
    NUMBER,
    PRICE,
    SHARE,
    SORTABLE,
    SWITCH,
    TEXT,
    TIME,
    USD,
    WORD,
    CellKind,
    Column,
    Dataset,
    On,
    Sortable,
    Topic,
)
from smartmoney.schema.traders import TRADER

STATUSES = ("OPEN", "CLOSED", "RESOLVED")
LEANS = ("YES", "NO", "MIXED", "INSUFFICIENT")
CHANGE = CellKind("change", "numeric", "USD per share")
"""A change of a price."""
ROWS = CellKind("rows", "jsonb")
"""Rows within a row."""

NOT_GIVEN = "the platform does not say"
NO_SMART = "no smart money in it"
EVERYWHERE = On.FRAME | On.LIST
COUNTED = On.FRAME | On.LIST | On.DETAIL
CURVE = COUNTED | On.HISTORY
NOW = "2026-11-22T14:00:00Z"

# fmt: off
_PRICE_THEN = Column("price", PRICE, "Price then",
                     "Price of the first outcome when the smart statistics were computed.",
                     missing="no price was known", expression="smart.price",
                     on=On.FRAME | On.HISTORY, example=0.4, topic=Topic.SMART)
SMART = Dataset(
    "Where the smart money stood in a market, at a computation.",
    "smart",
    Column("computed_at", TIME, "Computed", "When the smart statistics were computed.", on=CURVE,
           sort=SORTABLE, example=NOW),
    Column("smart_count", COUNT, "Smart",
           "Wallets of the smart set in the market: unflagged, of `SMART_TIERS`, with a net "
           "exposure of at least $100.", unit="wallets", on=CURVE, sort=SORTABLE, example=5,
           topic=Topic.SMART),
    Column("smart_weighted", NUMBER, "Weighted", "Σ w ln(1 + abs(x) / 100) over the smart set.",
           on=CURVE, sort=SORTABLE, example=11.5, topic=Topic.SMART),
    Column("smart_weighted_yes", NUMBER, "Weighted, YES",
           "The part of `smart_weighted` that is exposed to the first outcome.",
           on=On.LIST | On.DETAIL, example=8.3),
    Column("smart_weighted_no", NUMBER, "Weighted, NO",
           "The part of `smart_weighted` that is exposed against the first outcome.",
           on=On.LIST | On.DETAIL, example=3.2),
    Column("smart_share", SHARE, "Share",
           "Exposure of the smart set / exposure of all wallets known.",
           missing="less than half of the shares is of known holders", on=CURVE, sort=SORTABLE,
           example=0.31, topic=Topic.SMART),
    Column("coverage", SHARE, "Coverage",
           "Shares whose holder is known / shares outstanding, two for every dollar of open "
           "interest.", missing="no open interest is known", on=COUNTED, example=0.72,
           topic=Topic.SMART),
    Column("smart_lean", LEAN, "Lean",
           "(YES - NO) / (YES + NO) of the weights: +1 is all for the first outcome.",
           missing="fewer than three smart wallets", on=CURVE, sort=SORTABLE, example=0.44,
           topic=Topic.SMART),
    Column("lean_lo", LEAN, "Lean, low",
           "Lower 90 % bound of `smart_lean`, from drawing wallets again.",
           missing="fewer than three smart wallets", on=CURVE, example=0.14, topic=Topic.SMART),
    Column("lean_hi", LEAN, "Lean, high",
           "Upper 90 % bound of `smart_lean`, from drawing wallets again.",
           missing="fewer than three smart wallets", on=CURVE, example=0.74, topic=Topic.SMART),
    Column("lean_label", WORD, "Leans",
           "YES or NO where the bounds of `smart_lean` are on one side of 0, MIXED where they are"
           " not, INSUFFICIENT without a lean.", on=CURVE, choices=LEANS, example="YES",
           topic=Topic.SMART),
    Column("smart_score", NUMBER, "Smart score",
           "Attention, not direction: `smart_weighted` x ln(1 + liquidity / 10,000).",
           missing="the liquidity is not known", on=CURVE, sort=SORTABLE, example=21.4,
           topic=Topic.SMART),
    Column("smart_score_classic", NUMBER, "Classic score",
           "`smart_weighted` x ln(1 + liquidity / volume), 0 without volume; it ranks dust above "
           "depth.", missing="liquidity or volume is not known", on=COUNTED, sort=SORTABLE,
           example=3.8, topic=Topic.SMART),
    Column("smart_divergence", CHANGE, "Divergence",
           "Price that the lean implies less the price: a signal fitted on resolved markets.",
           sql="double precision",
           missing="no lean, no price between 0 and 1, or fewer than 300 resolved markets to fit it on",
           on=COUNTED, sort=SORTABLE, example=0.02, topic=Topic.SMART),
    _PRICE_THEN,
    _PRICE_THEN.named("smart_price", on=On.LIST | On.DETAIL, topic=Topic.NONE),
    Column("top_smart_traders", ROWS, "Who",
           "Wallets of the smart set, at most ten, by `skill_prob` x exposure.",
           on=On.LIST | On.DETAIL),
    Column("score_version", TEXT, "Version", "Version of the formulas that made the tiers.",
           on=On.LIST, example="1"),
)

_EVENT_TITLE = Column("event_title", TEXT, "Event",
                      "What the event is about: free text, never markup.",
                      missing="its event is not known yet", expression="event.title", on=On.LIST,
                      example="Rate decisions")
MARKET = Dataset(
    "A market with its event, price and resolution.",
    "market",
    Column("id", ID, "Market", "Our number of the market.", on=On.LIST, example=68),
    Column("condition_id", HASH, "Condition",
           "Condition id, the platform's name of the market: 0x and 64 hexadecimal digits, 62 of "
           "a combination.", on=EVERYWHERE, example="0x" + "3f" * 32),
    Column("question", TEXT, "Market", "What the market asks: free text, never markup.",
           on=EVERYWHERE, sort=Sortable(by="left(lower(market.question), 40)"),
           example="Will rates be cut in March?"),
    Column("slug", TEXT, "Short name", "The platform's short name of the market.", on=On.LIST,
           example="rates-cut-march"),
    Column("event_id", ID, "Event", "Our number of the event, a group of questions.",
           missing="its event is not known yet", on=EVERYWHERE, example=23),
    _EVENT_TITLE.named("event", on=On.FRAME),
    _EVENT_TITLE,
    Column("category", TEXT, "Category", "Category, from the tags of the market or its event.",
           missing="no tag names one", on=EVERYWHERE,
           framed="coalesce(market.category, event.category)", example="economics"),
    Column("status", WORD, "Status",
           "OPEN, CLOSED to trading, or RESOLVED: a fact that was fetched, never guessed from a "
           "price.", on=EVERYWHERE, choices=STATUSES, example="OPEN"),
    Column("neg_risk", SWITCH, "Negative risk",
           "The markets of its event exclude each other, and NO of one converts to YES of the "
           "others.", on=EVERYWHERE, example=False),
    Column("price", PRICE, "Price", "Price of the first outcome when it was last read.",
           missing=NOT_GIVEN, on=EVERYWHERE, sort=SORTABLE, example=0.41),
    Column("price_change_24h", CHANGE, "24 h change",
           "Change of the price in 24 hours, as the platform counts it.", missing=NOT_GIVEN,
           on=On.LIST, sort=SORTABLE, example=0.03),
    Column("best_bid", PRICE, "Bid", "Best bid for the first outcome.", missing=NOT_GIVEN,
           on=On.LIST, example=0.4),
    Column("best_ask", PRICE, "Ask", "Best ask for the first outcome.", missing=NOT_GIVEN,
           on=On.LIST, example=0.42),
    Column("payout", PRICE, "Payout", "What a share of the first outcome paid.",
           missing="not resolved", expression="first.payout_micro", scale=6, on=On.FRAME, example=1),
    Column("volume", USD, "Volume", "Traded so far, as the platform counts it.", missing=NOT_GIVEN,
           on=EVERYWHERE, sort=SORTABLE, example=310_000),
    Column("volume_24h", USD, "24 h volume", "Traded in 24 hours, as the platform counts it.",
           missing=NOT_GIVEN, on=EVERYWHERE, sort=SORTABLE, example=8_400),
    Column("liquidity", USD, "Liquidity",
           "Dollars in the order book, as the platform counts them.", missing=NOT_GIVEN,
           on=EVERYWHERE, sort=SORTABLE, example=52_000, topic=Topic.SMART),
    Column("open_interest", USD, "Open interest",
           "Full sets of outcomes outstanding, a dollar each.", missing=NOT_GIVEN, on=On.FRAME,
           example=91_000),
    Column("start_date", TIME, "Listed", "When the platform listed it.", missing=NOT_GIVEN,
           on=On.FRAME | On.DETAIL, example=NOW),
    Column("end_date", TIME, "Ends", "When it is scheduled to end.", missing=NOT_GIVEN,
           on=EVERYWHERE, sort=SORTABLE, example=NOW),
    Column("resolved_at", TIME, "Resolved", "When it resolved.",
           missing="not resolved, or not known when", on=EVERYWHERE, example=NOW),
    Column("priced_at", TIME, "Priced", "When its price was last read.", missing="never read",
           on=On.LIST, example=NOW),
    *(
        column.at(On.LIST).perhaps(NO_SMART)
        if column.name in ("smart_count", "smart_score")
        else column.at(On.LIST).perhaps(NO_SMART).unsorted()
        for column in SMART.only(
            "smart_count", "smart_score", "smart_lean", "lean_label", "computed_at"
        )
    ),
    Column("description", TEXT, "How it resolves",
           "How it resolves, in the platform's words: free text, never markup.", on=On.DETAIL,
           example="Resolves to Yes if ..."),
    Column("group_item_title", TEXT, "In its event", "Name of the market within its event.",
           missing="it has none", on=On.DETAIL, example="March"),
    Column("last_trade_price", PRICE, "Last trade",
           "Price of the last trade in the first outcome.", missing=NOT_GIVEN, on=On.DETAIL,
           example=0.41),
    Column("closed_at", TIME, "Closed", "When trading ended.", missing=NOT_GIVEN, on=On.DETAIL,
           example=NOW),
    Column("resolution_source", TEXT, "Source",
           "Where the resolution is looked up, or by whom it was told.", missing=NOT_GIVEN,
           on=On.DETAIL, example="https://example.org"),
)

MARKET_DETAIL = (
    *MARKET.on(On.LIST | On.DETAIL),
    *(column.perhaps(column.missing or NO_SMART)
      for column in SMART.on(On.DETAIL) if column.name not in MARKET),
    Column("outcomes", ROWS, "Outcomes", "Its outcomes, by index."),
)
"""The body about one market: its columns, and the newest smart statistics where there are some."""

SMART_MARKET = Dataset(
    "A market that smart money is in, by the newest computation.",
    "smart",
    MARKET["id"],
    MARKET["question"].unsorted(),
    *MARKET.only("slug", "event_id", "event_title", "category", "status", "neg_risk", "price"),
    *MARKET.only("liquidity", "volume_24h", "end_date"),
    MARKET["group_item_title"].at(On.LIST),
    *SMART.on(On.LIST),
)

OUTCOME = Dataset(
    "An outcome of a market.",
    "outcome",
    Column("outcome_index", COUNT, "Index",
           "Place of the outcome in its market; 0 is the first, usually Yes.", sql="smallint",
           missing="the platform has not labelled it yet", example=0),
    Column("name", TEXT, "Outcome", "Label of the outcome: free text, never markup.", example="Yes"),
    Column("token_id", HASH, "Token", "Token id, up to 78 digits: text.",
           example="71321045679252212594626385532706912750332728571942532289631379312455583992563"),
    MARKET["price"].named(
        "price",
        means="Price of the outcome when it was last read.",
        expression="outcome.price",
        sort=None,
    ),
    Column("payout", PRICE, "Payout", "What a share of the outcome pays.", missing="not resolved",
           expression="outcome.payout_micro", scale=6, example=1),
)

TOP_TRADER = Dataset(
    "A wallet of the smart set of a market, as it stood at the computation.",
    "",
    *(column.unsorted() for column in TRADER.only("address", "name", "tier", "rarity_score")),
    Column("side", WORD, "Side", "YES where its net shares are of the first outcome, else NO.",
           choices=("YES", "NO"), example="YES"),
    Column("shares", NUMBER, "Shares", "Net shares held.", unit="shares", example=1_200.5),
    Column("avg_price", PRICE, "Entry", "Average cost of the shares of its side.",
           sql="double precision", missing="not known", example=0.41),
    Column("value", USD, "Value", "Net shares at the price then.", sql="double precision",
           example=600.25),
    Column("unrealized_pnl", GAIN, "Unrealized", "Their value less their average cost.",
           sql="double precision", missing="their cost is not known", example=108.05),
)
