"""How a closed market resolved: the routes that know, in the order in which they are believed.

Each takes conditions and gives pages of resolutions, with the source of the payouts noted in every one. What no route
tells is asked again later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from smartmoney.ids import spellings
from smartmoney.polymarket import market_endpoints
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.market_endpoints import MOST_CONDITIONS_OF_TOKENS
from smartmoney.polymarket.pages import FeedPage
from smartmoney.polymarket.types import MarketRecord, ResolutionRecord, TokenRecord
from smartmoney.units import MICRO

Pages = Iterator[FeedPage[ResolutionRecord]]


def by_oracle(client: Client, conditions: Sequence[str]) -> Pages:
    """What the oracle and the chain say."""
    for page in market_endpoints.resolutions(client, conditions):
        yield replace(page, rows=[_as_asked(row, conditions) for row in page.rows])


def _as_asked(row: ResolutionRecord, conditions: Sequence[str]) -> ResolutionRecord:
    """The row under the spelling of the condition that was asked for."""
    if not row.condition_id or row.condition_id in conditions:
        return row
    own = next((each for each in spellings(row.condition_id) if each in conditions), None)
    return replace(row, condition_id=own) if own else row


def by_tokens(client: Client, conditions: Sequence[str]) -> Pages:
    """What the tokens of the markets are worth by the API's own books."""
    for start in range(0, len(conditions), MOST_CONDITIONS_OF_TOKENS):
        part = conditions[start : start + MOST_CONDITIONS_OF_TOKENS]
        for page in market_endpoints.tokens(client, part):
            paid = ((condition, _paid(condition, page.rows)) for condition in part)
            yield _page(page, [_resolution(each, pays, "tokens") for each, pays in paid if pays])


def _paid(condition: str, tokens: Sequence[TokenRecord]) -> tuple[int, ...] | None:
    """Payouts by outcome; None where a token's is missing, or they do not make a dollar."""
    named = set(spellings(condition))
    by_outcome: dict[int, set[int | None]] = defaultdict(set)
    for token in tokens:
        if token.condition_id in named or token.structural_id in named:
            by_outcome[token.outcome_index].add(token.payout_micro)
    if len(by_outcome) < 2 or any(len(each) > 1 or None in each for each in by_outcome.values()):
        return None
    if set(by_outcome) != set(range(len(by_outcome))):
        return None
    paid = tuple(int(min(by_outcome[place]) or 0) for place in sorted(by_outcome))  # type: ignore[type-var]
    return paid if _is_a_dollar(paid) else None


def by_listing(client: Client, conditions: Sequence[str]) -> Pages:
    """Which token the exchange calls the winner, or else the final prices of markets that are listed as closed."""
    for page in market_endpoints.markets(client, closed=True, conditions=conditions):
        winners = {row.condition_id: _by_winner(client, row) for row in page.rows}
        final = {row.condition_id: row.settled_micro for row in page.rows}
        rows = [
            *(_resolution(each, paid, "exchange winner") for each, paid in winners.items() if paid),
            *(
                _resolution(each, paid, "final prices")
                for each, paid in final.items()
                if paid and not winners[each]
            ),
        ]
        yield _page(page, rows)


def _by_winner(client: Client, market: MarketRecord) -> tuple[int, ...] | None:
    """Payouts in the order in which the market lists its outcomes; the exchange may have another."""
    winners = market_endpoints.winners(client, market.condition_id) or {}
    paid = tuple(winners.get(outcome.token_id, -1) for outcome in market.outcomes)
    return paid if paid and -1 not in paid else None


def _page(
    page: FeedPage[TokenRecord] | FeedPage[MarketRecord], rows: list[ResolutionRecord]
) -> FeedPage[ResolutionRecord]:
    return FeedPage(
        rows=rows,
        bad=page.bad,
        route=page.route,
        fields=page.fields,
        expected=page.expected,
        stop=page.stop,
    )


def _resolution(condition: str, paid: tuple[int, ...], source: str) -> ResolutionRecord:
    return ResolutionRecord(
        condition_id=condition, resolved_ts=None, payouts_micro=paid, source=source
    )


def _is_a_dollar(paid: tuple[int, ...]) -> bool:
    return bool(abs(sum(paid) - MICRO) <= len(paid))


ROUTES: tuple[Callable[[Client, Sequence[str]], Pages], ...] = (
    by_oracle,
    by_tokens,
    by_listing,
)
