"""The world the server reads: who trades, what can be traded, and one ledger of wallet-side entries.

Units: times are Unix seconds (UTC); money and shares are integer micro-units (1e-6 USD, 1e-6 share); prices
are integer pico-units (1e-12 USD per share), because the API prints up to twelve decimals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

CREATED_BEFORE = 1_800
NO_INDEX = -1
"""Value of the columns `market` and `outcome` where an entry has none (the API says "" and 999)."""


class Kind(IntEnum):
    """What an entry is; combos have kinds of their own, since they belong to no market."""

    TRADE = 1
    SPLIT = 2
    MERGE = 3
    REDEEM = 4
    CONVERSION = 5
    REWARD = 6
    MAKER_REBATE = 7
    TAKER_REBATE = 8
    YIELD = 9
    REFERRAL_REWARD = 10
    DEPOSIT = 11
    WITHDRAWAL = 12
    COMBO_TRADE = 13
    COMBO_REDEEM = 14

    @property
    def word(self) -> str:
        """The API's word for it."""
        return self.name.removeprefix("COMBO_")


class Side(IntEnum):
    """Side of a trade from the wallet's view; NONE for everything that is not a trade."""

    NONE = 0
    BUY = 1
    SELL = 2


@dataclass(slots=True)
class TraderInfo:
    """One wallet. `kind` is one of `KINDS`, or "recorded"; `skill` is its true edge in log-odds (0: none);
    `owner` is the address of the key that controls it, which trades nothing itself."""

    address: str
    name: str
    pseudonym: str = ""
    bio: str = ""
    kind: str = "noise"
    skill: float = 0.0
    joined_at: int = 0
    owner: str = ""
    profile_image: str = ""
    x_username: str = ""
    verified: bool = False


@dataclass(slots=True)
class Tag:
    """A gamma tag."""

    id: str
    label: str
    slug: str


@dataclass(slots=True)
class EventInfo:
    """A question group. `neg_risk` events resolve exactly one of their markets to Yes."""

    gamma_id: str
    slug: str
    title: str
    category: str
    tags: tuple[Tag, ...]
    neg_risk: bool
    neg_risk_market_id: str
    created_at: int
    end_at: int
    description: str = ""
    icon: str = ""
    markets: list[int] = field(default_factory=list)


@dataclass(slots=True)
class MarketInfo:
    """One question. `payouts` are micro per outcome, sum 1_000_000, or None while not resolved.

    `closed_at` is when trading stopped (None: still open), `resolved_at` when the payouts became known.
    `fee_rate` is the feeSchedule's rate, None where no fee is charged; a `fee_type` without a rate is a fee
    of unknown rate. `open_price_micro` is the price of outcome 0 before the first trade, `tick_micro` the
    smallest price step of its order book.
    """

    gamma_id: str
    condition_id: str
    question_id: str
    event: int
    slug: str
    question: str
    description: str
    outcomes: tuple[str, str]
    token_ids: tuple[str, str]
    group_item_title: str = ""
    fee_rate: float | None = None
    open_at: int = 0
    end_at: int = 0
    closed_at: int | None = None
    resolved_at: int | None = None
    payouts: tuple[int, int] | None = None
    open_price_micro: int = 500_000
    tick_micro: int = 10_000
    icon: str = ""
    fee_type: str = ""
    version: str = "v1"

    @property
    def created_at(self) -> int:
        """When the question came into being, half an hour before it could be traded."""
        return self.open_at - CREATED_BEFORE

    @property
    def long_condition_id(self) -> str:
        """The condition with 64 digits, as the clob writes it: 31 bytes get a `00`."""
        return self.condition_id + "00" if self.version == "v2" else self.condition_id

    @property
    def has_fee(self) -> bool:
        """Whether takers pay a fee, of a known rate or not."""
        return self.fee_rate is not None or bool(self.fee_type)


@dataclass(slots=True)
class Combo:
    """A bet that all its legs win: (market, outcome) each. Outcome 0 of the combo is that they do."""

    condition_id: str
    position_id: str
    legs: tuple[tuple[int, int], ...]
    opened_at: int


@dataclass(slots=True)
class Opening:
    """Shares that no row explains, and what they cost: bought before the ledger begins, or sent by somebody
    (for nothing, `at` a second). Positions show them, activity does not."""

    trader: int
    market: int
    outcome: int
    size_micro: int
    cost_micro: int
    at: int = 0


COLUMNS: Mapping[str, type] = {
    "ts": np.int64,
    "trader": np.int32,
    "kind": np.int8,
    "market": np.int32,
    "outcome": np.int8,
    "side": np.int8,
    "is_taker": np.bool_,
    "size_micro": np.int64,
    "price_pico": np.int64,
    "fee_micro": np.int64,
    "cash_micro": np.int64,
    "tx": np.int64,
    "legs": np.int64,
}


class Entries:
    """The ledger: parallel columns, one row per wallet-side entry, in time order; the row number is its
    sequence.

    cash_micro is what the API calls usdcSize, never negative: BUY notional + fee, SELL notional - fee,
    SPLIT and MERGE the amount, REDEEM the payout, CONVERSION (k - 1) x size, income its amount. REDEEM has
    one row per outcome token burned (outcome NO_INDEX: recorded in the shape before August 2026, size =
    payout). `legs` of a CONVERSION: bit j set means the NO token of the event's j-th market was
    given up; its `market` is the first such leg. For the kinds of combos it is the number of the combo, which
    has no market and no outcome. Rows of one transaction share `tx` and are adjacent.
    """

    def __init__(self, columns: Mapping[str, np.ndarray] | None = None) -> None:
        """Take over equally long columns; missing ones are filled with 0 (`market`, `outcome`: NO_INDEX)."""
        given = dict(columns or {})
        rows = len(next(iter(given.values()))) if given else 0
        self._len = rows
        self._cols = {
            name: np.ascontiguousarray(given[name], dtype)
            if name in given
            else _blank(name, rows, dtype)
            for name, dtype in COLUMNS.items()
        }

    def __len__(self) -> int:
        return self._len

    def __getattr__(self, name: str) -> np.ndarray:
        try:
            column: np.ndarray = self.__dict__["_cols"][name][: self.__dict__["_len"]]
            return column
        except KeyError:
            raise AttributeError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(COLUMNS)

    def append(self, batch: Entries) -> range:
        """Add a batch in time order at the end; returns its row numbers. Amortised O(len(batch))."""
        end = self._len + len(batch)
        for name in COLUMNS:
            column = self._cols[name]
            if end > len(column):
                column = np.concatenate(
                    [
                        column,
                        np.empty(max(end - len(column), len(column) // 2 + 1024), column.dtype),
                    ]
                )
            column[self._len : end] = getattr(batch, name)
            self._cols[name] = column
        rows = range(self._len, end)
        self._len = end
        return rows

    def nbytes(self) -> int:
        """Bytes held by the columns."""
        return sum(column.nbytes for column in self._cols.values())


def _blank(name: str, rows: int, dtype: type) -> np.ndarray:
    return np.full(rows, NO_INDEX if name in ("market", "outcome") else 0, dtype)
