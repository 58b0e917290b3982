"""The chain as a second source: logs of the venue's contracts, decoded into one kind of event; dumps to Parquet.

What each contract and topic means, since when, and how that is known stands in docs/polymarket-api.md, section 12.
"""

from smartmoney.chain.contracts import BY_ADDRESS, Contract, Era
from smartmoney.chain.conversions import condition, given_up
from smartmoney.chain.decoding import Decoded, Refusal, RefusedLog, decode
from smartmoney.chain.events import ChainEvent, ChainKind, Log
from smartmoney.chain.signatures import BY_TOPIC, Signature

__all__ = [
    "BY_ADDRESS",
    "BY_TOPIC",
    "ChainEvent",
    "ChainKind",
    "Contract",
    "Decoded",
    "Era",
    "Log",
    "Refusal",
    "RefusedLog",
    "Signature",
    "condition",
    "decode",
    "given_up",
]
