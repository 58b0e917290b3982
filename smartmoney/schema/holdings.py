"""Columns about what wallets did and hold: fills, positions, holders, and what fills alone miss."""

from __future__ import annotations

from smartmoney.schema.column import (
    COUNT,
    GAIN,
    HASH,
    ID,
    NUMBER,
    PRICE,
    SHARES,
    SORTABLE,
    SWITCH,
    TEXT,
    TIME,
    USD,
    WORD,
    Column,
    Dataset,
    Sortable,
    Topic,
)
from smartmoney.schema.markets import MARKET, OUTCOME
from smartmoney.schema.traders import TRADER

SKILL = Topic.SKILL
SIDES = ("BUY", "SELL")
STATES = ("OPEN", "REDEEMABLE", "CLOSED")
NOT_LISTED = "the market is not known yet"
NOW = "2026-11-22T14:05:00Z"
NO_USABLE = "open, sold before the end, without risk, or without a price or a clear winner"
CONDITION = MARKET["condition_id"].example
_question = MARKET["question"].unsorted()
_outcome = OUTCOME["name"].named("outcome")

# fmt: off
FILL = Dataset(
    "A fill, seen from the wallet; the two sides of a match are two fills.",
    "trade",
    Column("id", ID, "Fill", "64-bit key of the fill, as text.", sql="bigint",
           expression="trade.key", example="4611686018427387904"),
    Column("ts", TIME, "When", "Second of the fill.", sort=Sortable(nullable=False), example=NOW),
    Column("side", WORD, "Side", "BUY or SELL, seen from the wallet.",
           expression="case trade.side when 1 then 'BUY' else 'SELL' end", choices=SIDES,
           example="BUY"),
    Column("shares", SHARES, "Shares", "Shares that changed hands.", expression="trade.size_micro",
           scale=6, example=100),
    Column("price", PRICE, "Price", "Price of the fill, without fees.",
           expression="trade.price_pico", scale=12, example=0.41),
    Column("cash", USD, "Cash",
           "Dollars moved: as the platform reports them, fees included, else shares x price; see "
           "`cash_reported`.", expression="trade.cash_micro", scale=6, example=41),
    Column("cash_reported", SWITCH, "Reported",
           "The platform reported the cash; false: it is shares x price, and fees are not known.",
           expression="trade.flags & 1 = 1", example=True),
    MARKET["id"].named("market_id", expression="trade.market_id"),
    _question.perhaps(NOT_LISTED),
    MARKET["category"],
    MARKET["condition_id"],
    _outcome.perhaps(NOT_LISTED),
    OUTCOME["outcome_index"],
    *(column.unsorted() for column in TRADER.only("address", "name", "tier")),
    Column("tx_hash", HASH, "Transaction", "Transaction of the fill.",
           expression="'0x' || encode(trade.tx_hash, 'hex')", example=CONDITION),
    Column("occurrence", COUNT, "Occurrence", "1, 2, ... among equal fills of one transaction.",
           sql="smallint", example=1),
)
_FILL = ("id", "ts", "side", "shares", "price", "cash")
WALLET_FILL = FILL.only(
    *_FILL, "market_id", "question", "category", "outcome", "outcome_index", "tx_hash", "occurrence"
)
"""A fill in the list of a wallet."""
MARKET_FILL = FILL.only(*_FILL, "outcome", "outcome_index", "address", "name", "tier", "tx_hash")
"""A fill in the list of a market."""
FRAMED_FILL = (
    *FILL.only("ts", "address", "name", "condition_id", "question", "outcome", "outcome_index"),
    FILL["side"],
    FILL["shares"].named("size"),
    *FILL.only("price", "cash", "cash_reported", "tx_hash", "occurrence"),
)
"""A fill in the frame of analysts."""

