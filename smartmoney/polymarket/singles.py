"""Routes that answer about one wallet or one token: profit series, token facts, price history, order book."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from smartmoney.errors import ApiRefused, ShapeChanged
from smartmoney.polymarket import values, walks
from smartmoney.polymarket.call import Param
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.pages import Page, Route, pages
from smartmoney.polymarket.values import Unreadable, must
from smartmoney.polymarket.walks import CursorWalk
from smartmoney.units import MICRO, MICRO_DIGITS

Record = TypeVar("Record")

MOST_CONDITIONS_OF_TOKENS = 10
NO_BOOK = 404


@dataclass(frozen=True, slots=True)
class PnlPoint:
    """A wallet's results up to a second, cumulative, as the API counts them; micro-dollars, None: not told.

    Attributes:
        ts: Unix seconds.
        realized_micro: booked on positions, fees and income apart.
        unrealized_micro: marked on what is held.
        trade_micro: what the profile's chart shows, before fees.
        fees_micro: net of refunds; negative is a cost.
        income_micro: rewards, rebates, yield, referrals.
        volume_micro: dollars traded.
        trades: fills so far.
    """

    ts: int
    realized_micro: int | None
    unrealized_micro: int | None
    trade_micro: int | None
    fees_micro: int | None
    income_micro: int | None
    volume_micro: int | None
    trades: int | None


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What the chain knows of a token; `payout_micro` is set once its market has resolved."""

    token_id: str
    condition_id: str
    outcome_index: int
    outcome: str
    payout_micro: int | None


@dataclass(frozen=True, slots=True)
class PricePoint:
    """A price (1e-12 USD per share) at a second; `step_s` 0 marks an exact tick, such as a payout."""

    ts: int
    price_pico: int
    step_s: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Best prices of a token's book, 1e-12 USD per share; None where a side is empty."""

    bid_pico: int | None
    ask_pico: int | None


def _point(row: dict[str, Any]) -> PnlPoint:
    trades = values.number(row, "trade_count")
    return PnlPoint(
        must(values.second(row, "timestamp"), "timestamp"),
        values.micro(row, "realized_pnl"),
        values.micro(row, "unrealized_pnl"),
        values.micro(row, "trade_pnl"),
        values.micro(row, "fees_paid"),
        values.micro(row, "wallet_income"),
        values.micro(row, "volume_usdc"),
        None if trades is None else int(trades),
    )


def user_pnl(
    client: Client, user: str, interval: str = "max", fidelity: str = "1d"
) -> list[PnlPoint]:
    """A wallet's cumulative results, oldest first; empty for a wallet nobody has seen.

    Raises:
        ShapeChanged: the answer has no points, or one that cannot be read.
    """
    answer = client.get(
        "data", "/v2/user-pnl", {"user": user, "interval": interval, "fidelity": fidelity}
    ).json
    data = answer.get("data") if isinstance(answer, dict) else None
    if isinstance(answer, dict) and "data" in answer and data is None:
        return []
    points = data.get("points") if isinstance(data, dict) else None
    return _read(points, "/v2/user-pnl", _point)


def token_facts(client: Client, conditions: Sequence[str]) -> list[TokenFacts]:
    """Tokens of at most 10 markets, with their payouts where they resolved.

    Raises:
        ShapeChanged: the answer is no list of tokens.
    """
    wanted = list(conditions[:MOST_CONDITIONS_OF_TOKENS])
    if not wanted:
        return []
    answer = client.get("data", "/v2/tokens", {"condition": wanted}).json
    found = answer.get("data") if isinstance(answer, dict) else None
    return _read(found, "/v2/tokens", _facts)


def _facts(row: dict[str, Any]) -> TokenFacts:
    resolved = row.get("resolved") is True
    paid = values.scaled(row, "final_price", MICRO_DIGITS, 0, MICRO) if resolved else None
    token_id, place = values.token(row, "token_id"), values.index(row, "outcome_index")
    if token_id is None:
        raise Unreadable("token_id is missing")
    name = values.text(row, "outcome", values.LONGEST_NAME)
    return TokenFacts(
        token_id, values.condition(row, "condition_id"), must(place, "outcome_index"), name, paid
    )


def _read(found: Any, route: str, parse: Callable[[dict[str, Any]], Record]) -> list[Record]:
    """Rows of a short answer, all of which have to be readable."""
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ShapeChanged(f"{route} has no list of rows where it had one.")
    try:
        return [parse(row) for row in found]
    except Unreadable as error:
        raise ShapeChanged(f"{route} gave a row that cannot be read: {error}.") from None


def _price(row: dict[str, Any]) -> PricePoint:
    step = values.number(row, "resolution_seconds")
    return PricePoint(
        must(values.second(row, "timestamp"), "timestamp"),
        must(values.price(row, "price"), "price"),
        0 if step is None else int(step),
    )


PRICES: Route[PricePoint] = Route(
    "data", "/v2/prices-history", walks.v2_page, _price, ("timestamp", "price")
)


def prices_history(
    client: Client, token_id: str, interval: str = "max", step_s: int = 86_400
) -> Iterator[Page[PricePoint]]:
    """A token's prices over an interval (max, all, 1m, 1w, 1d, 6h, 1h), one every `step_s` seconds."""
    params: dict[str, Param] = {
        "token_id": token_id,
        "interval": interval,
        "bucket_seconds": step_s,
    }
    return pages(client, PRICES, CursorWalk(params))


def quote(client: Client, token_id: str) -> Quote | None:
    """Best bid and ask of a token: the last entry of either side. None where there is no book (any more).

    Raises:
        ShapeChanged: the answer is no book.
    """
    try:
        book = client.get("clob", "/book", {"token_id": token_id}).json
    except ApiRefused as error:
        if error.status == NO_BOOK:
            return None
        raise
    if not isinstance(book, dict) or not all(
        isinstance(book.get(side), list) for side in ("bids", "asks")
    ):
        raise ShapeChanged("/book has no bids and asks.")
    return Quote(
        *(
            values.price(book[side][-1], "price") if book[side] else None
            for side in ("bids", "asks")
        )
    )
