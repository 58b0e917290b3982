"""Logs of the chain for tests, encoded by the codec from the declarations themselves."""

from __future__ import annotations

from typing import Any

from eth_abi import abi

from smartmoney.chain import BY_TOPIC, Log

EXCHANGE_1 = "0x4bfb41d5b3570defd03c39a9a4d8de6bd8b8982e"
EXCHANGE_2 = "0xe111180000d2663c0091e4f400237545b87b996b"
EXCHANGE_3 = "0xe3333700ca9d93003f00f0f71f8515005f6c00aa"
TOKENS = "0x4d97dcd97ec945f40cf65f87097ace5ea0476045"
ADAPTER = "0xd91e80cf2e7be2e162c6513ced06f1dd0da35296"
MANAGER = "0x006f54f7f9a22e0000cc2ab60031000000ae9fef"
ALICE, BOB = "0x" + "a1" * 20, "0x" + "b0" * 20
MARKET = bytes.fromhex("c0" * 32)
NAMES = {signature.name: signature for signature in BY_TOPIC.values()}


def log_of(name: str, address: str, **values: Any) -> Log:
    signature = NAMES[name]
    indexed = [field for field in signature.fields if field.indexed]
    plain = [field for field in signature.fields if not field.indexed]
    topics = (abi.encode([field.type], [values[field.name]]) for field in indexed)
    data = abi.encode([field.type for field in plain], [values[field.name] for field in plain])
    return Log(address, (signature.topic, *topics), data, "0x" + "7" * 64, 90_000_000, 3)


def filled_2(address: str = EXCHANGE_2, **values: Any) -> Log:
    usual = {"orderHash": MARKET, "maker": ALICE, "taker": address, "side": 0, "tokenId": 77}
    amounts = {"makerAmountFilled": 400_000, "takerAmountFilled": 1_000_000, "fee": 9_600}
    rest = {"builder": MARKET, "metadata": MARKET}
    return log_of("OrderFilled/2", address, **{**usual, **amounts, **rest, **values})


def match(number: int, block: int, *, size: int = 1_000_000) -> list[Log]:
    """A BUY of one wallet that takes two resting sales, in a transaction of its own."""
    taker, *makers = (f"0x{number * 10 + who:040x}" for who in (1, 2, 3))
    halves = (size // 3, size - size // 3)
    resting = [
        filled_2(
            maker=maker, taker=taker, side=1, makerAmountFilled=half, takerAmountFilled=half // 2
        )
        for maker, half in zip(makers, halves, strict=True)
    ]
    cash = sum(half // 2 for half in halves)
    took = filled_2(maker=taker, makerAmountFilled=cash, takerAmountFilled=size)
    transaction = f"0x{number:064x}"
    return [
        Log(log.address, log.topics, log.data, transaction, block, number * 3 + index)
        for index, log in enumerate([*resting, took])
    ]


def node_row(log: Log, second: int) -> dict[str, Any]:
    """A log as a node answers, with the time of its block."""
    return {
        "address": log.address,
        "topics": ["0x" + topic.hex() for topic in log.topics],
        "data": "0x" + log.data.hex(),
        "transactionHash": log.transaction,
        "blockNumber": hex(log.block),
        "logIndex": hex(log.index),
        "blockTimestamp": hex(second),
    }
