"""What became of each wallet's combos: entry, cost, payout and state, from the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from polymarket_sim.accounts.served import Served
from polymarket_sim.model import Kind, Side
from smartmoney.units import MICRO


@dataclass
class ComboHolding:
    """One wallet's holding of one combo, micro-units; `fees` are those of its purchases."""

    trader: int
    number: int
    first_ts: int
    last_ts: int = 0
    shares: int = 0
    bought: int = 0
    gross: int = 0
    fees: int = 0
    sold: int = 0
    paid: int = 0

    @property
    def pnl(self) -> int:
        """What sales and redemptions brought in, less all it cost."""
        return self.sold + self.paid - self.gross


def wins(served: Served, since: int) -> list[ComboHolding]:
    """Combos decided after a moment and redeemed at a profit."""
    held = [each for n in range(len(served.world.traders)) for each in holdings(served, n)]
    decided = [(each, decided_at(served, each.number)) for each in held if each.paid]
    return [each for each, at in decided if at is not None and at > since and each.pnl > 0]


def holdings(served: Served, trader: int | None) -> list[ComboHolding]:
    """All combos a wallet ever held, oldest first."""
    if trader is None or not served.world.combos:
        return []
    e, found = served.world.entries, dict[int, ComboHolding]()
    for row in served.world.by_trader.rows(trader).tolist():
        if e.kind[row] not in (Kind.COMBO_TRADE, Kind.COMBO_REDEEM):
            continue
        number, ts, size = int(e.legs[row]), int(e.ts[row]), int(e.size_micro[row])
        held = found.setdefault(number, ComboHolding(trader, number, ts))
        held.last_ts, cash = ts, int(e.cash_micro[row])
        if e.side[row] == Side.BUY:
            held.shares, held.bought = held.shares + size, held.bought + size
            held.gross, held.fees = held.gross + cash, held.fees + int(e.fee_micro[row])
            continue
        held.shares -= size
        if e.kind[row] == Kind.COMBO_REDEEM:
            held.paid += cash
        else:
            held.sold += cash
    return list(found.values())


def leg_payouts(served: Served, number: int) -> list[int | None]:
    """What each leg pays in micro-dollars; None while it is open."""
    legs = served.world.combos[number].legs
    paid = [served.world.markets[market].payouts for market, _ in legs]
    return [pays[side] if pays else None for pays, (_, side) in zip(paid, legs, strict=True)]


def payout(served: Served, number: int) -> int | None:
    """What a share of the combo pays; None while it may still win."""
    known = leg_payouts(served, number)
    if 0 in known:
        return 0
    total: int = MICRO
    for each in known:
        if each is None:
            return None
        total = total * each // MICRO
    return total


def decided_at(served: Served, number: int) -> int | None:
    """When that was known: with the first leg lost, or the last one won."""
    if payout(served, number) is None:
        return None
    legs = served.world.combos[number].legs
    times = {served.world.markets[market].resolved_at or 0: n for n, (market, _) in enumerate(legs)}
    known = leg_payouts(served, number)
    lost = [at for at, n in times.items() if known[n] == 0]
    return min(lost) if lost else max(times)


def status(served: Served, held: ComboHolding) -> str:
    """OPEN, REDEEMABLE, PARTIAL or how it was resolved; one that was sold before keeps OPEN."""
    known = leg_payouts(served, held.number)
    pays = payout(served, held.number)
    if pays is None:
        return "PARTIAL" if any(each is not None for each in known) else "OPEN"
    if pays == 0:
        return "RESOLVED_LOSS"
    if held.shares > 0:
        return "REDEEMABLE"
    return "RESOLVED_WIN" if pays == MICRO else "RESOLVED_PARTIAL"


def realized(served: Served, trader: int, at: int) -> int:
    """Micro-dollars that combos decided or left by a moment brought in, less all they cost."""
    total = 0
    for held in holdings(served, trader):
        when, pays = decided_at(served, held.number), payout(served, held.number)
        if when is not None and when <= at and pays is not None:
            total += held.sold + held.paid + held.shares * pays // MICRO - held.gross
        elif held.shares == 0 and held.last_ts <= at:
            total += held.pnl
    return total
