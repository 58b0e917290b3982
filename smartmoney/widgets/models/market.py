"""One market: price with smart flow, who holds it, and what smart money leans to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode

from traitlets import Unicode

from smartmoney.errors import ParameterError
from smartmoney.store import reads
from smartmoney.store.alerts import watch_market
from smartmoney.store.db import Store
from smartmoney.store.reads import HolderFilter, Page, Row, TradeFilter
from smartmoney.widgets import cells, formats, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.models.base import PageState
from smartmoney.widgets.models.holdings import SIDE_TONES, OwnedList, transaction
from smartmoney.widgets.models.listing import Column
from smartmoney.widgets.models.markets import divergence, status, wallets
from smartmoney.widgets.models.movers import mover_columns
from smartmoney.widgets.models.watching import WatchableModel


class HoldersModel(OwnedList):
    """Who holds the market now."""

    name = "holders"
    title = "Holders"
    kind = HolderFilter
    rows_called = "holders"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of holders."""
        return reads.market_holders(store, self.owner_id, wanted)

    def columns(self) -> Sequence[Column]:
        """The columns of the table."""
        return (
            Column("tier", "Tier", lambda r: cells.tier(r["tier"])),
            Column(
                "rarity_score",
                "Rarity",
                lambda r: cells.number(r["rarity_score"], "not scored"),
                True,
            ),
            Column(
                "name",
                "Trader",
                lambda r: cells.wallet(r["address"], r["name"]),
                left=True,
                stick=True,
            ),
            Column(
                "side",
                "Side",
                lambda r: cells.chip(
                    formats.words(r["outcome"] or "?", 18),
                    "gain" if r["outcome_index"] == 0 else "loss",
                    r["outcome"] or "",
                ),
                left=True,
            ),
            Column("shares", "Shares", lambda r: cells.shares(r["shares"]), True),
            Column(
                "avg_price",
                "Entry",
                lambda r: cells.cents(r["avg_price"]),
                True,
                "average price paid",
            ),
            Column("mark", "Price", lambda r: cells.cents(r["mark"])),
            Column("market_value", "Value", lambda r: cells.usd(r["value"], "no price"), True),
            Column(
                "unrealized_pnl",
                "Unrealized",
                lambda r: cells.gain(r["unrealized_pnl"], "no price"),
                True,
            ),
            Column(
                "skill_prob",
                "P(skill)",
                lambda r: cells.probability(r["skill_prob"], "not scored"),
                True,
            ),
            Column("flags", "Flags", lambda r: cells.flags(r["flags"]), left=True),
        )


