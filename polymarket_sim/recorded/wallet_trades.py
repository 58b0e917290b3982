"""Set `wallet_0xee50`: raw `/trades` rows of one wallet, with the CLOB's records of the markets they are in.

Nothing charged fees then: the cash of a fill is its size times its price. The rows come from
`takerOnly=false` and do not say which side took; they are served as taker fills, so that no default hides
them.
"""

from __future__ import annotations

from pathlib import Path

from polymarket_sim.model import EventInfo, MarketInfo, Side, TraderInfo
from polymarket_sim.recorded import fields, wallet
from polymarket_sim.recorded.fields import Damage, Row
from polymarket_sim.recorded.recording import HeldBefore, Recorded, Recording
from smartmoney.units import MICRO

TRADES, MARKETS = "trades.parquet", "markets.json"
RESOLUTION, POSITIONS = "market_resolution.json", "closed_positions.json"
COLUMNS = (*wallet.PROFILE, *wallet.TOKEN, *wallet.FILL)
SIDES = {"BUY": Side.BUY, "SELL": Side.SELL}
ISO = "%Y-%m-%dT%H:%M:%SZ"
PAYOUTS = {(True, False): (MICRO, 0), (False, True): (0, MICRO), (False, False): None}


def load(folder: Path) -> Recording:
    """Read the set; RecordingError names the file, the row and the remedy when a part is missing or damaged.

    When a market resolved is not recorded: it is put at its scheduled end, but after its last trade and
    within the set.
    """
    recording = Recording()
    won = fields.json_value(folder / RESOLUTION, dict)
    records = fields.filled(folder / MARKETS, fields.json_value(folder / MARKETS, list))
    found = dict(fields.each(folder / MARKETS, records, lambda record: _market(record, won)))
    times: dict[str, list[int]] = {condition_id: [] for condition_id in found}

    def read(row: Row) -> Recorded:
        market, event = fields.choice(row, "conditionId", found)
        event.slug = fields.text(row, "eventSlug")
        trade = _trade(row, market, wallet.wallet(recording, row))
        times[market.condition_id].append(trade.ts)
        return trade

    rows = fields.each(folder / TRADES, fields.parquet(folder / TRADES, COLUMNS), read)
    recording.rows = sorted(reversed(rows), key=lambda row: row.ts)
    for condition_id, (market, event) in found.items():
        _date(market, times[condition_id], recording.rows[-1].ts + 1)
        recording.add(market, event)
    positions = fields.json_value(folder / POSITIONS, list)
    fields.each(folder / POSITIONS, positions, lambda row: _held(recording, row))
    return recording


def _trade(row: Row, market: MarketInfo, address: str) -> Recorded:
    size, price = fields.decimal(row, "size"), fields.decimal(row, "price", most=1)
    return Recorded(
        ts=fields.seconds(row, "timestamp"),
        wallet=address,
        tx_hash=fields.hash32(row, "transactionHash"),
        cash_micro=fields.whole(size * price * MICRO),
        size_micro=fields.micro(row, "size"),
        condition_id=market.condition_id,
        outcome=wallet.outcome(row, market),
        side=fields.choice(row, "side", SIDES),
        price_pico=fields.pico(row, "price"),
    )


def _market(record: Row, won: Row) -> tuple[str, tuple[MarketInfo, EventInfo]]:
    """A CLOB record as condition id, market and event; `won`, the second source of winners, must agree."""
    tokens = record.get("tokens")
    if not isinstance(tokens, list) or [type(token) for token in tokens] != [dict, dict]:
        raise Damage("tokens is not a list of two tokens")
    first, second = tokens
    market = MarketInfo(
        gamma_id="",
        condition_id=fields.hash32(record, "condition_id"),
        question_id=fields.hash32(record, "question_id"),
        event=0,
        slug=fields.text(record, "market_slug"),
        question=fields.text(record, "question"),
        description=fields.text(record, "description", empty=True),
        outcomes=(fields.text(first, "outcome"), fields.text(second, "outcome")),
        token_ids=(fields.text(first, "token_id"), fields.text(second, "token_id")),
        open_at=fields.moment(record, "accepting_order_timestamp", ISO),
        end_at=fields.moment(record, "end_date_iso", ISO)
        if record.get("end_date_iso") is not None
        else 0,
        payouts=_payouts(tokens, won.get(fields.hash32(record, "condition_id"))),
        tick_micro=fields.micro(record, "minimum_tick_size"),
        icon=fields.text(record, "icon", empty=True),
    )
    labels = [label for label in record.get("tags") or () if isinstance(label, str)]
    event = wallet.event(market.slug, market, labels)
    event.neg_risk = fields.choice(record, "neg_risk", wallet.FLAGS)
    event.neg_risk_market_id = fields.text(record, "neg_risk_market_id", empty=True)
    return market.condition_id, (market, event)


