"""The forms of the venue's identifiers, once: wallets, markets, tokens, transactions; all lower case.

A condition id names a market. It has 64 digits; those of Protocol V2 and of combos are 31 bytes, which one
service writes with 62 digits and another with 64, the last two being `00`: two spellings of one market.
"""

from __future__ import annotations

import re

from smartmoney.errors import ParameterError

ADDRESS = re.compile(r"0x[0-9a-f]{40}")
CONDITION = re.compile(r"0x(?:[0-9a-f]{64}|[0-9a-f]{62})")
TRANSACTION = re.compile(r"0x[0-9a-f]{64}")
TOKEN = re.compile(r"[0-9]{1,78}")
INTERNAL = re.compile(r"[0-9]{1,9}")
"""A key of our own database, which people may use in place of a condition id."""
ANY_CASE_ADDRESS = r"0x[0-9a-fA-F]{40}"
ANY_CASE_CONDITION = r"0x(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{62})"
NO_ADDRESS = "is no wallet address; one is 0x and 40 hexadecimal digits"

CONDITION_LENGTH = 66
SHORT_LENGTH = 64
"""Characters of a condition id of 31 bytes, `0x` among them."""
BINARY_PREFIX, NEG_RISK_PREFIX = "0x01", "0x02"
"""First bytes of the conditions of Protocol V2 that are markets; a combo's is 03."""
_GROUP_SUFFIX = "00"


def is_address(text: str) -> bool:
    """A wallet address in lower case."""
    return ADDRESS.fullmatch(text) is not None


def is_transaction(text: str) -> bool:
    """A transaction hash in lower case."""
    return TRANSACTION.fullmatch(text) is not None


def is_condition(text: str) -> bool:
    """A condition id in either spelling, in lower case."""
    return CONDITION.fullmatch(text) is not None


def is_combo(condition: str) -> bool:
    """The condition of a combo: 31 bytes that are no market of Protocol V2.

    Written with 64 digits it could as well be an ordinary market's, so only the short spelling tells.
    """
    return len(condition) == SHORT_LENGTH and not condition.startswith(
        (BINARY_PREFIX, NEG_RISK_PREFIX)
    )


def short(condition: str) -> str:
    """The spelling with 62 digits of a condition of 31 bytes; any other is left as it is."""
    if len(condition) == CONDITION_LENGTH and condition.endswith(_GROUP_SUFFIX):
        return condition.removesuffix(_GROUP_SUFFIX)
    return condition


def is_group(condition: str) -> bool:
    """It may be the negRiskMarketID of an event: such ids have 64 digits and end in `00`."""
    return len(condition) == CONDITION_LENGTH and condition.endswith(_GROUP_SUFFIX)


def spellings(condition: str) -> tuple[str, ...]:
    """The ways one condition of 31 bytes may be written, the one given first.

    An ordinary id that happens to end in `00` has a short spelling here too, which no market bears.
    """
    if len(condition) == SHORT_LENGTH:
        return condition, condition + _GROUP_SUFFIX
    if condition.endswith(_GROUP_SUFFIX):
        return condition, condition.removesuffix(_GROUP_SUFFIX)
    return (condition,)


def wallet_address(text: str) -> str:
    """A wallet address as people write it, in lower case.

    Raises:
        ParameterError: it is none.
    """
    address = text.strip().lower()
    if not is_address(address):
        raise ParameterError(f"{text.strip()[:60]!r} {NO_ADDRESS}.")
    return address
