"""One trader: what is read, what that means, and fetching it now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from traitlets import Unicode

from smartmoney import formats
from smartmoney.errors import ParameterError
from smartmoney.prefect_rest import start_job
from smartmoney.schema import COVERAGE, FLAGS
from smartmoney.store import reads
from smartmoney.store.alerts import watch_trader
from smartmoney.store.filters import parameters
from smartmoney.store.reads import ActivityFilter, PositionFilter, Row, TradeFilter
from smartmoney.store.streams import requests
from smartmoney.store.wallets import owners
from smartmoney.store.wallets.owners import WalletStanding
from smartmoney.widgets import cells, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.listing import OwnedList
from smartmoney.widgets.model import Judgement, PageState
from smartmoney.widgets.screens.trader.columns import ACTIVITY, KPIS, POSITIONS, TRADES
from smartmoney.widgets.screens.trader.syncing import (
    FETCHING,
    SCORING,
    Syncing,
    failed_last,
    stream_note,
)
from smartmoney.widgets.screens.traders.columns import needs
from smartmoney.widgets.table import Kpi
from smartmoney.widgets.watching import WatchableData, WatchableModel

TABS = (
    ("summary", "Summary"),
    ("positions", "Positions"),
    ("trades", "Trades"),
    ("activity", "Activity"),
    ("score", "Score history"),
)
DAYS_SHOWN = 371
SURE, COMMON = 0.95, 0.5
CONTRADICTION = (
    "P(skill) and q disagree: P(skill) begins with what wallets usually earn, q with luck alone and asks "
    "whether a record this good stands out among all wallets. Here it does not; rely on neither alone."
)


@dataclass(frozen=True, eq=False, kw_only=True)
class TraderData(WatchableData):
    """A trader, and what the chosen tab needs.

    Attributes:
        trader: the wallet's row, when it is known.
        standing: what is known of the address; None without one.
        sync: progress of its streams.
        days: results by day.
        categories: results by category.
        calibration: prices paid against outcomes.
        peers: wallets ranked beside it.
        scores: scores over time, oldest first.
    """

    trader: Row | None = None
    standing: WalletStanding | None = None
    sync: Sequence[Row] = ()
    days: Sequence[Row] = ()
    categories: Sequence[Row] = ()
    calibration: Sequence[Row] = ()
    peers: Sequence[Row] = ()
    scores: Sequence[Row] = ()


class TraderModel(WatchableModel[TraderData]):
    """One trader by address; `tab` says which part is read.

    Attributes:
        address: wallet address in lower case; "" when the page was opened without a good one.
        tab: one of TABS.
        syncing: the sync under way that was started here.
        start: starts a run of a job.
    """

    name = "trader"
    job = "calculate_rarity_scores"
    jobs = (
        "sync_trader_trades",
        "sync_trader_positions",
        "calculate_rarity_scores",
        "calculate_category_skill",
    )
    data_class = TraderData
    thing = "trader"
    consequence = "Fetched before others; rules with watched traders look at it."
    address = Unicode("")
    tab = Unicode("summary")

    def apply_query(self, query: str) -> None:
        """Take `address` and `tab`."""
        given = dict(reversed(parameters(query)))
        self.syncing: Syncing | None = None
        self.start: Callable[..., str | None] = partial(start_job, self.settings)
        self.wrong = "Open a trader from the list, or put ?address=0x… here."
        try:
            self.address = reads.wallet_address(given.get("address", ""))
        except ParameterError as error:
            self.wrong = str(error) if given.get("address") else self.wrong
        if given.get("tab") in dict(TABS):
            self.tab = given["tab"]
        lists = (
            OwnedList(self, "positions", reads.trader_positions, PositionFilter, POSITIONS),
            OwnedList(self, "trades", reads.trader_trades, TradeFilter, TRADES),
            OwnedList(self, "activity", reads.trader_activity, ActivityFilter, ACTIVITY),
        )
        self.lists = {each.name: each for each in lists}

    @property
    def query(self) -> str:
        """address, and the tab where it is not the first."""
        return self.query_of(self.tab)

    def query_of(self, tab: str) -> str:
        """The query string of a tab."""
        given = {"address": self.address, "tab": "" if tab == "summary" else tab}
        return urlencode({key: value for key, value in given.items() if value})

    @property
    def title(self) -> str:  # type: ignore[override]
        """The trader's name or short address."""
        name = cells.line(self.trader["name"], 40) if self.trader else ""
        return name or formats.short_address(self.address) or "Trader"

    @property
    def trader(self) -> Row | None:
        """The trader's row, once read and when known."""
        return self.data.trader

    def choose(self, tab: str) -> None:
        """Show another tab.

        Raises:
            ParameterError: there is no such tab.
        """
        if tab not in dict(TABS):
            raise ParameterError(f"There is no tab {tab[:40]!r}.")
        self.tab = tab
        self.refresh()

    def put(self, note: str) -> int:
        """Put the trader on the watchlist."""
        return watch_trader(self.store, self.address, note)

    def read(self) -> TraderData:
        """The trader, and what the chosen tab needs."""
        if not self.address:
            return TraderData()
        standing = owners.standing(self.store, self.address)
        sync = reads.sync_progress(self.store, standing.wallet)
        known = standing.standing in ("known", "new")
        row = reads.trader(self.store, self.address) if known else None
        if row is None:
            return TraderData(standing=standing, sync=sync)
        if self.tab in self.lists:
            self.lists[self.tab].owner_id = row["id"]
            self.lists[self.tab].refresh()
        return TraderData(
            trader=row, standing=standing, as_of=row["as_of"], sync=sync, **self._tab(row)
        )

    def _tab(self, row: Row) -> dict[str, Any]:
        store, who = self.store, row["id"]
        if self.tab == "summary":
            return {
                "watched": reads.watched(store, trader_id=who),
                "days": reads.trader_daily(store, who),
                "categories": reads.trader_categories(store, who),
                "calibration": reads.trader_calibration(store, who),
                "peers": reads.trader_peers(store, who, row["rarity_score"]),
            }
        return {"scores": reads.score_history(store, who)} if self.tab == "score" else {}

    def judge(self, data: TraderData) -> Judgement:
        """Empty without a known wallet, too little before a score, partial where history is missing."""
        row = data.trader
        if not self.address:
            return PageState.EMPTY, self.wrong
        if row is None:
            return PageState.EMPTY, self._why_nothing(data)
        if row["as_of"] is None:
            why = "This wallet is not scored yet: its trades have not been read, or not since."
            return PageState.TOO_LITTLE, why
        if row["needs_events"]:
            why = f"Skill is withheld from tiers above D: this wallet {needs(row)}."
            return PageState.TOO_LITTLE, why
        if row["coverage"] in ("partial", "conflicted"):
            meaning, detail = COVERAGE[row["coverage"]], row["coverage_reason"] or "no detail"
            return PageState.PARTIAL, f"{meaning.capitalize()}: {detail}."
        return PageState.READY, ""

    def _why_nothing(self, data: TraderData) -> str:
        """Why the address has no trader, and what to do."""
        standing, who = data.standing, formats.short_address(self.address)
        if standing is None or standing.standing in ("known", "new"):
            return f"{who} was never fetched; Sync now fetches it."
        owner = standing.standing == "owner"
        step = "The link leads to its page." if owner else "Check the address."
        return f"{standing.sentence(self.address)} {step}"

    def sync(self) -> None:
        """Fetch this trader before all others, known or not, then score it.

        Raises:
            ParameterError: the page has no address.
        """
        if not self.address:
            raise ParameterError("Sync needs a wallet address.")
        requests.request_sync(self.store, self.address)
        wallet = {"addresses": [self.address]}
        self.syncing = Syncing(self.clock(), [self.start(job, wallet) for job in FETCHING])
        self.refresh()

    def sync_note(self) -> str:
        """In words how far fetching and scoring are."""
        if not self.data.sync:
            return "Never fetched." if self.address else ""
        now = self.clock()
        parts = [stream_note(row, now, self.syncing) for row in self.data.sync]
        return " · ".join([*parts, *(self.syncing.notes() if self.syncing else [])])

    def tick(self) -> bool:
        """While a sync runs, look at every tick, and go on to the next step when one has ended."""
        if self.syncing is None:
            return super().tick()
        self.refresh()
        if self.syncing.fetched(self.data.sync):
            failed = any(failed_last(row) for row in self.data.sync)
            if self.syncing.scoring is None and not failed:
                self.syncing.scoring = self.start(SCORING, {}) or ""
            if failed or not self.syncing.scoring or self.syncing.scored(reads.stamp(self.store)):
                self.syncing = None
        return True

    def header(self) -> list[list[Cell]]:
        """Tier, name, address, badges and links."""
        row = self.trader
        if row is None:
            return self._header_without_trader()
        address, verified = row["address"], {"t": "✓", "h": "verified by the platform"}
        name = cells.text(row["name"] or formats.short_address(address))
        return [
            [
                cells.tier(row["tier"], needs(row)),
                {**name, "h": cells.line(row["name"], cells.LONGEST_HOVER)},
                *([verified] if row["verified"] else []),
            ],
            [
                cells.copyable(address),
                self._coverage(row),
                *([cells.flags(row["flags"])] if row["flags"] else []),
                *(cells.chip(f"good at {name}", "gain") for name in row["good_at"]),
                cells.text("Polymarket", link=links.profile_on_polymarket(address)),
                cells.text("Polygonscan", link=links.wallet_in_explorer(address)),
                {"t": "last active", "c": "dim"},
                cells.when(row["last_active_at"], self.clock(), "none read"),
            ],
        ]

    def _header_without_trader(self) -> list[list[Cell]]:
        """The address alone; of an owner, a link to its trading wallet."""
        lines, standing = [], self.data.standing
        if self.address:
            lines.append([cells.text(formats.short_address(self.address))])
        if standing is not None and standing.standing == "owner":
            link = links.trader(standing.wallet)
            lines.append(
                [{"t": "trading wallet", "c": "dim"}, cells.text(standing.wallet, link=link)]
            )
        return lines

    @staticmethod
    def _coverage(row: Row) -> Cell:
        state = row["coverage"] or "unchecked"
        hover = f"{COVERAGE[state]}. {row['coverage_reason'] or ''}"
        return cells.chip(state, cells.COVERAGE_TONES[state], hover)

    def kpis(self) -> list[Kpi]:
        """The row of figures."""
        row, now = self.trader, self.clock()
        return [kpi.of(row, now) for kpi in KPIS] if row else []

    def why(self) -> list[list[Cell]]:
        """Why this tier: the stored reasons, what is missing, the flags in words."""
        row = self.trader
        if row is None:
            return []
        lines: list[list[Cell]] = [[{"t": reason}] for reason in row["reasons"]]
        if (row["skill_prob"] or 0) >= SURE and (row["q_value"] or 0) >= COMMON:
            lines.append([{"t": CONTRADICTION, "c": "amber"}])
        if row["needs_events"]:
            lines.append([{"t": f"for a higher tier: {needs(row)}", "c": "amber"}])
        for flag in row["flags"]:
            lines.append([{"t": f"flag {flag}: {FLAGS.get(flag, 'flagged')}", "c": "amber"}])
        return lines or [[cells.missing("not scored yet")]]

    def calendar(self) -> list[list[Any]]:
        """Per day the change of total PnL and its words, for the last year."""
        shown, before = [], 0.0
        for row in self.data.days:
            total = float(row["total_pnl"])
            change, before = round(total - before, 2), total
            fills = f"{row['fills']} fills"
            words = f"{row['day']:%d %b %Y}: {formats.signed_usd(change)}, {fills}"
            shown.append([row["day"].isoformat(), change, words])
        return shown[-DAYS_SHOWN:]
