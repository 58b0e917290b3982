"""One trader: who, why this tier, curves, positions, trades, and fetching them now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode

from traitlets import Unicode

from smartmoney.errors import ParameterError
from smartmoney.prefect_rest import start_job
from smartmoney.store import reads
from smartmoney.store.alerts import watch_trader
from smartmoney.store.reads import Row
from smartmoney.widgets import cells, formats, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.models.base import PageState
from smartmoney.widgets.models.holdings import ActivityModel, PositionsModel, TradesModel
from smartmoney.widgets.models.listing import Column
from smartmoney.widgets.models.syncing import FETCHING, SCORING, Syncing, failed_last, stream_note
from smartmoney.widgets.models.traders import needs
from smartmoney.widgets.models.watching import WatchableModel

TABS = (
    ("summary", "Summary"),
    ("positions", "Positions"),
    ("trades", "Trades"),
    ("activity", "Activity"),
    ("score", "Score history"),
)
COVERAGE = {
    "complete": "our figures agree with the platform's",
    "partial": "part of the history is missing",
    "conflicted": "our figures and the platform's differ",
    "unchecked": "not compared with the platform yet",
}


class TraderModel(WatchableModel):
    """One trader by address; `tab` says which part is read.

    Attributes:
        address: wallet address in lower case; "" when the page was opened without a good one.
        tab: one of TABS.
    """

    name = "trader"
    job = "calculate_rarity_scores"
    jobs = ("sync_trader_trades", "sync_trader_positions", "calculate_rarity_scores")
    thing = "trader"
    consequence = "Fetched before others; rules with watched traders look at it."
    address = Unicode("")
    tab = Unicode("summary")

    def asked(self, query: str) -> None:
        """Take `address` and `tab`."""
        given = {
            key: values[0] for key, values in parse_qs(query.lstrip("?"), max_num_fields=50).items()
        }
        self.syncing: Syncing | None = None
        self.start = partial(start_job, self.settings)
        self.wrong = ""
        try:
            self.address = reads.wallet_address(given.get("address", ""))
        except ParameterError as error:
            self.wrong = (
                str(error)
                if given.get("address")
                else "Open a trader from the list, or put ?address=0x… here."
            )
        if given.get("tab") in dict(TABS):
            self.tab = given["tab"]
        shared = {"store": self._store, "settings": self.settings, "clock": self.clock}
        self.lists = {
            "positions": PositionsModel(self, **shared),
            "trades": TradesModel(self, **shared),
            "activity": ActivityModel(self, **shared),
        }

    @property
    def query(self) -> str:
        """address, and the tab where it is not the first."""
        return urlencode(
            {
                key: value
                for key, value in (("address", self.address), ("tab", self.tab))
                if value and value != "summary"
            }
        )

    @property
    def title(self) -> str:  # type: ignore[override]
        """The trader's name or short address."""
        row = self.trader
        return (
            formats.words(row["name"], 40)
            if row and row["name"]
            else formats.short_address(self.address) or "Trader"
        )

    @property
    def trader(self) -> Row | None:
        """The trader's row, once read and when known."""
        return self.data.get("trader")

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

    def read(self) -> dict[str, Any]:
        """The trader, and what the chosen tab needs."""
        found = reads.trader(self.store, self.address) if self.address else None
        if found is None:
            return {"trader": None, "sync": self._progress()}
        data = {
            "trader": found,
            "as_of": found["as_of"],
            "sync": self._progress(),
            **self._tab(found),
        }
        if self.tab in self.lists:
            self.lists[self.tab].owner_id = found["id"]
            self.lists[self.tab].refresh()
        return data

    def _tab(self, found: Row) -> dict[str, Any]:
        store, who = self.store, found["id"]
        if self.tab == "summary":
            return {
                "watched": reads.watched(store, trader_id=who),
                "days": reads.trader_daily(store, who),
                "categories": reads.trader_categories(store, who),
                "calibration": reads.trader_calibration(store, who),
                "peers": reads.trader_peers(store, who, found["rarity_score"]),
            }
        if self.tab == "score":
            return {"scores": reads.score_history(store, who)}
        return {}

    def judge(self, data: dict[str, Any]) -> tuple[PageState, str]:
        """Empty without a known wallet, too little before a score, partial where history is missing."""
        row = data["trader"]
        if not self.address:
            return PageState.EMPTY, self.wrong
        if row is None:
            return (
                PageState.EMPTY,
                f"{formats.short_address(self.address)} was never fetched; Sync now fetches it.",
            )
        if row["as_of"] is None:
            return (
                PageState.TOO_LITTLE,
                "This wallet is not scored yet: its trades have not been read, or not since.",
            )
        if row["needs_events"]:
            return (
                PageState.TOO_LITTLE,
                f"Skill is withheld from tiers above D: this wallet {needs(row)}.",
            )
        if row["coverage"] in ("partial", "conflicted"):
            return (
                PageState.PARTIAL,
                f"{COVERAGE[row['coverage']].capitalize()}: {row['coverage_reason'] or 'no detail'}.",
            )
        return PageState.READY, ""

    def sync(self) -> None:
        """Fetch this trader before all others, known or not, then score it.

        Raises:
            ParameterError: the page has no address.
        """
        if not self.address:
            raise ParameterError("Sync needs a wallet address.")
        reads.request_sync(self.store, self.address)
        wallet = {"addresses": [self.address]}
        self.syncing = Syncing(self.clock(), [self.start(job, wallet) for job in FETCHING])
        self.refresh()

    def _progress(self) -> list[Row]:
        return reads.sync_progress(self.store, self.address) if self.address else []

    def sync_note(self) -> str:
        """In words how far fetching and scoring are."""
        rows, now = self.data.get("sync", []), self.clock()
        if not rows:
            return "Never fetched." if self.address else ""
        parts = [stream_note(row, now, self.syncing) for row in rows]
        return " · ".join([*parts, *(self.syncing.notes() if self.syncing else [])])

    def tick(self) -> bool:
        """While a sync runs, look at every tick, and go on to the next step when one has ended."""
        if self.syncing is None:
            return super().tick()
        self.refresh()
        if self.syncing.fetched(self.data.get("sync", [])):
            failed = any(failed_last(row) for row in self.data["sync"])
            if self.syncing.scoring is None and not failed:
                self.syncing.scoring = self.start(SCORING, {}) or ""
            if failed or not self.syncing.scoring or self.syncing.scored(reads.stamp(self.store)):
                self.syncing = None
        return True

    def header(self) -> list[list[Cell]]:
        """Tier, name, address, badges and links."""
        row = self.trader
        if row is None:
            return (
                [[cells.text(formats.short_address(self.address) or "No trader")]]
                if self.address
                else []
            )
        now = self.clock()
        coverage = row["coverage"] or "unchecked"
        name = {
            **cells.text(row["name"] or formats.short_address(row["address"])),
            "h": formats.words(row["name"], 600),
        }
        address = {
            "t": formats.short_address(row["address"]),
            "h": row["address"],
            "y": row["address"],
        }
        return [
            [
                cells.tier(row["tier"], needs(row)),
                name,
                *([{"t": "✓", "h": "verified by the platform"}] if row["verified"] else []),
            ],
            [
                address,
                cells.chip(
                    coverage,
                    cells.COVERAGE_TONES[coverage],
                    f"{COVERAGE[coverage]}. {row['coverage_reason'] or ''}",
                ),
                *([cells.flags(row["flags"])] if row["flags"] else []),
                cells.text("Polymarket", link=links.profile_on_polymarket(row["address"])),
                cells.text("Polygonscan", link=links.wallet_in_explorer(row["address"])),
                {"t": "last trade", "c": "dim"},
                cells.when(row["last_active_at"], now, "none read"),
            ],
        ]

    def kpis(self) -> list[dict[str, Any]]:
        """The row of figures."""
        row = self.trader
        if row is None:
            return []
        why = needs(row)
        return [
            {
                "label": "rarityScore",
                "cell": cells.number(row["rarity_score"], why),
                "below": f"classic {row['rarity_classic']:,}"
                if row["rarity_classic"] is not None
                else "of 99,999",
            },
            {
                "label": "Skill edge",
                "cell": cells.interval(
                    row["skill_edge"], row["skill_lo"], row["skill_hi"], cells.reach([row]), why
                ),
                "below": "at a 50¢ price, 90 % interval",
                "hint": "how much better than the prices paid",
            },
            {
                "label": "P(skill)",
                "cell": cells.probability(row["skill_prob"], why),
                "below": f"q {row['q_value']:.3f}" if row["q_value"] is not None else "q –",
            },
            {
                "label": "Total PnL",
                "cell": cells.gain(row["total_pnl"]),
                "below": "realized + unrealized",
            },
            {
                "label": "Realized",
                "cell": cells.gain(row["realized_pnl"]),
                "below": f"unrealized {self._gain('unrealized_pnl')}",
            },
            {
                "label": "Win rate",
                "cell": cells.rate(row["win_rate"], row["decided_events"]),
                "below": "decided events",
            },
            {
                "label": "Profit factor",
                "cell": cells.factor(row["profit_factor"], row["decided_events"]),
                "below": "gains / losses",
            },
            {
                "label": "Max drawdown",
                "cell": cells.share(row["max_drawdown"]),
                "below": self._gain("max_drawdown_usd", loss=True),
            },
            {
                "label": "Trades",
                "cell": cells.number(row["trade_count"], "none read"),
                "below": f"{row['event_count']:,} events"
                if row["event_count"] is not None
                else "no events",
            },
            {
                "label": "ROI",
                "cell": cells.share(row["roi"]),
                "below": f"volume {self._usd('volume')}",
            },
        ]

    def _gain(self, key: str, loss: bool = False) -> str:
        value = (self.trader or {}).get(key)
        return formats.DASH if value is None else formats.gain(-value if loss else value)

    def _usd(self, key: str) -> str:
        value = (self.trader or {}).get(key)
        return formats.DASH if value is None else formats.usd(value)

    def why(self) -> list[list[Cell]]:
        """Why this tier: the stored reasons, what is missing, the flags in words."""
        row = self.trader
        if row is None:
            return []
        lines = [[{"t": reason}] for reason in row["reasons"]]
        if row["needs_events"]:
            lines.append([{"t": f"for a higher tier: {needs(row)}", "c": "amber"}])
        lines += [
            [{"t": f"flag {flag}: {cells.FLAG_WORDS.get(flag, 'flagged')}", "c": "amber"}]
            for flag in row["flags"]
        ]
        return lines or [[cells.none("not scored yet")]]

    def calendar(self) -> list[list[Any]]:
        """Per day the change of total PnL and its words, for the last year."""
        days = self.data.get("days", [])
        shown, before = [], None
        for row in days:
            change = float(row["total_pnl"]) - (before if before is not None else 0.0)
            before = float(row["total_pnl"])
            words = f"{row['day']:%d %b %Y}: {formats.gain(round(change, 2))}, {row['fills']} fills"
            shown.append([row["day"].isoformat(), round(change, 2), words])
        return shown[-371:]

    def peer_columns(self) -> Sequence[Column]:
        """Columns of the peers."""
        return (
            Column("tier", "Tier", lambda r: cells.tier(r["tier"])),
            Column(
                "name",
                "Trader",
                lambda r: cells.wallet(r["address"], r["name"]),
                left=True,
                stick=True,
            ),
            Column("rarity", "Rarity", lambda r: cells.number(r["rarity_score"])),
            Column(
                "edge",
                "Edge",
                lambda r: (
                    {"t": formats.points(r["skill_edge"])}
                    if r["skill_edge"] is not None
                    else cells.none("not computed")
                ),
            ),
            Column("pnl", "Total PnL", lambda r: cells.gain(r["total_pnl"])),
            Column("events", "Events", lambda r: cells.number(r["event_count"])),
            Column(
                "best",
                "Best in",
                lambda r: cells.text(r["best_category"], "none stands out"),
                left=True,
            ),
        )

    def score_columns(self) -> Sequence[Column]:
        """Columns of the score history."""
        reach = cells.reach(self.data.get("scores", ()))
        return (
            Column(
                "as_of", "As of", lambda r: {"t": formats.utc(r["as_of"])}, left=True, stick=True
            ),
            Column("tier", "Tier", lambda r: cells.tier(r["tier"])),
            Column("rarity", "Rarity", lambda r: cells.number(r["rarity_score"], "withheld")),
            Column(
                "edge",
                "Skill edge",
                lambda r: cells.interval(r["skill_edge"], r["skill_lo"], r["skill_hi"], reach),
            ),
            Column("prob", "P(skill)", lambda r: cells.probability(r["skill_prob"])),
            Column("pnl", "Total PnL", lambda r: cells.gain(r["total_pnl"])),
            Column("events", "Events", lambda r: cells.number(r["event_count"])),
            Column(
                "why",
                "Why",
                lambda r: cells.text("; ".join(r["reasons"]), "no reasons kept"),
                left=True,
            ),
        )
