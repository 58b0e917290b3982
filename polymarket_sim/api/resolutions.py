"""How markets resolved: keyed by condition with payouts, or as the oracle's life of the question without."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from polymarket_sim import ids
from polymarket_sim.accounts.served import Served
from polymarket_sim.api.chain import block_of
from polymarket_sim.api.data_v2 import Handler, envelope, selection
from polymarket_sim.api.gamma_parts import iso
from polymarket_sim.model import MarketInfo
from polymarket_sim.protocol.query import Query, Refused
from smartmoney.units import DAY_SECONDS, HOUR_SECONDS

ONE, UNSET = 10**18, "69"
LIVENESS = 2 * HOUR_SECONDS
ORACLE_ROWS = 4
"""One in so many resolved markets is told by its question: assumed, nobody counted them."""


class Resolutions:
    """The handler of `/v2/resolutions` over one world."""

    def __init__(self, served: Served) -> None:
        self.served = served

    def routes(self) -> dict[str, Handler]:
        """Paths and handlers of this part."""
        return {"/v2/resolutions": self.resolutions}

    def resolutions(self, query: Query) -> Response:
        """How markets resolved, or how far they got."""
        world = self.served.world
        if sum(query.has(name) for name in ("question_id", "condition", "event_id")) != 1:
            raise Refused(
                "provide exactly one of 'question_id', 'condition', or 'event_id'",
                parameter="condition",
            )
        question = query.text("question_id")
        if question:
            numbers = [n for n, m in enumerate(world.markets) if m.question_id == question]
        else:
            numbers = selection(self.served, query) or []
        rows = [self._row(number, world.markets[number], bool(question)) for number in numbers]
        return envelope(rows)

    def _row(self, number: int, market: MarketInfo, by_question: bool) -> dict[str, Any]:
        told = market.payouts is None or (number % ORACLE_ROWS == 0 and market.version == "v1")
        if by_question or told:
            return self._question(market, by_question)
        return self._condition(number, market)

    def _condition(self, number: int, market: MarketInfo) -> dict[str, Any]:
        """A resolved condition: times as text, no price; which optional fields there are varies."""
        when, paid = market.resolved_at or 0, market.payouts or (0, 0)
        row: dict[str, Any] = {
            "condition_id": market.condition_id,
            "status": "resolved",
            "extended_review": False,
            "was_disputed": self._disputed(market),
            "new_version_q": False,
            "transaction_hash": "",
            "log_index": "",
            "last_update_timestamp": iso(when),
            "payouts": list(paid),
            "resolution_source": "reported",
        }
        if number % 3:
            row["was_arbitrated"] = False
        if number % 5 == 1:
            row |= {"market_type": self._type(market), "reporter": self._reporter(market)}
        return row | {"resolved_block": block_of(when), "resolved_at": iso(when)}

    def _question(self, market: MarketInfo, by_question: bool) -> dict[str, Any]:
        """The life of a question: times as epoch text, the result in `price`."""
        status, when = self._state(market), market.resolved_at or market.closed_at or market.open_at
        price = UNSET if market.payouts is None else str(market.payouts[0] * ONE // 10**6)
        proposed = str(ONE) if status in ("proposed", "disputed") else price
        row = {
            "question_id": market.question_id,
            "condition_id": market.condition_id,
            "status": status,
            "extended_review": False,
            "was_disputed": self._disputed(market),
            "new_version_q": True,
            "proposed_price": proposed,
            "reproposed_price": str(ONE // 2) if status == "disputed" else UNSET,
            "price": price,
            "transaction_hash": ids.digest("resolution", market.question_id),
            "log_index": str(int(ids.digest("log", market.question_id, size=2), 16) % 1_000),
            "last_update_timestamp": str(when),
        }
        if by_question:
            del row["condition_id"]
        return row | self._estimate(status, when)

    def _estimate(self, status: str, when: int) -> dict[str, str]:
        """When a running proposal or vote may settle; both keys come together or not at all."""
        now = self.served.world.now
        if status == "proposed" and now < when + LIVENESS:
            return {
                "expected_settlement_time": iso(when + LIVENESS),
                "settlement_time_basis": "managed_proposal_expiration",
            }
        if status == "disputed":
            return {
                "expected_settlement_time": iso((now // DAY_SECONDS + 2) * DAY_SECONDS),
                "settlement_time_basis": "dvm_round_estimate",
            }
        return {}

    def _disputed(self, market: MarketInfo) -> bool:
        closed = market.closed_at
        until = market.resolved_at or self.served.world.now
        return closed is not None and until - closed > DAY_SECONDS // 2

    def _state(self, market: MarketInfo) -> str:
        if market.payouts is not None:
            return "resolved"
        if market.closed_at is None:
            return "posed"
        return "disputed" if self._disputed(market) else "proposed"

    def _type(self, market: MarketInfo) -> str:
        grouped = self.served.world.events[market.event].neg_risk
        return "INCREMENTAL_NEGRISK" if grouped else "BINARY"

    def _reporter(self, market: MarketInfo) -> str:
        return "CHAINLINK" if "5m" in market.slug else "UMA_OO"
