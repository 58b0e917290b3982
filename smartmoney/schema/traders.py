"""Columns about wallets: who they are, their record, what the score says of it, their results."""

from __future__ import annotations

from smartmoney.schema.column import (
    ADDRESS,
    COUNT,
    DATE,
    GAIN,
    NUMBER,
    POINTS,
    PROBABILITY,
    RANK,
    RATIO,
    SHARE,
    SORTABLE,
    SWITCH,
    TEXT,
    TIME,
    USD,
    WORD,
    WORDS,
    Column,
    Dataset,
    On,
    Sortable,
    Topic,
)

UNCATEGORISED = "uncategorised"
"""Category of events that no tag puts into one."""
TIERS = ("S", "A", "B", "C", "D", "E")
COVERAGE = {
    "complete": "our figures agree with the platform's",
    "partial": "part of the history is missing",
    "conflicted": "our figures and the platform's differ",
    "unchecked": "not compared with the platform yet",
}
FLAGS = {
    "MM": "a market maker, with nearly all fills as maker, or both outcomes bought in most markets",
    "BOT": "automated, trading through more of the day or more often than a person",
    "WASH": "buys and sells again at the same price, with half of its volume or more",
    "FARM": "lives off rewards, or buys outcomes that are all but certain",
    "ONE_EVENT": "one event makes most of its gains and losses",
    "HEDGER": "holds both sides in most of its events",
    "PARTIAL": "part of its history is missing",
}
"""What each flag says of a wallet."""

STANDING = (
    "(trader.flags = '{}')::int::text || position(trader.tier in 'EDCBAS')"
    " || lpad(coalesce(trader.rarity_score, 0)::text, 6, '0')"
)
"""Orders wallets by tier, then score; whoever is flagged comes after all who are not."""
UNSCORED = "no scoring run since the wallet was found"
NO_BET = "no event counts for skill"
EVERYWHERE = On.FRAME | On.LIST | On.HISTORY | On.STORED
CURRENT = On.FRAME | On.LIST | On.STORED
RECORD, SKILL = Topic.RECORD, Topic.SKILL
NOW = "2026-11-22T14:05:00Z"

