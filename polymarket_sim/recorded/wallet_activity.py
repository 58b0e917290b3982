"""Set `wallet_0x4f34`: raw `/activity` rows of one wallet (fills, redemptions of the older shape, a rebate).

The markets themselves were not recorded: they are built from what the rows say. Who won is known where a
redemption tells: a paying one pays the shares of the winning outcome, one that pays nothing tells that what
was held has lost. Everywhere else, and where both outcomes were held in equal number, the market is closed
without a known result.
"""

from __future__ import annotations

import re
from pathlib import Path

from polymarket_sim import ids
from polymarket_sim.model import NO_INDEX, Kind, MarketInfo, Side
from polymarket_sim.recorded import fields, wallet
from polymarket_sim.recorded.fields import Damage, Row
from polymarket_sim.recorded.recording import Recorded, Recording
from smartmoney.units import MICRO

ACTIVITY = "onchain_activity.json"
KINDS = {kind.name: kind for kind in Kind if kind is not Kind.CONVERSION}
OF_A_MARKET = {Kind.TRADE, Kind.SPLIT, Kind.MERGE, Kind.REDEEM}
SIDES = {"BUY": Side.BUY, "SELL": Side.SELL}
ROUNDING = 1
WINDOW = re.compile(r"([a-z]+)-updown-(\d+)([mh])-(\d{10})")
SPAN = {"m": 60, "h": 3_600}
COINS = {"btc": ("Bitcoin",), "eth": ("Ethereum",)}


def load(folder: Path) -> Recording:
    """Read the set; RecordingError names file, row and remedy when a part is missing or damaged."""
    reader = _Reader()
    file = folder / ACTIVITY
    rows = fields.each(file, fields.filled(file, fields.json_value(file, list)), reader.entry)
    recording = reader.recording
    recording.rows = sorted(reversed(rows), key=lambda row: row.ts)
    by_market: dict[str, list[Recorded]] = {}
    for entry in recording.rows:
        by_market.setdefault(entry.condition_id, []).append(entry)
    for condition_id, (market, event_slug) in reader.markets.items():
        market.payouts = payouts(by_market[condition_id])
        _date(market, by_market[condition_id], recording.rows[-1].ts)
        recording.add(market, wallet.event(event_slug, market, _labels(market.slug)))
    return recording


class _Reader:
    """Reads rows and gathers the markets they mention, with the slugs of their events."""

    def __init__(self) -> None:
        self.recording = Recording()
        self.markets: dict[str, tuple[MarketInfo, str]] = {}
        self.named: set[tuple[str, int]] = set()

    def entry(self, row: Row) -> Recorded:
        """One row in the simulator's terms; its market is added when it is new."""
        kind = fields.choice(row, "type", KINDS)
        market = self.market(row) if kind in OF_A_MARKET else None
        entry = Recorded(
            ts=fields.seconds(row, "timestamp"),
            wallet=wallet.wallet(self.recording, row),
            tx_hash=fields.hash32(row, "transactionHash"),
            cash_micro=fields.micro(row, "usdcSize"),
            size_micro=fields.micro(row, "size"),
            kind=kind,
            condition_id=market.condition_id if market else "",
            is_taker=False,
        )
        if kind is Kind.TRADE and market is not None:
            return self.fill(row, market, entry)
        if row.get("asset"):
            raise Damage(
                f"asset is set on a {kind.name} row, which the shape of this set does not know"
            )
        return entry

    def fill(self, row: Row, market: MarketInfo, entry: Recorded) -> Recorded:
        """The rest of a TRADE row; cash beyond size times price is the fee, which only takers pay."""
        side, price = fields.choice(row, "side", SIDES), fields.decimal(row, "price", most=1)
        notional = fields.whole(fields.decimal(row, "size") * price * MICRO)
        fee = (entry.cash_micro - notional) * (1 if side is Side.BUY else -1)
        return entry._replace(
            outcome=self.outcome(row, market),
            side=side,
            price_pico=fields.pico(row, "price"),
            fee_micro=fee if fee > ROUNDING else 0,
            is_taker=fee > ROUNDING,
        )

    def outcome(self, row: Row, market: MarketInfo) -> int:
        """Index of the row's outcome; the first row of an outcome gives the market its label."""
        index, label = fields.choice(row, "outcomeIndex", wallet.INDEX), fields.text(row, "outcome")
        if (market.condition_id, index) not in self.named:
            self.named.add((market.condition_id, index))
            market.outcomes = (
                (label, market.outcomes[1]) if index == 0 else (market.outcomes[0], label)
            )
        return wallet.outcome(row, market)

    def market(self, row: Row) -> MarketInfo:
        """The market of the row's condition, as the row describes it."""
        condition_id = fields.hash32(row, "conditionId")
        if condition_id not in self.markets:
            title = fields.text(row, "title")
            market = MarketInfo(
                gamma_id="",
                condition_id=condition_id,
                question_id=wallet.question_id(condition_id),
                event=0,
                slug=fields.text(row, "slug"),
                question=title,
                description="",
                outcomes=("Up", "Down") if "Up or Down" in title else ("Yes", "No"),
                token_ids=ids.token_ids(condition_id, False),
                icon=fields.text(row, "icon", empty=True),
                fee_type="crypto_fees" if WINDOW.fullmatch(fields.text(row, "slug")) else "",
            )
            self.markets[condition_id] = market, fields.text(row, "eventSlug")
        return self.markets[condition_id][0]


def payouts(entries: list[Recorded]) -> tuple[int, int] | None:
    """Micro-dollars a market paid per share of each outcome, as redemptions tell; None where they do not."""
    paid = [entry.cash_micro for entry in entries if entry.kind is Kind.REDEEM]
    held = [sum(_shares(entry, outcome) for entry in entries) for outcome in (0, 1)]
    if sum(paid):
        winners = [outcome for outcome in (0, 1) if held[outcome] == sum(paid)]
    else:
        winners = [1 - outcome for outcome in (0, 1) if held[outcome] > 0]
    if not paid or len(winners) != 1:
        return None
    return (MICRO, 0) if winners == [0] else (0, MICRO)


def _shares(entry: Recorded, outcome: int) -> int:
    gains = entry.side is Side.BUY or entry.kind is Kind.SPLIT
    loses = entry.side is Side.SELL or entry.kind is Kind.MERGE
    return (gains - loses) * entry.size_micro if entry.outcome in (outcome, NO_INDEX) else 0


def _date(market: MarketInfo, entries: list[Recorded], last: int) -> None:
    """Opening, end, close and resolution: by the window in the slug, never after the first redemption."""
    window = WINDOW.fullmatch(market.slug)
    market.open_at = entries[0].ts
    if window:
        market.open_at = min(market.open_at, int(window[4]))
        market.end_at = int(window[4]) + int(window[2]) * SPAN[window[3]]
    traded = [entry.ts + 1 for entry in entries if entry.kind is Kind.TRADE]
    redeemed = [entry.ts for entry in entries if entry.kind is Kind.REDEEM]
    if redeemed:
        market.closed_at = min(max([market.end_at, *traded]) or redeemed[0], redeemed[0])
    elif window and market.end_at <= last:
        market.closed_at = max([market.end_at, *traded])
    market.resolved_at = market.closed_at if market.payouts is not None else None


def _labels(slug: str) -> tuple[str, ...]:
    window = WINDOW.fullmatch(slug)
    if window is None:
        return ()
    length = f"{window[2]}{window[3]}".upper()
    return ("Crypto", "Crypto Prices", *COINS.get(window[1], ()), "Up or Down", length, "Recurring")
