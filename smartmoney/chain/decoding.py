"""From a log to events; what cannot be read is refused with a reason that can be counted, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from eth_abi.exceptions import DecodingError

from smartmoney.chain.contracts import BY_ADDRESS, Contract, Era
from smartmoney.chain.events import ChainEvent, ChainKind, Log
from smartmoney.chain.signatures import BY_TOPIC

_LARGEST = 2**63 - 1
"""The largest amount a book can hold, in millionths."""
_WHOLE_FEE = 10_000
_SHARE = 1_000_000
_BINARY = ([1, 2], [2, 1])
_ZERO = bytes(32)


class Refusal(StrEnum):
    """Why a log gave no event."""

    CONTRACT = "unknown contract"
    TOPIC = "unknown topic of a known contract"
    MALFORMED = "data that is no encoding of its event"
    AMOUNT = "an amount beyond what a book holds"
    ASSETS = "a fill that is no trade of one token for collateral"
    NESTED = "a position of other than a market's two outcomes"


@dataclass(frozen=True)
class RefusedLog:
    """A log that gave no event, and why."""

    log: Log
    why: Refusal


Decoded = tuple[ChainEvent, ...] | RefusedLog


class _Refused(Exception):
    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


def decode(log: Log) -> Decoded:
    """The events of one log, or why it has none.

    A fill is the owner's of the order (`maker`); the log of the order that took names the exchange as its `taker`.
    """
    contract = BY_ADDRESS.get(log.address)
    if contract is None:
        return RefusedLog(log, Refusal.CONTRACT)
    signature = BY_TOPIC.get(log.topics[0]) if log.topics else None
    if signature is None or signature.name not in contract.events:
        return RefusedLog(log, Refusal.TOPIC)
    try:
        arguments = signature.arguments(log.topics, log.data)
        parts = _READERS[signature.name](arguments, contract)
    except _Refused as refused:
        return RefusedLog(log, refused.why)
    except (DecodingError, ValueError):
        return RefusedLog(log, Refusal.MALFORMED)
    return tuple(
        ChainEvent(
            contract=log.address,
            transaction=log.transaction,
            block=log.block,
            log_index=log.index,
            part=number,
            **{"wallet": "", "counterparty": "", **part},
        )
        for number, part in enumerate(parts)
    )


Parts = list[dict[str, Any]]


def _amount(value: int) -> int:
    if value > _LARGEST:
        raise _Refused(Refusal.AMOUNT)
    return value


def _fill(
    event: dict[str, Any], contract: Contract, *, buys: bool, token: int, size: int, cash: int
) -> Parts:
    fee = _amount(event["fee"])
    in_shares = buys and contract.era is Era.IN_RECEIVED
    return [
        {
            "kind": ChainKind.BUY if buys else ChainKind.SELL,
            "wallet": event["maker"],
            "counterparty": event["taker"],
            "token": str(token),
            "size_micro": _amount(size),
            "cash_micro": _amount(cash),
            "fee_micro": 0 if in_shares else fee,
            "fee_shares_micro": fee if in_shares else 0,
        }
    ]


def _filled_1(event: dict[str, Any], contract: Contract) -> Parts:
    gave, got = event["makerAssetId"], event["takerAssetId"]
    if (gave == 0) == (got == 0):
        raise _Refused(Refusal.ASSETS)
    buys = gave == 0
    amounts = event["makerAmountFilled"], event["takerAmountFilled"]
    cash, size = amounts if buys else amounts[::-1]
    return _fill(event, contract, buys=buys, token=got or gave, size=size, cash=cash)


def _filled_2(event: dict[str, Any], contract: Contract) -> Parts:
    if event["side"] not in (0, 1) or event["tokenId"] == 0:
        raise _Refused(Refusal.ASSETS)
    buys = event["side"] == 0
    amounts = event["makerAmountFilled"], event["takerAmountFilled"]
    cash, size = amounts if buys else amounts[::-1]
    return _fill(event, contract, buys=buys, token=event["tokenId"], size=size, cash=cash)


def _sets(kind: ChainKind) -> Callable[[dict[str, Any], Contract], Parts]:
    def read(event: dict[str, Any], contract: Contract) -> Parts:
        nested = event.get("parentCollectionId", _ZERO) != _ZERO
        if nested or list(event.get("partition", (1, 2))) not in _BINARY:
            raise _Refused(Refusal.NESTED)
        amount = _amount(event["amount"])
        return [
            {
                "kind": kind,
                "wallet": event["stakeholder"],
                "condition": _hex(event["conditionId"]),
                "size_micro": amount,
                "cash_micro": amount,
            }
        ]

    return read


def _redeemed(event: dict[str, Any], contract: Contract) -> Parts:
    bits = event["indexSets"]
    if event["parentCollectionId"] != _ZERO or not {*bits} <= {1, 2}:
        raise _Refused(Refusal.NESTED)
    return [_redemption(event, index_set=sum({*bits}), size_micro=-1)]


def _redeemed_by_adapter(event: dict[str, Any], contract: Contract) -> Parts:
    amounts = event["amounts"]
    if len(amounts) != 2:
        raise _Refused(Refusal.NESTED)
    bits = sum(1 << outcome for outcome, amount in enumerate(amounts) if amount)
    return [_redemption(event, index_set=bits, size_micro=_amount(sum(amounts)))]


def _redemption(event: dict[str, Any], **more: int) -> dict[str, Any]:
    return {
        "kind": ChainKind.REDEEM,
        "wallet": event["redeemer"],
        "condition": _hex(event["conditionId"]),
        "cash_micro": _amount(event["payout"]),
        **more,
    }


def _converted(event: dict[str, Any], contract: Contract) -> Parts:
    given_up = event["indexSet"].bit_count()
    if given_up == 0:
        raise _Refused(Refusal.MALFORMED)
    size = _amount(event["amount"])
    return [
        {
            "kind": ChainKind.CONVERSION,
            "wallet": event["stakeholder"],
            "condition": _hex(event["marketId"]),
            "index_set": event["indexSet"],
            "size_micro": size,
            "cash_micro": _amount((given_up - 1) * size),
        }
    ]


def _prepared(event: dict[str, Any], contract: Contract) -> Parts:
    if event["feeBips"] > _WHOLE_FEE:
        raise _Refused(Refusal.AMOUNT)
    return [
        {
            "kind": ChainKind.MARKET,
            "condition": _hex(event["marketId"]),
            "fee_bips": event["feeBips"],
        }
    ]


def _resolved(event: dict[str, Any], contract: Contract) -> Parts:
    parts = event["payoutNumerators"]
    if len(parts) != 2 or event["outcomeSlotCount"] != 2:
        raise _Refused(Refusal.NESTED)
    whole = sum(parts)
    if whole == 0:
        raise _Refused(Refusal.MALFORMED)
    return [
        {
            "kind": ChainKind.RESOLUTION,
            "condition": _hex(event["conditionId"]),
            "index_set": 1 << outcome,
            "size_micro": _SHARE,
            "cash_micro": part * _SHARE // whole,
        }
        for outcome, part in enumerate(parts)
    ]


def _moved_one(event: dict[str, Any], contract: Contract) -> Parts:
    return [_transfer(event, event["id"], event["value"])]


def _moved_many(event: dict[str, Any], contract: Contract) -> Parts:
    return [
        _transfer(event, token, value)
        for token, value in zip(event["ids"], event["values"], strict=True)
    ]


def _transfer(event: dict[str, Any], token: int, value: int) -> dict[str, Any]:
    return {
        "kind": ChainKind.TRANSFER,
        "wallet": event["from"],
        "counterparty": event["to"],
        "token": str(token),
        "size_micro": _amount(value),
    }


def _hex(word: bytes) -> str:
    return "0x" + word.hex()


_READERS: dict[str, Callable[[dict[str, Any], Contract], Parts]] = {
    "OrderFilled/1": _filled_1,
    "OrderFilled/2": _filled_2,
    "PositionSplit": _sets(ChainKind.SPLIT),
    "PositionsMerge": _sets(ChainKind.MERGE),
    "PayoutRedemption": _redeemed,
    "PositionSplit/adapter": _sets(ChainKind.SPLIT),
    "PositionsMerge/adapter": _sets(ChainKind.MERGE),
    "PayoutRedemption/adapter": _redeemed_by_adapter,
    "PositionsConverted": _converted,
    "MarketPrepared": _prepared,
    "ConditionResolution": _resolved,
    "TransferSingle": _moved_one,
    "TransferBatch": _moved_many,
}