def _payouts(tokens: list[dict[str, object]], won: object) -> tuple[int, int] | None:
    winners = tuple(token.get("winner") for token in tokens)
    if not all(isinstance(winner, bool) for winner in winners) or winners not in PAYOUTS:
        raise Damage(
            f"winner is {winners[0]!r} and {winners[1]!r}, where at most one token can win"
        )
    if won != {token["token_id"]: winner for token, winner in zip(tokens, winners, strict=True)}:
        raise Damage(f"its winner is not the one that {RESOLUTION} names")
    return PAYOUTS[winners]


def _date(market: MarketInfo, times: list[int], last: int) -> None:
    """Put opening, close and resolution where the trades allow them; `last` is the end of the recording."""
    market.open_at = min([market.open_at, *times])
    if market.payouts is not None:
        market.closed_at = market.resolved_at = min(
            max([market.end_at, *(ts + 1 for ts in times)]), last
        )
    market.end_at = market.end_at or market.closed_at or 0


def _held(recording: Recording, row: Row) -> None:
    """Keep a position that no trade of the recording explains; its market is known from the row alone."""
    condition_id = fields.hash32(row, "conditionId")
    if condition_id in recording.markets:
        return
    index, address = (
        fields.choice(row, "outcomeIndex", wallet.INDEX),
        fields.address(row, "proxyWallet"),
    )
    recording.traders.setdefault(address, TraderInfo(address=address, name="", kind="recorded"))
    market = _market_of_position(row, condition_id, index, recording.rows)
    event = wallet.event(
        fields.text(row, "eventSlug"), market, (), gamma_id=fields.text(row, "eventId")
    )
    event.neg_risk = fields.choice(row, "negativeRisk", wallet.FLAGS)
    recording.add(market, event)
    size, cost = fields.micro(row, "size"), fields.micro(row, "initialValue")
    recording.held_before.append(HeldBefore(address, condition_id, index, size, cost))


def _market_of_position(
    row: Row, condition_id: str, index: int, rows: list[Recorded]
) -> MarketInfo:
    outcomes = fields.text(row, "outcome"), fields.text(row, "oppositeOutcome")
    tokens = fields.text(row, "asset"), fields.text(row, "oppositeAsset")
    price = fields.whole(fields.decimal(row, "avgPrice", most=1) * MICRO)
    market = MarketInfo(
        gamma_id="",
        condition_id=condition_id,
        question_id=wallet.question_id(condition_id),
        event=0,
        slug=fields.text(row, "slug"),
        question=fields.text(row, "title"),
        description="",
        outcomes=outcomes if index == 0 else outcomes[::-1],
        token_ids=tokens if index == 0 else tokens[::-1],
        open_at=rows[0].ts,
        open_price_micro=price if index == 0 else MICRO - price,
        end_at=fields.moment(row, "endDate", "%Y-%m-%d"),
        icon=fields.text(row, "icon", empty=True),
    )
    if fields.choice(row, "redeemable", wallet.FLAGS):
        paid = fields.whole(fields.decimal(row, "curPrice", most=1) * MICRO)
        market.payouts = (paid, MICRO - paid) if index == 0 else (MICRO - paid, paid)
        _date(market, [], rows[-1].ts + 1)
    return market