# fmt: off
TRADER = Dataset(
    "A wallet with its current score.",
    "trader",
    Column("address", ADDRESS, "Wallet",
           "Proxy wallet that holds the positions: 0x and 40 hexadecimal digits, lower case.",
           on=On.FRAME | On.LIST, example="0x56687bf447db6ffa42ffe2204a05edaa20f55839"),
    Column("name", TEXT, "Trader", "Display name, chosen by the trader: free text, never markup.",
           on=On.FRAME | On.LIST,
           sort=Sortable("display_name", "nullif(left(lower(trader.name), 40), '')"),
           example="alice"),
    Column("pseudonym", TEXT, "Pseudonym", "Name that the platform gave the wallet.", on=On.LIST,
           example="Quiet-Harbor"),
    Column("verified", SWITCH, "Verified", "The platform shows a badge beside the name.",
           on=On.LIST, example=True),
    Column("as_of", TIME, "As of", "The score uses what was known up to this moment.",
           missing=UNSCORED, on=On.FRAME | On.LIST, example=NOW),
    Column("tier", WORD, "Tier",
           "Slot by `rarity_score` among the unflagged wallets (S the top 0.1 %, A 1 %, B 5 %, C "
           "20 %, D 50 %, else E), lowered where the evidence does not pass the tier's gate; E "
           "also without any event that counts.", missing=UNSCORED, on=EVERYWHERE, sort=Sortable(by=STANDING),
           choices=TIERS, example="A", topic=SKILL),
    Column("rarity_score", RANK, "Rarity",
           "Percentile among the unflagged wallets of 0.70 x the percentile of the posterior edge"
           " plus 0.30 x that of the logarithm of the skill-adjusted dollar edge.", missing=NO_BET,
           on=EVERYWHERE, sort=SORTABLE, example=99_120, topic=SKILL),
    Column("rarity_classic", RANK, "Classic",
           "The composite people expect: PnL, win rate, profit factor, stability and drawdown, "
           "less concentration; a baseline to beat, which never drives a tier.",
           missing="no fills", on=EVERYWHERE, sort=SORTABLE, example=88_000, topic=SKILL),
    Column("skill_prob", PROBABILITY, "P(skill)",
           "Probability that the edge is larger than its costs, about one point.", missing=NO_BET,
           on=EVERYWHERE, sort=SORTABLE, example=0.97, topic=SKILL),
    Column("skill_edge", POINTS, "Skill edge",
           "Posterior mean of the edge over the prices paid: sum of surprises / sum of "
           "information in log-odds, shrunk towards the population (empirical Bayes, "
           "DerSimonian-Laird).", missing=NO_BET, on=EVERYWHERE, sort=SORTABLE, example=2.4,
           topic=SKILL),
    Column("skill_lo", POINTS, "Edge, low", "Lower 90 % bound of `skill_edge`.", missing=NO_BET,
           on=EVERYWHERE, example=1.1, topic=SKILL),
    Column("skill_hi", POINTS, "Edge, high", "Upper 90 % bound of `skill_edge`.", missing=NO_BET,
           on=EVERYWHERE, example=3.7, topic=SKILL),
    Column("q_value", PROBABILITY, "q",
           "Benjamini-Hochberg q of the record against luck: the share of false discoveries among"
           " wallets this good or better, of those with ten events and more.",
           missing="fewer than ten events count", on=EVERYWHERE, sort=SORTABLE, example=0.03,
           topic=SKILL),
    Column("realized_pnl", GAIN, "Realized",
           "Gains and losses of shares disposed of, plus the settlement of resolved positions; "
           "after fees, without rewards and rebates.", missing=UNSCORED, on=EVERYWHERE,
           sort=SORTABLE, example=41_250.12, topic=RECORD),
    Column("unrealized_pnl", GAIN, "Unrealized",
           "Open shares at their mark, less their average cost; the mark is the middle of the "
           "quote where the spread is at most 10 cents, else the last trade clipped into the "
           "quote, else the platform's price.", missing="an open position has no mark",
           on=EVERYWHERE, sort=SORTABLE, example=-310.5, topic=RECORD),
    Column("total_pnl", GAIN, "Total PnL",
           "Realized plus unrealized PnL: all cash flow of trading plus marked value.",
           missing="an open position has no mark", on=EVERYWHERE, sort=SORTABLE, example=40_939.62,
           topic=RECORD),
    Column("win_rate", SHARE, "Win rate",
           "Decided events won / `decided_events`; read it with its n and the prices paid, for "
           "who buys favourites wins often.",
           missing="no decided event won or lost more than a cent", on=EVERYWHERE, sort=SORTABLE,
           example=0.61, topic=RECORD),
    Column("decided_events", COUNT, "Decided",
           "Events with nothing left open that won or lost more than a cent: the n of `win_rate`.",
           unit="events", missing=UNSCORED, on=EVERYWHERE, example=84, topic=RECORD),
    Column("profit_factor", RATIO, "Profit factor",
           "Gross gains / gross losses over decided events.",
           missing="no losses, or no decided event", on=EVERYWHERE, sort=SORTABLE, example=1.9,
           topic=RECORD),
    Column("max_drawdown", SHARE, "Drawdown",
           "Largest fall of cumulative PnL from its running maximum / the peak of the capital "
           "employed; PnL is taken by day as it is realized, with what is open now as the last "
           "step.", missing="no capital was employed", on=EVERYWHERE, sort=SORTABLE, example=0.12,
           topic=RECORD),
    Column("max_drawdown_usd", USD, "Drawdown, $", "The fall of `max_drawdown` in dollars.",
           missing=UNSCORED, on=On.LIST | On.STORED, example=5_100, topic=RECORD),
    Column("trade_count", COUNT, "Trades", "Fills of the wallet.", unit="fills", missing=UNSCORED,
           on=EVERYWHERE, sort=SORTABLE, example=1_204, topic=RECORD),
    Column("event_count", COUNT, "Events",
           "Events that count for skill, the n of the skill numbers: held to a clear end, with "
           "something at risk and a known price, and no 5- or 15-minute crypto market.",
           unit="events", missing=UNSCORED, on=EVERYWHERE, sort=SORTABLE, example=96, topic=SKILL),
    Column("flags", WORDS, "Flags",
           "What sets the wallet apart: "
           + "; ".join(f"{name}: {meaning}" for name, meaning in FLAGS.items())
           + ". A flagged wallet belongs neither to the reference population nor to the smart set, "
           "and cannot be S.",
           on=EVERYWHERE, choices=tuple(FLAGS), example=["HEDGER"], topic=RECORD),
    Column("reasons", WORDS, "Why", "Why the wallet has this tier, in sentences.",
           on=On.DETAIL | On.HISTORY | On.STORED,
           example=["skillProb 0.97 passes the gate of 0.95"]),
    Column("coverage", WORD, "Coverage",
           "Our book against the platform's figures: "
           + "; ".join(f"{name}: {meaning}" for name, meaning in COVERAGE.items()) + ".",
           missing=UNSCORED, on=EVERYWHERE, choices=tuple(COVERAGE), example="complete",
           topic=RECORD),
    Column("coverage_reason", TEXT, "Coverage, why",
           "What is missing or disagrees, in a sentence.", missing="not compared yet",
           on=On.DETAIL | On.STORED,
           example="PnL here $100.00, on the platform $100.20: the same within $1 or 1 %."),
    Column("roi", RATIO, "ROI", "PnL of decided events / what was paid for shares in them.",
           missing="nothing was paid in a decided event", on=CURRENT, sort=SORTABLE, example=0.18,
           topic=RECORD),
    Column("volume", USD, "Volume",
           "Cash of all fills, bought and sold; both sides of a match are fills of their own "
           "wallets, so never add it over both.", missing=UNSCORED, on=CURRENT, sort=SORTABLE,
           example=220_000, topic=RECORD),
    Column("maker_share", SHARE, "Maker", "Fills as maker / fills whose role is known.",
           missing="no fill's role is known; the API does not tell roles", on=CURRENT,
           sort=SORTABLE, example=0.3, topic=RECORD),
    Column("excess_hit", NUMBER, "Excess hits",
           "Share of events hit less the average chance of a hit at the prices paid: skill apart "
           "from buying favourites.", unit="-1 to 1", missing=NO_BET, on=On.DETAIL | On.STORED,
           example=0.04, topic=RECORD),
    Column("hhi", SHARE, "Concentration",
           "Herfindahl index of absolute event PnL over decided events: 1/n where all are equal, "
           "1 where one is all.", missing="no decided event made or lost anything",
           on=On.DETAIL | On.STORED, example=0.08, topic=RECORD),
    Column("top_share", SHARE, "Largest event",
           "Largest absolute event PnL / sum of absolute event PnL, over decided events; 0.60 and"
           " more, of ten events and more, is flagged ONE_EVENT.",
           missing="no decided event made or lost anything", on=On.DETAIL | On.STORED,
           example=0.22, topic=RECORD),
    Column("stability", SHARE, "Stability",
           "Share of rolling 30-day windows, a new one every ten days, with a positive sum of "
           "surprises, of those with an event that counts.", missing=NO_BET,
           on=On.DETAIL | On.STORED, example=0.6, topic=RECORD),
    Column("needs_events", COUNT, "Needs",
           "Events still missing for the tier its rank reaches, and for a first judgement at ten.",
           unit="events", missing=NO_BET, on=On.LIST | On.STORED, example=0),
    Column("best_category", TEXT, "Made most in",
           "Category with the largest positive PnL of decided events.", missing="none made money",
           on=CURRENT, sort=Sortable(by="left(trader.best_category, 40)"), example="politics"),
    Column("good_at", WORDS, "Good at",
           "Categories in which luck at the prices paid is rejected (q of 0.05 and less over all wallets and "
           "categories) and the edge clears its costs with 0.90, the surest first.",
           expression="array(select own.category from trader_category own where own.trader_id = "
           "trader.id and own.good order by own.q_value, own.category)",
           on=On.FRAME | On.LIST, example=["politics"], topic=SKILL),
    Column("last_active_at", TIME, "Last active",
           "Newest activity stored: a fill, or a split, merge, redemption, conversion, income or "
           "transfer.", missing="no activity read yet", on=On.FRAME | On.LIST, sort=SORTABLE,
           example=NOW),
    Column("score_version", TEXT, "Version", "Version of the formulas that made the score.",
           missing=UNSCORED, on=On.DETAIL, example="1"),
    Column("x_username", TEXT, "On X", "Account on X, as the platform names it.", on=On.DETAIL,
           example="alice"),
    Column("found_by", WORD, "Found by",
           "How the wallet came to be known: from a leaderboard, named by an activity, or "
           "requested.", on=On.DETAIL, example="leaderboard"),
    Column("first_seen_at", TIME, "Known since", "When the wallet was first stored here.",
           on=On.DETAIL, example=NOW),
    Column("board", TEXT, "Board", "Leaderboard on which the wallet stood highest.",
           missing="on no leaderboard", expression="standing.board", on=On.DETAIL,
           example="overall/month/pnl"),
    Column("board_rank", COUNT, "Rank there", "Its rank on `board`.", missing="on no leaderboard",
           expression="standing.rank", on=On.DETAIL, example=12),
    Column("trades_up_to", TIME, "Trades up to",
           "The wallet's trades are complete up to this moment.",
           missing="they were never read to the end", expression="state.watermark",
           on=On.DETAIL, example=NOW),
)

