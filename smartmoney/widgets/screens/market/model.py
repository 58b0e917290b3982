"""One market: what is read, and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from traitlets import Unicode

from smartmoney import formats
from smartmoney.errors import ParameterError
from smartmoney.store import reads
from smartmoney.store.alerts import watch_market
from smartmoney.store.filters import parameters
from smartmoney.store.reads import Freshness, HolderFilter, Row, TradeFilter
from smartmoney.widgets import cells, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.listing import OwnedList
from smartmoney.widgets.model import Judgement, PageState
from smartmoney.widgets.screens.market.columns import HOLDERS, KPIS, TRADES
from smartmoney.widgets.screens.markets.columns import status
from smartmoney.widgets.table import Kpi
from smartmoney.widgets.tabs import Tabbed
from smartmoney.widgets.watching import WatchableData, WatchableModel

WHOLE = "whole"
"""The tab that has them all, for printing and for sites without a server."""
TABS = (
    ("story", "Story"),
    ("flow", "Smart flow"),
    ("holders", "Holders"),
    ("market_trades", "Trades"),
    ("rules", "Rules"),
    (WHOLE, "All on one page"),
)
LEAN_NEEDS = 3
CONVERTS = "NO of one outcome converts to YES of the others"
SUMMED = ("holders", "shares", "cost", "value")


@dataclass(frozen=True, eq=False, kw_only=True)
class MarketData(WatchableData):
    """A market with everything drawn on its page.

    Attributes:
        market: its row, when it is known.
        prices: its price over time.
        flow: net USD of the smart tiers over time.
        history: the smart statistics over time.
        holding: what each tier holds of each outcome.
        siblings: the event's other markets.
        movers: who moved in the last 24 hours.
        hours: net USD per hour and tier.
        days: net USD per day and tier.
    """

    market: Row | None = None
    prices: Sequence[Row] = ()
    flow: Sequence[Row] = ()
    history: Sequence[Row] = ()
    holding: Sequence[Row] = ()
    siblings: Sequence[Row] = ()
    movers: Sequence[Row] = ()
    hours: Sequence[Row] = ()
    days: Sequence[Row] = ()


class MarketModel(Tabbed[MarketData], WatchableModel[MarketData]):
    """One market, by our id or its condition id.

    Attributes:
        key: as given in the query string; "" when it was no market.
    """

    TABS = TABS
    name = "market"
    job = "sync_markets"
    jobs = ("sync_markets", "calculate_smart_markets")
    data_class = MarketData
    thing = "market"
    consequence = "Rules with watched markets look at it."
    key = Unicode("")

    def apply_query(self, query: str) -> None:
        """Take `id` and `tab`."""
        asked = dict(reversed(parameters(query)))
        self.take_tab(asked)
        given = asked.get("id", "")
        self.wrong = "Open a market from the list, or put ?id= here."
        try:
            reads.market_key(given)
            self.key = given.strip().lower()
        except ParameterError as error:
            self.wrong = str(error) if given else self.wrong
        followed = "Trades of the wallets we follow"
        lists = (
            OwnedList(self, "holders", reads.market_holders, HolderFilter, HOLDERS),
            OwnedList(self, "market_trades", reads.market_trades, TradeFilter, TRADES, followed),
        )
        self.lists = {each.name: each for each in lists}

    @property
    def subject(self) -> dict[str, str]:
        """The market's key."""
        return {"id": self.key}

    @property
    def found(self) -> bool:
        """Is the market known?"""
        return self.market is not None

    @property
    def title(self) -> str:  # type: ignore[override]
        """The market's question."""
        return cells.line(self.market["question"], 80) if self.market else "Market"

    @property
    def market(self) -> Row | None:
        """The market's row, once read and when known."""
        return self.data.market

    def read(self) -> MarketData:
        """The market with everything drawn on its page."""
        row = reads.market(self.store, self.key) if self.key else None
        if row is None:
            return MarketData()
        store, market = self.store, row["id"]
        for owned in self.lists.values():
            owned.owner_id = market
            if self.tab in (owned.name, WHOLE):
                owned.refresh()
        shown: dict[str, Any] = {}
        if self.tab in ("story", "flow", WHOLE):
            shown["movers"] = reads.smart_movers(store, market)
        if self.tab in ("story", WHOLE):
            shown |= {
                "prices": reads.market_price_history(store, market),
                "flow": reads.smart_flow(store, market, self.settings.smart_tiers),
                "holding": reads.market_holder_sides(store, market),
                "siblings": reads.market_siblings(store, market, row["event_id"]),
                "watched": reads.watched(store, market_id=market),
            }
        if self.tab in ("flow", WHOLE):
            shown |= {
                "history": reads.market_smart_history(store, market),
                "hours": reads.smart_flow_by_tier(store, "hour", market),
                "days": reads.smart_flow_by_tier(store, "day", market),
            }
        return MarketData(market=row, as_of=row["priced_at"] or row["updated_at"], **shown)

    def judge(self, data: MarketData) -> Judgement:
        """Empty without a known market, too little while the lean is withheld."""
        row = data.market
        if not self.key:
            return PageState.EMPTY, self.wrong
        if row is None:
            unknown = (
                f"There is no market {self.key[:20]} here; the list of markets has those we know."
            )
            return PageState.EMPTY, unknown
        if row["lean_label"] == "INSUFFICIENT":
            missing = max(LEAN_NEEDS - (row["smart_count"] or 0), 1)
            return PageState.TOO_LITTLE, (
                f"Lean is withheld: it needs {missing} more smart wallets with $100 in this market."
            )
        return PageState.READY, ""

    def _age(self, data: MarketData, job: Row | None) -> tuple[datetime | None, Freshness]:
        """As every page; a resolved market does not grow stale."""
        resolved = data.market is not None and data.market["status"] == "RESOLVED"
        return super()._age(data, None if resolved else job)

    def header(self) -> list[list[Cell]]:
        """Question, status, event, end, links."""
        row = self.market
        if row is None:
            return []
        question = {"t": cells.line(row["question"] or "untitled", 200)}
        converts = [cells.chip("negative risk", "", CONVERTS)] if row["neg_risk"] else []
        event = [{"t": "event", "c": "dim"}, cells.text(row["event_title"], most=120)]
        return [
            [{**question, "h": cells.line(row["question"], 1000)}],
            [
                status(row),
                cells.text(row["category"], "uncategorised"),
                *converts,
                {"t": "ends", "c": "dim"},
                cells.when(row["end_date"], self.clock(), "no end date"),
                cells.text("Polymarket", link=links.event_on_polymarket(row["event_slug"])),
                cells.copyable(row["condition_id"], c="dim"),
            ],
            *([event] if row["event_title"] else []),
        ]

    def kpis(self) -> list[Kpi]:
        """The row of figures."""
        row, now = self.market, self.clock()
        return [kpi.of(row, now) for kpi in KPIS] if row else []

    def resolution(self) -> list[list[Cell]]:
        """How and whether it resolved, and its text."""
        row = self.market
        if row is None:
            return []
        lines = [[{"t": resolved(row)}]]
        if row["resolution_source"]:
            source = cells.line(row["resolution_source"], 200)
            lines.append([{"t": "source", "c": "dim"}, {"t": source}])
        if row["description"]:
            lines.append([{"t": cells.line(row["description"], 900)}])
        return lines

    def sides(self) -> list[Row]:
        """Per outcome: holders, shares, cost, value and average entry of the wallets we follow."""
        sums: dict[int, Row] = {}
        for row in self.data.holding:
            named = {"outcome": row["outcome"], "outcome_index": row["outcome_index"]}
            empty = {"holders": 0, "shares": Decimal(0), "cost": Decimal(0), "value": Decimal(0)}
            side = sums.setdefault(row["outcome_index"], {**named, **empty})
            for key in SUMMED:
                side[key] += row[key] or 0
        return [{**side, "entry": _entry(side)} for side in sums.values()]

    def put(self, note: str) -> int:
        """Put the market on the watchlist."""
        if self.market is None:
            raise ParameterError("There is no market to watch.")
        return watch_market(self.store, str(self.market["id"]), note)


def _entry(side: Row) -> Any:
    return side["cost"] / side["shares"] if side["shares"] else None


def resolved(row: Row) -> str:
    """How a market resolved, or that it has not."""
    if row["status"] == "CLOSED":
        return "Trading has ended; the payouts are not known yet."
    if row["status"] != "RESOLVED":
        return "Not resolved yet."
    paid = [
        f"{cells.line(one['name'] or '?', 40)} pays {formats.cents(one['payout'])}"
        for one in row["outcomes"]
        if one["payout"] is not None
    ]
    at = formats.utc(row["resolved_at"]) if row["resolved_at"] else "at an unknown time"
    return f"Resolved {at}: {', '.join(paid) or 'payouts not stored'}."
