"""Which markets a conversion gave up: the bits of its index set are the last bytes of its event's questions."""

from __future__ import annotations

from eth_utils.crypto import keccak

from smartmoney.chain.contracts import ADAPTER
from smartmoney.errors import ParameterError

_TWO = (2).to_bytes(32, "big")


def condition(market: str, index: int) -> str:
    """The condition of one question of a negative-risk event.

    The question's id is the event's with `index` as its last byte; the condition hashes the adapter, the question and the
    number of outcomes (docs/polymarket-api.md, section 12).

    Args:
        market: negRiskMarketID, 0x and 64 hexadecimal digits.
        index: 0 to 255.

    Raises:
        ParameterError: it is no such id or index.
    """
    try:
        question = bytes.fromhex(market.removeprefix("0x"))[:31] + bytes([index])
    except ValueError as error:
        raise ParameterError(f"{market} with index {index} is no question: {error}.") from error
    if len(question) != 32:
        raise ParameterError(f"{market} is no id of an event: it has 32 bytes.")
    return "0x" + keccak(bytes.fromhex(ADAPTER[2:]) + question + _TWO).hex()


def given_up(market: str, index_set: int) -> tuple[str, ...]:
    """The conditions whose NO a conversion gave up, in order of their questions.

    Raises:
        ParameterError: `market` is no id of an event, or a bit lies beyond the 256th.
    """
    bits = range(index_set.bit_length())
    return tuple(condition(market, index) for index in bits if index_set >> index & 1)
