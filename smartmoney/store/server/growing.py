"""Every table: what it holds, what makes it grow, how long its rows are kept and how they are thinned with age.

`retention` works from this, and Health, `docs/operations.md` and the growth of each table take their words from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kept = Literal["runs", "snapshots", "alerts"]
"""Which setting says for how many days rows are kept: RETENTION_RUNS_DAYS and so on."""
Period = Literal["hour", "day", "week", "month"]


@dataclass(frozen=True)
class Thinning:
    """Of rows older than `after_days` the last one of each period stays, per key of the table."""

    after_days: int
    period: Period


@dataclass(frozen=True)
class Growing:
    """One table.

    Attributes:
        table: its name.
        holds: what it is there for.
        grows: what adds rows; "" for one that is bounded by the others.
        age: the column that says how old a row is; "" where rows are never too old.
        key: of which rows the last of a period stays.
        kept: the setting that ends a row's life; None: it stays.
        thinned: from the youngest rows to the oldest.
        only: condition on rows that may be deleted; `old` is the row.
    """

    table: str
    holds: str
    grows: str = ""
    age: str = ""
    key: tuple[str, ...] = ()
    kept: Kept | None = None
    thinned: tuple[Thinning, ...] = ()
    only: str = "true"

    @property
    def retention(self) -> str:
        """How long rows stay, in words."""
        parts = [f"one a {each.period} after {each.after_days} days" for each in self.thinned]
        if self.kept:
            parts.append(f"deleted after RETENTION_{self.kept.upper()}_DAYS")
        return "; ".join(parts) or "kept"


DAILY = (Thinning(2, "day"), Thinning(60, "week"))
TABLES: tuple[Growing, ...] = (
    Growing("trade", "fills of the wallets we follow", "each fill"),
    Growing("activity", "splits, merges, redemptions, income, transfers", "each of them"),
    Growing("event", "what the venue lists, by event", "new events"),
    Growing("market", "what the venue lists", "new markets"),
    Growing("outcome", "sides of markets", "new markets"),
    Growing(
        "market_price", "prices over time", "a price that changed, of markets that matter",
        "ts", ("market_id",), "snapshots", (Thinning(14, "hour"), Thinning(90, "day")),
        "old.source <> 'history' and old.seen_until is not null",
    ),
    Growing("trader", "wallets, each with its score of now", "wallets new on a board"),
    Growing(
        "leaderboard_entry", "where a wallet stood on which board", "a wallet's first look of a day",
        "fetched_at", ("board", "trader_id"), "snapshots", (Thinning(14, "week"),),
    ),
    Growing("position", "what the API shows of each wallet now", "positions opened"),
    Growing(
        "position_snapshot", "what the API showed of a wallet before", "a position that changed",
        "ts", ("trader_id", "outcome_id"), "snapshots", (Thinning(2, "day"), Thinning(14, "week")),
    ),
    Growing("trader_news", "whose rows the ledger has not read yet"),
    Growing("ledger_state", "the part of the score that each wallet brings", "wallets, and their fills"),
    Growing("ledger_position", "positions at average cost", "positions opened"),
    Growing("ledger_market", "what the ledger last knew of each market", "markets traded"),
    Growing("trader_event", "a wallet's result in an event", "events traded"),
    Growing("trader_category", "what each wallet is good at", "a wallet's first event in a category"),
    Growing("trader_days", "results by day", "days on which a wallet traded"),
    Growing(
        "score_run", "what the scores of one run share", "each run of calculate_rarity_scores",
        "as_of", ("score_version",), None, (Thinning(14, "day"),),
        "not exists (select from trader_score s where s.run_id = old.id)",
    ),
    Growing(
        "trader_score", "what was known of a wallet at a time",
        "a verdict that changed, and once a day numbers that did",
        "as_of", ("trader_id",), None, (*DAILY, Thinning(365, "month")),
    ),
    Growing(
        "market_smart_stats", "where smart money stood in a market", "each market with smart holders, hourly",
        "computed_at", ("market_id",), "snapshots", DAILY,
    ),
    Growing("market_smart_current", "the newest of them"),
    Growing("market_smart_mover", "who moved in the last 24 hours"),
    Growing(
        "event_smart_stats", "the same by event", "each such event, hourly",
        "computed_at", ("event_id",), "snapshots", (Thinning(2, "day"), Thinning(14, "week")),
    ),
    Growing(
        "market_smart_flow", "what each tier bought, by market and hour", "hours in which it traded",
        "hour", (), "snapshots",
    ),
    Growing("smart_flow", "the same over all markets", "six rows an hour"),
    Growing(
        "validation_run", "verdicts on the scores", "each run of validate_scores",
        "created_at", (), None, (Thinning(90, "month"),),
    ),
    Growing(
        "lean_proof", "whether the lean was right", "each run of validate_scores",
        "created_at", (), None, (Thinning(90, "month"),),
    ),
    Growing("ingestion_state", "cursor and watermark of each stream", "wallets, twice each"),
    Growing(
        "ingestion_run", "each run of a job", "each run",
        "started_at", ("job", "status"), "runs", (Thinning(7, "hour"), Thinning(30, "day")),
        "old.status <> 'running'",
    ),
    Growing(
        "quarantine", "rows that could not be read, raw", "rows that drift from what the API tells",
        "last_seen_at", (), "runs",
    ),
    Growing(
        "implausible", "what runs left that is hardly true", "such a finding",
        "last_seen_at", (), "runs",
    ),
    Growing("capacity", "what can be held fresh, as planned last"),
    Growing("api_shape", "fields the API was seen to have", "new fields"),
    Growing("api_budget", "requests taken, by route"),
    Growing("heartbeat", "services that say they live"),
    Growing("alert", "what was told", "each alert", "at", (), "alerts"),
    Growing("alert_delivery", "whether it arrived; goes with its alert", "each alert and address"),
    Growing("alert_rule", "what is to be told"),
    Growing("alert_target", "where alerts go"),
    Growing("watchlist", "who and what is watched"),
    Growing("setting", "what was set on the Settings page"),
    Growing("neg_risk_group", "markets of which one wins", "new groups"),
    Growing("combo_leg", "parts of combined markets", "new combos"),
    Growing("wallet_owner", "who owns a wallet", "wallets"),
    Growing(
        "table_size", "how large each table was", "each table, daily",
        "measured_at", ("table_name",), "snapshots", (Thinning(30, "week"),),
    ),
    Growing("upkeep", "up to when each table is thinned"),
    Growing("migration", "steps of the schema"),
)  # fmt: skip
BY_NAME: Mapping[str, Growing] = {each.table: each for each in TABLES}


def table() -> str:
    """The table of docs/operations.md, in Markdown."""
    rows = (
        f"| `{each.table}` | {each.holds} | {each.grows or '–'} | {each.retention} |\n"
        for each in TABLES
    )
    return "| Table | Holds | Grows by | Rows |\n|---|---|---|---|\n" + "".join(rows)
