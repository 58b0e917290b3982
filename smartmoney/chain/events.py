"""A log as a node or a dump gives it, and the one kind of event that every known log becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from smartmoney.errors import ParameterError


class ChainKind(StrEnum):
    """What happened to the wallet of an event; to a MARKET and a RESOLUTION belongs none."""

    BUY = "buy"
    SELL = "sell"
    SPLIT = "split"
    MERGE = "merge"
    REDEEM = "redeem"
    CONVERSION = "conversion"
    TRANSFER = "transfer"
    MARKET = "market"
    RESOLUTION = "resolution"


@dataclass(frozen=True)
class Log:
    """One log of the chain.

    Attributes:
        address: the contract that wrote it, lower case.
        topics: up to four words of 32 bytes; the first names the event.
        data: the words that are not indexed.
        transaction: hash, lower case.
        block: number of the block.
        index: place in the block.
    """

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    transaction: str
    block: int
    index: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A log from the answer of `eth_getLogs`.

        Raises:
            ParameterError: a field is missing or is no hexadecimal text; the message names the fields.
        """
        try:
            return cls(
                str(row["address"]).lower(),
                tuple(_octets(topic) for topic in row["topics"]),
                _octets(row["data"]),
                str(row["transactionHash"]).lower(),
                _number(row["blockNumber"]),
                _number(row["logIndex"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ParameterError(
                "A log has address, topics, data, transactionHash, blockNumber and logIndex; "
                f"this one cannot be read ({type(error).__name__}: {error})."
            ) from error


def _octets(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _number(value: str | int) -> int:
    return value if isinstance(value, int) else int(value, 16)


@dataclass(frozen=True)
class ChainEvent:
    """What one log says of one wallet; a log of several tokens becomes several.

    Attributes:
        kind: what happened.
        wallet: whom it happened to: the owner of the order, the stakeholder, the sender of a transfer; "" of a market or a
            resolution.
        counterparty: the other side of a fill, the receiver of a transfer; "" elsewhere.
        contract: the contract that wrote the log.
        transaction: hash.
        block: number of the block.
        log_index: place in the block.
        part: place in the log, 0 but for transfers of several tokens, and for the outcomes of a resolution.
        token: outcome token, decimal; "" where the event names a market only.
        condition: the market; for a conversion and a MARKET the event's negRiskMarketID; "" for fills and transfers.
        index_set: a conversion's NO positions given up, or the outcomes of a redemption or resolution, as bits; 0
            elsewhere.
        size_micro: shares; of a redemption the shares handed in where the log names them, else -1; of a resolution one.
        cash_micro: dollars that the order gave or got before the fee, that a redemption paid, or that a share pays from
            its resolution on.
        fee_micro: dollars of fee.
        fee_shares_micro: shares of fee: a BUY on the exchanges of version 1 pays in what it receives.
        fee_bips: the fee of conversions in ten-thousandths that a MARKET is opened with; -1 elsewhere.
    """

    kind: ChainKind
    wallet: str
    counterparty: str
    contract: str
    transaction: str
    block: int
    log_index: int
    part: int = 0
    token: str = ""
    condition: str = ""
    index_set: int = 0
    size_micro: int = 0
    cash_micro: int = 0
    fee_micro: int = 0
    fee_shares_micro: int = 0
    fee_bips: int = -1

    @property
    def taker(self) -> bool:
        """The fill is that of the order that took: its log names the exchange that wrote it as the other side."""
        fill = self.kind in (ChainKind.BUY, ChainKind.SELL)
        return fill and self.contract != "" and self.counterparty == self.contract

    @property
    def shares_received_micro(self) -> int:
        """Shares by which the wallet's holding of the token grew or, negative, shrank through a fill."""
        if self.kind is ChainKind.BUY:
            return self.size_micro - self.fee_shares_micro
        return -self.size_micro if self.kind is ChainKind.SELL else 0