POSITION = Dataset(
    "A position of a wallet: our ledger beside what the platform shows; either may lack what the "
    "other has.",
    "position_row",
    MARKET["id"].named("market_id", expression="position_row.market_id"),
    _question.named("question", expression="position_row.question"),
    MARKET["category"].named("category", expression="position_row.category"),
    _outcome.named("outcome", expression="position_row.outcome"),
    OUTCOME["outcome_index"].named("outcome_index", expression="position_row.outcome_index"),
    MARKET["status"].named("market_status", expression="position_row.market_status"),
    MARKET["end_date"].named("end_date", expression="position_row.end_date"),
    MARKET["resolved_at"].named("resolved_at", expression="position_row.resolved_at"),
    Column("closed", SWITCH, "Closed",
           "Nothing is held any more: sold, redeemed, or settled by the resolution.", example=False),
    Column("in_ledger", SWITCH, "In our ledger",
           "Our ledger has the position; false: only the platform shows it.", example=True),
    Column("shares", SHARES, "Shares", "Shares held.", sort=SORTABLE, example=1_200.5),
    Column("avg_price", PRICE, "Entry",
           "Average cost of the shares held; with fees where our ledger has it, without where "
           "only the platform shows it.", missing="no shares are held", sort=SORTABLE, example=0.41),
    Column("cost", USD, "Cost", "What the shares held cost.", missing="not known", sort=SORTABLE,
           example=492.2),
    Column("bought", USD, "Bought", "What was ever paid for shares of it.", missing="not known",
           example=900),
    Column("mark", PRICE, "Price",
           "Price it is valued at: the payout, else the platform's price of the position, else of"
           " the outcome.", missing="no price is known", example=0.5),
    Column("value", USD, "Value", "Shares held at the mark.", missing="closed, or without a mark",
           sort=Sortable("market_value"), example=600.25),
    Column("realized_pnl", GAIN, "Realized",
           "PnL of the shares disposed of, with the settlement where it resolved.",
           missing="not known", sort=SORTABLE, example=12.4),
    Column("unrealized_pnl", GAIN, "Unrealized", "Value less cost.",
           missing="closed, or without a mark", sort=SORTABLE, example=108.05),
    Column("last_at", TIME, "Last activity", "Newest activity of the wallet on it.",
           missing="not known", sort=SORTABLE, example=NOW),
)

HOLDER = Dataset(
    "A holder of an outcome of a market: our ledger, or what the platform shows where the ledger "
    "has no row.",
    "holder",
    *(
        column.named(
            column.name,
            expression=f"holder.{column.name}",
            sort=SORTABLE if column.name in ("rarity_score", "skill_prob") else None,
        )
        for column in TRADER.only("address", "name", "tier", "rarity_score", "skill_prob", "flags")
    ),
    *(
        column.named(column.name, expression=f"holder.{column.name}")
        for column in (_outcome, OUTCOME["outcome_index"])
    ),
    *(
        column.named(column.name, expression=f"holder.{column.name}")
        for column in POSITION.only("shares", "cost", "avg_price")
    ),
    POSITION["mark"].named(
        "mark",
        means="Price it is valued at: the payout, else the price of the outcome.",
        expression="holder.mark",
    ),
    *(
        column.named(column.name, expression=f"holder.{column.name}")
        for column in POSITION.only("value", "unrealized_pnl", "last_at", "realized_pnl")
    ),
)

