"""The two routes of combos: their life, and what became of them."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from polymarket_sim.accounts import combos
from polymarket_sim.accounts.combos import ComboHolding
from polymarket_sim.api.chain import block_of
from polymarket_sim.api.data_v2 import DataV2, Handler
from polymarket_sim.api.gamma_parts import iso
from polymarket_sim.model import Kind, MarketInfo
from polymarket_sim.protocol.query import Query, Refused
from polymarket_sim.protocol.wire import micro_point
from smartmoney.ids import is_condition
from smartmoney.units import MICRO

STATES = ("OPEN", "REDEEMABLE", "PARTIAL", "RESOLVED_PARTIAL", "RESOLVED_WIN", "RESOLVED_LOSS")
SORTS = ("FIRST_ENTRY", "ENTRY_COST", "CURRENT_VALUE", "UPDATED")


class Combos:
    """Handlers of the combo routes; `feeds` lends its paging."""

    def __init__(self, feeds: DataV2) -> None:
        self.served, self.feeds = feeds.served, feeds

    def routes(self) -> dict[str, Handler]:
        """Paths and handlers of this part."""
        return {"/v2/positions/combos": self.positions, "/v2/activity/combos": self.activity}

    def _only(self, query: Query) -> set[int] | None:
        given = query.many("condition")
        for condition in given:
            if not is_condition(condition.lower()):
                raise Refused("invalid condition id", parameter="condition")
        index = self.served.world.combo_index
        return {index[each.lower()] for each in given if each.lower() in index} if given else None

    def activity(self, query: Query) -> Response:
        """Redemptions of a wallet's combos, newest first; their trades are in the ordinary feeds."""
        trader, only = self.served.trader(query.user()), self._only(query)
        limit, place = self.feeds.start(query, "activity-combos")
        e, rows = self.served.world.entries, list[int]()
        if trader is not None:
            mine = self.served.world.by_trader.rows(trader)
            rows = mine[e.kind[mine] == Kind.COMBO_REDEEM][::-1].tolist()
        rows = [row for row in rows if only is None or int(e.legs[row]) in only]
        return self.feeds.walk("activity-combos", query, rows, limit, place, self._redemption)

    def _redemption(self, row: int) -> dict[str, Any]:
        world, e = self.served.world, self.served.world.entries
        combo, tx, ts = (
            world.combos[int(e.legs[row])],
            world.tx_hash(int(e.tx[row])),
            int(e.ts[row]),
        )
        return {
            "id": f"{tx}-{row % 1_000}",
            "type": "REDEEM",
            "proxy_wallet": world.traders[int(e.trader[row])].address,
            "combo_condition_id": combo.condition_id,
            "combo_position_id": combo.position_id,
            "amount_usdc": None,
            "payout_usdc": micro_point(int(e.cash_micro[row])),
            "block_number": block_of(ts),
            "timestamp": ts,
            "transaction_hash": tx,
            "legs": self._legs(int(e.legs[row])),
        }

    def positions(self, query: Query) -> Response:
        """A wallet's combos, newest entry first."""
        trader, only = self.served.trader(query.user()), self._only(query)
        limit, place = self.feeds.start(query, "positions-combos")
        states = {word.upper() for word in query.many("status")}
        if unknown := states - set(STATES):
            raise Refused(f"invalid combo status: {min(unknown)}", parameter="status")
        order = query.choice("sort_by", SORTS, "FIRST_ENTRY")
        found = [
            held
            for held in combos.holdings(self.served, trader)
            if (only is None or held.number in only)
            and (not states or combos.status(self.served, held) in states)
        ]
        keys = {
            "FIRST_ENTRY": lambda held: held.first_ts,
            "UPDATED": lambda held: held.last_ts,
            "ENTRY_COST": lambda held: held.gross,
            "CURRENT_VALUE": lambda held: held.shares,
        }
        found.sort(key=keys[order], reverse=query.text("sort_direction").upper() != "ASC")
        return self.feeds.walk("positions-combos", query, found, limit, place, self._position)

    def _position(self, held: ComboHolding) -> dict[str, Any]:
        world = self.served.world
        combo, state = world.combos[held.number], combos.status(self.served, held)
        known = [each is not None for each in combos.leg_payouts(self.served, held.number)]
        when, cost = combos.decided_at(self.served, held.number), held.gross - held.fees
        updated = max(held.last_ts, when or 0)
        average = cost * MICRO // held.bought if held.bought else 0
        return {
            "combo_condition_id": combo.condition_id,
            "outcome_index": 0,
            "outcome_label": "Yes",
            "combo_position_id": combo.position_id,
            "proxy_wallet": world.traders[held.trader].address,
            "current_size": micro_point(held.shares),
            "entry_avg_price_usdc": micro_point(average),
            "entry_cost_usdc": micro_point(average * held.bought // MICRO),
            "gross_entry_cost_usdc": micro_point(held.gross),
            "entry_fees_usdc": micro_point(held.fees),
            "realized_payout_usdc": micro_point(held.paid),
            "status": state,
            "redeemable": state == "REDEEMABLE",
            "first_entry_at": iso(held.first_ts),
            "resolved_at": None if when is None else iso(when),
            "legs_total": len(known),
            "legs_resolved": sum(known),
            "legs_pending": len(known) - sum(known),
            "legs": self._legs(held.number),
            "first_entry_at_micros": held.first_ts * 1_000_000,
            "updated_at": iso(updated),
            "updated_at_micros": updated * 1_000_000,
        }

    def _legs(self, number: int) -> list[dict[str, Any]]:
        paid = combos.leg_payouts(self.served, number)
        return [
            self._leg(place, *leg, paid[place])
            for place, leg in enumerate(self.served.world.combos[number].legs)
        ]

    def _leg(self, place: int, number: int, side: int, paid: int | None) -> dict[str, Any]:
        market = self.served.world.markets[number]
        mark = int(self.served.marks[2 * number + side])
        won = "OPEN" if paid is None else "RESOLVED_LOSS" if paid == 0 else "RESOLVED_WIN"
        return {
            "leg_index": place,
            "leg_position_id": market.token_ids[side],
            "leg_condition_id": market.condition_id,
            "leg_outcome_index": side,
            "leg_outcome_label": market.outcomes[side],
            "leg_status": won,
            "leg_resolved_at": None if market.resolved_at is None else iso(market.resolved_at),
            "leg_current_price": micro_point(mark),
            "market": self._market(market, side),
        }

    def _market(self, market: MarketInfo, side: int) -> dict[str, Any]:
        event = self.served.world.events[market.event]
        sports = event.category == "sports"
        return {
            "market_id": market.gamma_id,
            "slug": market.slug,
            "title": market.group_item_title or market.question,
            "question": market.question,
            "group_item_title": market.group_item_title,
            "sports_market_type": "moneyline" if sports else "",
            "line": None,
            "outcomes": list(market.outcomes),
            "outcome": market.outcomes[side],
            "image_url": market.icon,
            "icon_url": market.icon,
            "category": "",
            "subcategory": "",
            "tags": [],
            "end_date": iso(market.end_at),
            "event": {
                "event_id": event.gamma_id,
                "event_slug": event.slug,
                "event_title": event.title,
                "event_image": event.icon,
            },
        }