FEW = "fewer than ten events of the category count, or their prices tell nothing"
CATEGORY = Dataset(
    "A wallet's results in one category, and its edge there.",
    "by_category",
    Column("category", TEXT, "Category",
           f"Category of the events, from their tags; {UNCATEGORISED} where none names one.",
           example="politics"),
    Column("pnl", GAIN, "PnL", "Realized PnL of the events of the category.", example=1_204.5),
    Column("invested", USD, "Invested",
           "What was paid for shares in them, and put in by splits and conversions.",
           example=8_000),
    Column("events", COUNT, "Events", "Events of the category that the wallet entered.",
           unit="events", example=61),
    Column("decided", COUNT, "Decided", "Those that won or lost more than a cent.", unit="events",
           example=55),
    Column("won", COUNT, "Won", "Those that won more than a cent.", unit="events", example=34),
    Column("skill_events", COUNT, "Count for skill",
           "Those that count for skill: the n of the edge.", unit="events",
           missing="none counts, or it was not computed yet", example=48, topic=SKILL),
    Column("skill_edge", POINTS, "Edge",
           "Posterior mean of the edge in the category, shrunk towards the wallet's own edge and "
           "the category's population (two-level normal model).", missing=FEW, example=3.1,
           topic=SKILL),
    Column("skill_lo", POINTS, "Edge, low", "Lower 90 % bound of `skill_edge`.", missing=FEW,
           example=0.4),
    Column("skill_hi", POINTS, "Edge, high", "Upper 90 % bound of `skill_edge`.", missing=FEW,
           example=5.8),
    Column("skill_prob", PROBABILITY, "P(skill)",
           "Probability that the edge in the category is larger than its costs.", missing=FEW,
           example=0.94),
    Column("q_value", PROBABILITY, "q",
           "Benjamini-Hochberg q against luck, over all wallets and categories with ten events "
           "and more.", missing=FEW, example=0.02),
    Column("good", SWITCH, "Good", "The wallet is good at it: `q_value` is at most 0.05, "
           "`skill_prob` at least 0.90.", example=True),
)