class MarketTradesModel(OwnedList):
    """The market's fills of the wallets we follow, newest first."""

    name = "market_trades"
    title = "Trades of the wallets we follow"
    kind = TradeFilter
    rows_called = "trades"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of fills."""
        return reads.market_trades(store, self.owner_id, wanted)

    def columns(self) -> Sequence[Column]:
        """The columns of the table."""
        now = self.clock()
        return (
            Column("ts", "When", lambda r: cells.when(r["ts"], now), True),
            Column("tier", "Tier", lambda r: cells.tier(r["tier"])),
            Column(
                "name",
                "Trader",
                lambda r: cells.wallet(r["address"], r["name"]),
                left=True,
                stick=True,
            ),
            Column(
                "side", "Side", lambda r: cells.chip(r["side"], SIDE_TONES[r["side"]]), left=True
            ),
            Column(
                "outcome",
                "Outcome",
                lambda r: cells.text(formats.words(r["outcome"] or "", 24), "not labelled"),
                left=True,
            ),
            Column("shares", "Shares", lambda r: cells.shares(r["shares"])),
            Column("price", "Price", lambda r: cells.cents(r["price"])),
            Column("cash", "Cash", lambda r: cells.usd(r["cash"])),
            Column("tx", "Transaction", transaction, left=True),
        )


class MarketModel(WatchableModel):
    """One market, by our id or its condition id.

    Attributes:
        key: as given in the query string; "" when it was no market.
    """

    name = "market"
    job = "sync_markets"
    jobs = ("sync_markets", "calculate_smart_markets")
    thing = "market"
    consequence = "Rules with watched markets look at it."
    key = Unicode("")

    def asked(self, query: str) -> None:
        """Take `id`."""
        given = parse_qs(query.lstrip("?"), max_num_fields=50).get("id", [""])[0]
        self.wrong = "Open a market from the list, or put ?id= here."
        try:
            reads.market_key(given)
            self.key = given.strip().lower()
        except ParameterError as error:
            self.wrong = str(error) if given else self.wrong
        shared = {"store": self._store, "settings": self.settings, "clock": self.clock}
        self.lists = {
            "holders": HoldersModel(self, **shared),
            "market_trades": MarketTradesModel(self, **shared),
        }

    @property
    def query(self) -> str:
        """The market's key."""
        return urlencode({"id": self.key}) if self.key else ""

    @property
    def title(self) -> str:  # type: ignore[override]
        """The market's question."""
        row = self.market
        return formats.words(row["question"], 80) if row else "Market"

    @property
    def market(self) -> Row | None:
        """The market's row, once read and when known."""
        return self.data.get("market")

    def read(self) -> dict[str, Any]:
        """The market with everything drawn on its page."""
        store = self.store
        found = reads.market(store, self.key) if self.key else None
        if found is None:
            return {"market": None}
        for owned in self.lists.values():
            owned.owner_id = found["id"]
            owned.refresh()
        return {
            "market": found,
            "as_of": found["priced_at"] or found["updated_at"],
            "prices": reads.market_price_history(store, found["id"]),
            "flow": reads.smart_flow(store, found["id"], self.settings.smart_tiers),
            "history": reads.market_smart_history(store, found["id"]),
            "sides": reads.market_holder_sides(store, found["id"]),
            "siblings": reads.market_siblings(store, found["id"], found["event_id"]),
            "movers": reads.smart_movers(store, found["id"]),
            "hours": reads.smart_flow_by_tier(store, "hour", found["id"]),
            "days": reads.smart_flow_by_tier(store, "day", found["id"]),
            "watched": reads.watched(store, market_id=found["id"]),
        }

    def judge(self, data: dict[str, Any]) -> tuple[PageState, str]:
        """Empty without a known market; a resolved one does not grow stale."""
        row = data["market"]
        if not self.key:
            return PageState.EMPTY, self.wrong
        if row is None:
            return (
                PageState.EMPTY,
                f"There is no market {self.key[:20]} here; the list of markets has those we know.",
            )
        if row["lean_label"] == "INSUFFICIENT":
            missing = max(3 - (row["smart_count"] or 0), 1)
            return (
                PageState.TOO_LITTLE,
                f"Lean is withheld: it needs {missing} more smart wallets with $100 in this market.",
            )
        return PageState.READY, ""

    def _aged(self, state: PageState, sentence: str, data: dict[str, Any]) -> tuple[PageState, str]:
        row = data["market"]
        if row is not None and row["status"] == "RESOLVED":
            self.freshness = "off"
            return state, sentence
        return super()._aged(state, sentence, data)

    def header(self) -> list[list[Cell]]:
        """Question, status, event, end, links."""
        row = self.market
        if row is None:
            return []
        now = self.clock()
        return [
            [
                {
                    "t": formats.words(row["question"] or "untitled", 200),
                    "h": formats.words(row["question"], 1000),
                }
            ],
            [
                status(row),
                cells.text(row["category"], "uncategorised"),
                *(
                    [
                        cells.chip(
                            "negative risk", "", "NO of one outcome converts to YES of the others"
                        )
                    ]
                    if row["neg_risk"]
                    else []
                ),
                {"t": "ends", "c": "dim"},
                cells.when(row["end_date"], now, "no end date"),
                cells.text("Polymarket", link=links.event_on_polymarket(row["event_slug"])),
                {
                    "t": formats.short_address(row["condition_id"]),
                    "h": row["condition_id"],
                    "y": row["condition_id"],
                    "c": "dim",
                },
            ],
            *(
                [[{"t": "event", "c": "dim"}, cells.text(formats.words(row["event_title"], 120))]]
                if row["event_title"]
                else []
            ),
        ]

    def kpis(self) -> list[dict[str, Any]]:
        """The row of figures."""
        row = self.market
        if row is None:
            return []
        none_here = "no smart money here"
        coverage = row["coverage"]
        change = cells.cents_change(row["price_change_24h"])["t"]
        return [
            {
                "label": "Price",
                "cell": cells.cents(row["price"]),
                "below": f"24 h {change}",
                "hint": "of the first outcome",
            },
            {
                "label": "Smart lean",
                "cell": cells.lean(
                    row["lean_label"], row["smart_lean"], row["lean_lo"], row["lean_hi"]
                ),
                "below": self._between(),
            },
            {
                "label": "Smart wallets",
                "cell": wallets(row)
                if row["smart_count"]
                else cells.number(row["smart_count"], none_here),
                "below": f"weighted {row['smart_weighted']:.1f}"
                if row["smart_weighted"] is not None
                else none_here,
            },
            {
                "label": "Smart share",
                "cell": cells.share(row["smart_share"], "withheld under 50 % coverage"),
                "below": f"holders cover {formats.percent(coverage, 0)}"
                if coverage is not None
                else "coverage not known",
            },
            {
                "label": "smartScore",
                "cell": cells.score(row["smart_score"], none_here),
                "below": "attention, unsigned",
            },
            {
                "label": "Divergence",
                "cell": divergence(row["smart_divergence"]),
                "below": "smart probability less price",
            },
            {
                "label": "Volume",
                "cell": cells.usd(row["volume"]),
                "below": f"24 h {cells.usd(row['volume_24h'])['t']}",
            },
            {
                "label": "Liquidity",
                "cell": cells.usd(row["liquidity"]),
                "below": f"bid {cells.cents(row['best_bid'])['t']} · ask {cells.cents(row['best_ask'])['t']}",
            },
        ]

    def _between(self) -> str:
        row = self.market or {}
        if row.get("smart_lean") is None or row.get("lean_lo") is None:
            return "needs 3 smart wallets"
        return f"90 %: {row['lean_lo']:+.2f} to {row['lean_hi']:+.2f}".replace("-", "−")

    def resolution(self) -> list[list[Cell]]:
        """How and whether it resolved, and its text."""
        row = self.market
        if row is None:
            return []
        lines = [self._resolved(row)]
        if row["resolution_source"]:
            lines.append(
                [{"t": "source", "c": "dim"}, {"t": formats.words(row["resolution_source"], 200)}]
            )
        if row["description"]:
            lines.append([{"t": formats.words(row["description"], 900)}])
        return lines

    def _resolved(self, row: Row) -> list[Cell]:
        if row["status"] != "RESOLVED":
            words = (
                "Trading has ended; the payouts are not known yet."
                if row["status"] == "CLOSED"
                else "Not resolved yet."
            )
            return [{"t": words}]
        paid = [
            f"{formats.words(one['name'] or '?', 40)} pays {formats.cents(one['payout'])}"
            for one in row["outcomes"]
            if one["payout"] is not None
        ]
        at = formats.utc(row["resolved_at"]) if row["resolved_at"] else "at an unknown time"
        return [{"t": f"Resolved {at}: {', '.join(paid) or 'payouts not stored'}."}]

    def sides(self) -> list[Row]:
        """Per outcome: holders, shares, cost, value and average entry of the wallets we follow."""
        found: dict[int, Row] = {}
        for row in self.data.get("sides", []):
            side = found.setdefault(
                row["outcome_index"],
                {
                    "outcome": row["outcome"],
                    "outcome_index": row["outcome_index"],
                    "holders": 0,
                    "shares": Decimal(0),
                    "cost": Decimal(0),
                    "value": Decimal(0),
                },
            )
            for key in ("holders", "shares", "cost", "value"):
                side[key] += row[key] or 0
        return [
            {**side, "entry": side["cost"] / side["shares"] if side["shares"] else None}
            for side in found.values()
        ]

    def mover_columns(self) -> Sequence[Column]:
        """Columns of the moves of the last 24 hours."""
        return mover_columns(self.clock(), everywhere=False)

    def put(self, note: str) -> int:
        """Put the market on the watchlist."""
        if self.market is None:
            raise ParameterError("There is no market to watch.")
        return watch_market(self.store, str(self.market["id"]), note)

    def side_columns(self) -> Sequence[Column]:
        """Columns of the cost basis per side."""
        return (
            Column(
                "outcome",
                "Side",
                lambda r: cells.chip(
                    formats.words(r["outcome"] or "?", 24),
                    "gain" if r["outcome_index"] == 0 else "loss",
                    r["outcome"] or "",
                ),
                left=True,
            ),
            Column("holders", "Wallets", lambda r: cells.number(r["holders"])),
            Column("shares", "Shares", lambda r: cells.shares(r["shares"])),
            Column("entry", "Entry", lambda r: cells.cents(r["entry"], "no shares")),
            Column("cost", "Cost basis", lambda r: cells.usd(r["cost"])),
            Column("value", "Value", lambda r: cells.usd(r["value"])),
            Column("pnl", "Unrealized", lambda r: cells.gain(r["value"] - r["cost"])),
        )

    def sibling_columns(self) -> Sequence[Column]:
        """Columns of the event's other markets."""
        return (
            Column(
                "question",
                "Market",
                lambda r: cells.question(r["group_item_title"] or r["question"], r["id"]),
                left=True,
                stick=True,
            ),
            Column("price", "Price", lambda r: cells.cents(r["price"])),
            Column(
                "lean", "Lean", lambda r: cells.lean(r["lean_label"], r["smart_lean"]), left=True
            ),
            Column(
                "smart", "Wallets", lambda r: cells.number(r["smart_count"], "no smart money here")
            ),
            Column("status", "Status", status, left=True),
        )
