"""The contracts whose logs are read: since when, until when, in which collateral, and how a fee is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from smartmoney.chain.events import ChainKind


class Era(StrEnum):
    """How an exchange takes its fee."""

    IN_RECEIVED = "from what the order receives: shares of a BUY, dollars of a SELL"
    IN_COLLATERAL = "in collateral, beside the amounts"
    NONE = "none"


@dataclass(frozen=True)
class Contract:
    """One contract of the venue on Polygon.

    Attributes:
        address: lower case.
        name: for people.
        first: the day it was opened to everybody, None where not known; a few logs are older.
        last: the last day of ordinary trading, None while it is in use.
        collateral: symbol of what a share costs and pays.
        era: how its fee is taken.
        events: names of the events that are read from it.
    """

    address: str
    name: str
    first: date | None
    last: date | None
    collateral: str
    era: Era
    events: frozenset[str]

    @property
    def kinds(self) -> frozenset[ChainKind]:
        """What its logs can say."""
        return frozenset().union(*(_KINDS[name.split("/")[0]] for name in self.events))


_KINDS = {
    "OrderFilled": {ChainKind.BUY, ChainKind.SELL},
    "PositionSplit": {ChainKind.SPLIT},
    "PositionsMerge": {ChainKind.MERGE},
    "PayoutRedemption": {ChainKind.REDEEM},
    "PositionsConverted": {ChainKind.CONVERSION},
    "MarketPrepared": {ChainKind.MARKET},
    "ConditionResolution": {ChainKind.RESOLUTION},
    "TransferSingle": {ChainKind.TRANSFER},
    "TransferBatch": {ChainKind.TRANSFER},
}

_FILLS_1 = frozenset({"OrderFilled/1"})
_FILLS_2 = frozenset({"OrderFilled/2"})
_TRANSFERS = frozenset({"TransferSingle", "TransferBatch"})
_TOKENS = _TRANSFERS | {
    "PositionSplit",
    "PositionsMerge",
    "PayoutRedemption",
    "ConditionResolution",
}
_ADAPTER = frozenset(
    {"PositionSplit/adapter", "PositionsMerge/adapter", "PayoutRedemption/adapter"}
) | {"PositionsConverted", "MarketPrepared"}

CONTRACTS = (
    Contract(
        "0x4d97dcd97ec945f40cf65f87097ace5ea0476045",
        "conditional tokens",
        None,
        None,
        "USDC.e",
        Era.NONE,
        _TOKENS,
    ),
    Contract(
        "0x4bfb41d5b3570defd03c39a9a4d8de6bd8b8982e",
        "exchange, version 1",
        None,
        date(2026, 4, 28),
        "USDC.e",
        Era.IN_RECEIVED,
        _FILLS_1,
    ),
    Contract(
        "0xc5d563a36ae78145c45a50134d48a1215220f80a",
        "exchange for negative risk, version 1",
        None,
        date(2026, 4, 28),
        "USDC.e",
        Era.IN_RECEIVED,
        _FILLS_1,
    ),
    Contract(
        "0xd91e80cf2e7be2e162c6513ced06f1dd0da35296",
        "adapter for negative risk",
        None,
        None,
        "USDC.e",
        Era.NONE,
        _ADAPTER,
    ),
    Contract(
        "0xe111180000d2663c0091e4f400237545b87b996b",
        "exchange, version 2",
        date(2026, 4, 28),
        None,
        "pUSD",
        Era.IN_COLLATERAL,
        _FILLS_2,
    ),
    Contract(
        "0xe2222d279d744050d28e00520010520000310f59",
        "exchange for negative risk, version 2",
        date(2026, 4, 28),
        None,
        "pUSD",
        Era.IN_COLLATERAL,
        _FILLS_2,
    ),
    Contract(
        "0xe3333700ca9d93003f00f0f71f8515005f6c00aa",
        "exchange, version 3",
        date(2026, 5, 29),
        None,
        "pUSD",
        Era.IN_COLLATERAL,
        _FILLS_2,
    ),
    Contract(
        "0x006f54f7f9a22e0000cc2ab60031000000ae9fef",
        "position manager of Protocol V2",
        date(2026, 5, 29),
        None,
        "pUSD",
        Era.NONE,
        _TRANSFERS,
    ),
)
BY_ADDRESS = {contract.address: contract for contract in CONTRACTS}
EXCHANGES = frozenset(each.address for each in CONTRACTS if ChainKind.BUY in each.kinds)
TOKENS, ADAPTER = CONTRACTS[0].address, CONTRACTS[3].address