SCORE = Dataset(
    "What was known of a wallet at a time: a row whenever its verdict changed, and at most one a day when "
    "only numbers did.",
    "trader_score",
    TRADER["as_of"].named("as_of", missing="", expression="trader_score.as_of"),
    TRADER["score_version"].named(
        "score_version", missing="", expression="trader_score.score_version"
    ),
    *(
        column.named(
            column.name,
            expression=f"trader_score.{column.name}",
            sort=None,
            missing="" if column.name == "tier" else column.missing,
        )
        for column in TRADER.on(On.HISTORY)
    ),
)
"""Columns of the history; they mean what they mean of the current score."""

DAY = Dataset(
    "One day of a wallet.",
    "trader_daily",
    Column("day", DATE, "Day", "The day, in UTC.", example="2026-11-22"),
    Column("realized_pnl", GAIN, "Realized",
           "PnL booked on the day: disposals, redemptions and settlements.",
           expression="trader_daily.realized_micro", scale=6, example=120.5),
    Column("total_pnl", GAIN, "Total PnL",
           "Realized PnL up to the end of the day; today with what is open, at its mark.",
           expression="trader_daily.total_micro", scale=6, example=40_939.62),
    Column("volume", USD, "Volume", "Cash of the fills of the day.",
           expression="trader_daily.volume_micro", scale=6, example=3_400),
    Column("fills", COUNT, "Fills", "Fills of the day.", unit="fills", example=14),
)
