"""The events that are read, as their contracts declare them; a topic is the hash of its declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_abi import abi
from eth_utils.crypto import keccak


@dataclass(frozen=True)
class Field:
    """One argument of an event: its name, its type, whether it is a topic."""

    name: str
    type: str
    indexed: bool


@dataclass(frozen=True)
class Signature:
    """One event.

    Attributes:
        name: what this package calls it; two declarations of one name are told apart by what follows the slash.
        fields: its arguments in order.
        topic: the first word of its logs.
    """

    name: str
    fields: tuple[Field, ...]
    topic: bytes

    def arguments(self, topics: tuple[bytes, ...], data: bytes) -> dict[str, Any]:
        """The arguments of a log by name.

        Raises:
            eth_abi.exceptions.DecodingError: the data is no encoding of these types.
            ValueError: another number of topics than the event has.
        """
        indexed = [field for field in self.fields if field.indexed]
        plain = [field for field in self.fields if not field.indexed]
        words = {
            field.name: abi.decode([field.type], topic)[0]
            for field, topic in zip(indexed, topics[1:], strict=True)
        }
        values = abi.decode([field.type for field in plain], data)
        return words | {field.name: value for field, value in zip(plain, values, strict=True)}


def _signature(name: str, declared: str) -> Signature:
    fields = tuple(
        Field(part.split()[-1], part.split()[0], "indexed" in part.split())
        for part in declared.split(",")
    )
    types = ",".join(field.type for field in fields)
    return Signature(name, fields, keccak(text=f"{name.split('/')[0]}({types})"))


SIGNATURES = (
    _signature(
        "OrderFilled/1",
        "bytes32 indexed orderHash, address indexed maker, address indexed taker, uint256 makerAssetId, "
        "uint256 takerAssetId, uint256 makerAmountFilled, uint256 takerAmountFilled, uint256 fee",
    ),
    _signature(
        "OrderFilled/2",
        "bytes32 indexed orderHash, address indexed maker, address indexed taker, uint8 side, uint256 tokenId, "
        "uint256 makerAmountFilled, uint256 takerAmountFilled, uint256 fee, bytes32 builder, bytes32 metadata",
    ),
    _signature(
        "PositionSplit",
        "address indexed stakeholder, address collateralToken, bytes32 indexed parentCollectionId, "
        "bytes32 indexed conditionId, uint256[] partition, uint256 amount",
    ),
    _signature(
        "PositionsMerge",
        "address indexed stakeholder, address collateralToken, bytes32 indexed parentCollectionId, "
        "bytes32 indexed conditionId, uint256[] partition, uint256 amount",
    ),
    _signature(
        "PayoutRedemption",
        "address indexed redeemer, address indexed collateralToken, bytes32 indexed parentCollectionId, "
        "bytes32 conditionId, uint256[] indexSets, uint256 payout",
    ),
    _signature(
        "PositionSplit/adapter",
        "address indexed stakeholder, bytes32 indexed conditionId, uint256 amount",
    ),
    _signature(
        "PositionsMerge/adapter",
        "address indexed stakeholder, bytes32 indexed conditionId, uint256 amount",
    ),
    _signature(
        "PayoutRedemption/adapter",
        "address indexed redeemer, bytes32 indexed conditionId, uint256[] amounts, uint256 payout",
    ),
    _signature(
        "PositionsConverted",
        "address indexed stakeholder, bytes32 indexed marketId, uint256 indexed indexSet, uint256 amount",
    ),
    _signature(
        "MarketPrepared",
        "bytes32 indexed marketId, address indexed oracle, uint256 feeBips, bytes data",
    ),
    _signature(
        "ConditionResolution",
        "bytes32 indexed conditionId, address indexed oracle, bytes32 indexed questionId, uint256 outcomeSlotCount, "
        "uint256[] payoutNumerators",
    ),
    _signature(
        "TransferSingle",
        "address indexed operator, address indexed from, address indexed to, uint256 id, uint256 value",
    ),
    _signature(
        "TransferBatch",
        "address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] values",
    ),
)
BY_TOPIC = {signature.topic: signature for signature in SIGNATURES}