SHOWN_POSITION = Dataset(
    "A position as the platform shows it now.",
    "position",
    *(column.unsorted() for column in TRADER.only("address", "name")),
    MARKET["condition_id"],
    _question,
    _outcome,
    OUTCOME["outcome_index"],
    Column("status", WORD, "Status", "OPEN, REDEEMABLE (resolved, not yet redeemed) or CLOSED.",
           choices=STATES, example="OPEN"),
    Column("shares", SHARES, "Shares", "Shares held now; 0 of a closed one.",
           expression="position.shares_micro", scale=6),
    Column("avg_price", PRICE, "Entry", "Average cost, without fees.",
           missing="the platform does not say"),
    Column("current_price", PRICE, "Price", "The platform's price of the outcome.",
           missing="the platform does not say"),
    Column("value", USD, "Value", "Shares at that price.", missing="the platform does not say",
           expression="position.value_micro", scale=6),
    Column("realized_pnl", GAIN, "Realized",
           "What the platform booked on sales, merges and redemptions.",
           missing="the platform does not say", expression="position.realized_micro", scale=6),
    Column("unrealized_pnl", GAIN, "Unrealized", "Value less cost, by the platform.",
           missing="the platform does not say", expression="position.unrealized_micro", scale=6),
    Column("fetched_at", TIME, "Fetched", "When the platform was asked."),
    Column("absent_since", TIME, "Absent since",
           "When a later complete reading no longer showed it.", missing="it is still shown"),
)
NO_PRICE_THEN = "no price of that day is known"
PAST_POSITION = Dataset(
    "Shares held at a past moment: our ledger, replayed from the activity up to then.",
    "",
    *SHOWN_POSITION.only("address", "name", "condition_id", "question", "outcome", "outcome_index"),
    *(
        SHOWN_POSITION[name].named(
            name, expression=f"past.{name}", scale=0, means=means, missing=missing,
            choices=STATES[:2] if name == "status" else (),
        )
        for name, means, missing in (
            ("status", "OPEN, or REDEEMABLE where the market had resolved by then.", ""),
            ("shares", "Shares held then.", ""),
            ("avg_price", "Average cost, with fees.", ""),
            ("current_price", "Price of the outcome then, as last seen within a day; the payout "
             "where it had resolved.", NO_PRICE_THEN),
            ("value", "Shares at that price.", NO_PRICE_THEN),
            ("realized_pnl", "PnL of the shares disposed of by then.", ""),
            ("unrealized_pnl", "Value less cost.", NO_PRICE_THEN),
        )
    ),
)
RESULT = Dataset(
    "One wallet's result in one event, the unit of skill: what it paid, what happened, how much "
    "that tells.",
    "trader_event",
    MARKET["event_id"].named("event_id", expression="trader_event.event_id", missing=""),
    MARKET["event"].perhaps(""),
    Column("category", TEXT, "Category",
           "Category of the event when the result was computed, from its tags.",
           missing="no tag names one", example="economics"),
    Column("first_entry_at", TIME, "Entered", "First activity of the wallet in the event.",
           missing="not known", example=NOW),
    Column("decided_at", TIME, "Decided",
           "When nothing was left open: the last resolution, redemption or trade.",
           missing="something is open", example=NOW),
    Column("pnl", GAIN, "PnL",
           "Realized PnL of the event so far: disposals, redemptions and settlements.",
           expression="trader_event.pnl_micro", scale=6, example=120.5),
    Column("invested", USD, "Invested",
           "What was paid for shares, and put in by splits and conversions.",
           expression="trader_event.invested_micro", scale=6, example=900),
    Column("entry_price", PRICE, "Entry",
           "Chance of a hit at the prices paid; of a one-sided bet, the average price paid "
           "without fees.", sql="double precision", missing=NO_USABLE, example=0.41, topic=SKILL),
    Column("surprise", NUMBER, "Surprise",
           "D / R: what happened less the prices paid, per dollar at stake; its mean is 0 without"
           " skill, at any price.", unit="-1 to 1", missing=NO_USABLE, example=0.59, topic=SKILL),
    Column("information", NUMBER, "Information",
           "V / R²: variance of the surprise under the prices, p (1 - p) for a one-sided bet; "
           "near-certainties carry almost none.", unit="0 to 0.25", missing=NO_USABLE,
           example=0.24, topic=SKILL),
    Column("payoff_range", USD, "At stake", "R: the best less the worst payoff of what was held.",
           sql="double precision", missing=NO_USABLE, example=1_200, topic=SKILL),
)

ACTIVITY = Dataset(
    "What fills alone miss: a split, merge, redemption, conversion, income or transfer.",
    "activity",
    Column("ts", TIME, "When", "Second of the activity.", sort=Sortable(nullable=False)),
)
