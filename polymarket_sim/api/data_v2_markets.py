"""Markets in v2: prices, tokens, open interest and volume; and how far the service is behind."""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.responses import Response

from polymarket_sim.accounts import boards, pnl
from polymarket_sim.accounts.served import Served
from polymarket_sim.api.chain import block_of
from polymarket_sim.api.data_v2 import DataV2, Handler, envelope, page, selection
from polymarket_sim.api.gamma_parts import iso
from polymarket_sim.protocol.query import Query, Refused
from polymarket_sim.protocol.wire import Num, micro_point
from smartmoney.units import DAY_SECONDS

HISTORY = {
    "max": None,
    "all": None,
    "1m": 30 * DAY_SECONDS,
    "1w": 7 * DAY_SECONDS,
    "1d": DAY_SECONDS,
    "6h": DAY_SECONDS // 4,
    "1h": 3_600,
}


class DataV2Markets:
    """Handlers of what v2 says of markets; `feeds` lends its paging."""

    def __init__(self, feeds: DataV2) -> None:
        self.served: Served = feeds.served
        self.feeds = feeds

    def routes(self) -> dict[str, Handler]:
        """Paths and handlers of this part."""
        return {
            "/v2/oi": self.open_interest,
            "/v2/live-volume": self.live_volume,
            "/v2/prices-history": self.prices_history,
            "/v2/tokens": self.tokens,
            "/v2/status": self.status,
        }

    def open_interest(self, query: Query) -> Response:
        """Dollars locked in markets, or in all of them."""
        rows = boards.open_interest(self.served, selection(self.served, query))
        return envelope(
            [{"condition_id": name, "value": micro_point(value)} for name, value in rows]
        )

    def live_volume(self, query: Query) -> Response:
        """Taker volume (shares) of events by market."""
        given = query.many("event_id") or query.many("id")
        if not given:
            raise Refused("required query param 'event_id' not provided", parameter="event_id")
        shares, markets = self.served.volumes().shares, self.served.of_events(given)
        rows = [
            {
                "condition_id": self.served.world.markets[m].condition_id,
                "taker_volume": micro_point(int(shares[m])),
            }
            for m in markets
        ]
        return envelope(
            {
                "taker_volume_total": micro_point(int(shares[markets].sum()))
                if markets
                else Num("0.0"),
                "conditions": rows,
            }
        )

    def prices_history(self, query: Query) -> Response:
        """Prices of a token in buckets; a resolved market ends with its payout as an exact tick (resolution
        0)."""
        token = self.served.world.token_index.get(query.text("token_id"))
        ways = [name for name in ("start", "interval", "as_of") if query.has(name)]
        if not query.has("token_id") or len(ways) != 1:
            raise Refused(
                "'token_id' and exactly one of 'start', 'interval', 'as_of' are required",
                parameter="token_id",
            )
        limit, place = self.feeds.start(query, "prices-history", 10_000)
        if token is None:
            return page([], limit, 0, None)
        times, step = self._buckets(query, ways[0])
        market, outcome = token
        info = self.served.world.markets[market]
        times = times[times >= info.open_at]
        end = info.resolved_at
        rows = list(
            zip(
                times.tolist(),
                pnl.marks_at(self.served, market, outcome, times).tolist(),
                [step] * len(times),
                strict=False,
            )
        )
        if end is not None and info.payouts is not None and len(times) and times[-1] >= end:
            rows = [row for row in rows if row[0] < end] + [(end, info.payouts[outcome], 0)]
        return self.feeds.walk(
            "prices-history",
            query,
            rows,
            limit,
            place,
            lambda row: {
                "timestamp": row[0],
                "price": micro_point(row[1]),
                "resolution_seconds": row[2],
            },
        )

    def _buckets(self, query: Query, way: str) -> tuple[np.ndarray, int]:
        now = self.served.world.now
        if way == "as_of":
            return np.array([min(query.integer("as_of", now), now)]), 60
        interval = query.choice("interval", HISTORY, "1d")
        least = (
            600
            if way == "interval" and interval in ("max", "all", "1m")
            else 300
            if interval == "1w" and way == "interval"
            else 60
        )
        step = query.integer("bucket_seconds", max(least, 60), 60)
        if not least <= step <= DAY_SECONDS:
            raise Refused(
                f"bucket_seconds must be between {least} and {DAY_SECONDS}",
                parameter="bucket_seconds",
            )
        start, end = query.integer("start", 0), query.integer("end", now)
        if way == "interval":
            start, end = now - (HISTORY[interval] or now - self.served.world.start_at), now
        elif end - start > 15 * DAY_SECONDS or end < start:
            raise Refused("the window must not exceed 15 days", parameter="end")
        return np.arange(-(-start // step) * step, min(end, now + 1), step), step

    def status(self, query: Query) -> Response:
        """How far the service is behind."""
        now, lag = self.served.world.now, self.served.limits.lag_seconds
        head = block_of(now)
        behind = {"source": "auto_redeem_binary_redemption", "block": head - 1, "behind_max": 1}
        mechanisms = [
            {"name": "activity_feed", "age_seconds": lag},
            {"name": "custody_balances", "age_seconds": 0, "blocks_behind": 833},
            {"name": "pnl", "age_seconds": 1, "blocks_behind": 1},
        ]
        return envelope(
            {
                "computed_at": iso(now - 24),
                "age_seconds": 24,
                "serving": {
                    "lag_seconds": max(lag, 1),
                    "worst": "activity_feed" if lag else "pnl",
                    "mechanisms": mechanisms,
                },
                "ingestion": {
                    "cursors": 148,
                    "network": "polygon",
                    "chain_id": 137,
                    "max_synced_block": head,
                    "min_synced_block": head - 1,
                    "most_lagged": behind,
                    "lagging": [behind],
                },
            }
        )

    def tokens(self, query: Query) -> Response:
        """Facts about tokens, by token or by condition."""
        given, conditions = query.many("token_id"), query.many("condition")
        if bool(given) == bool(conditions):
            raise Refused(
                "exactly one of 'token_id' and 'condition' is required", parameter="token_id"
            )
        if len(given) > 50 or len(conditions) > 10:
            raise Refused("too many values", parameter="token_id" if given else "condition")
        known = [self.served.world.token_index.get(token) for token in given]
        pairs = [pair for pair in known if pair] or [
            (m, o) for m in self.served.conditions(conditions) for o in (0, 1)
        ]
        rows = [self._token(*pair) for pair in pairs]
        rows += [self._structural(*pair) for pair in pairs if self._grouped(pair[0])]
        return envelope(rows)

    def _grouped(self, number: int) -> bool:
        return self.served.world.events[self.served.world.markets[number].event].neg_risk

    def _structural(self, number: int, outcome: int) -> dict[str, Any]:
        """The second token of the same outcome, which combos are made of; the book does not know it."""
        plain = self._token(number, outcome)
        group, place = plain["neg_risk_market_id"], plain["question_index"]
        condition = f"0x02{group[-32:]}000003{place:022x}"
        tokens = [str(int(condition[2:], 16) << 8 | side) for side in (0, 1)]
        return plain | {
            "token_id": tokens[outcome],
            "structural_condition_id": condition + "00",
            "module": "neg_risk",
            "clob_index": None,
            "opposite_token_id": tokens[1 - outcome],
        }

    def _token(self, number: int, outcome: int) -> dict[str, Any]:
        market = self.served.world.markets[number]
        event, paid = self.served.world.events[market.event], market.payouts
        return {
            "token_id": market.token_ids[outcome],
            "condition_id": market.condition_id,
            "structural_condition_id": market.long_condition_id if market.version == "v2" else None,
            "module": "binary" if market.version == "v2" else "v1_ctf",
            "outcome_index": outcome,
            "clob_index": outcome,
            "outcome": market.outcomes[outcome],
            "opposite_token_id": market.token_ids[1 - outcome],
            "resolved": paid is not None,
            "final_price": micro_point(paid[outcome]) if paid else None,
            "title": market.question,
            "market_slug": market.slug,
            "closed": market.closed_at is not None,
            "neg_risk": event.neg_risk,
            "neg_risk_market_id": event.neg_risk_market_id or None,
            "question_index": event.markets.index(number) if event.neg_risk else None,
            "event_id": int(event.gamma_id),
            "event_slug": event.slug,
        }
