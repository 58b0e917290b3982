"""The rest of v2: boards, wallet statistics, PnL series, prices, resolutions, tokens."""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.responses import Response

from polymarket_sim import ids
from polymarket_sim.accounts import boards, combos, pnl, portfolio
from polymarket_sim.accounts.pnl import Series
from polymarket_sim.accounts.served import Served
from polymarket_sim.api.chain import block_of
from polymarket_sim.api.data_v2 import DataV2, Handler, envelope
from polymarket_sim.protocol.query import Query
from polymarket_sim.protocol.wire import Num, micro_point
from smartmoney.units import DAY_SECONDS

PERIODS = ("day", "week", "month", "all")


class DataV2Reports:
    """Handlers of the other v2 routes; `feeds` lends its paging."""

    def __init__(self, feeds: DataV2) -> None:
        self.served: Served = feeds.served
        self.feeds = feeds

    def routes(self) -> dict[str, Handler]:
        """Paths and handlers of this part."""
        return {
            "/v2/leaderboard": self.leaderboard,
            "/v2/biggest-winners": self.biggest_winners,
            "/v2/user-pnl": self.user_pnl,
            "/v2/user-stats": self.user_stats,
            "/v2/user-volume": self.user_volume,
        }

    def leaderboard(self, query: Query) -> Response:
        """Ranked wallets, or one wallet's standing when `user` is given."""
        period = query.choice("time_period", PERIODS, "day")
        board = boards.board(
            self.served, period, query.text("category", "overall").lower() or "overall"
        )
        if query.has("user"):
            return envelope(self._standing(board, self.served.trader(query.user())))
        volume = query.choice("sort_by", ("PNL", "VOLUME"), "PNL") == "VOLUME"
        order = (board.by_shares if volume else board.by_pnl).tolist()
        ranks = _ranks((board.shares if volume else board.pnl)[order])
        limit, place = self.feeds.start(query, "leaderboard")
        rows = list(zip(ranks, order, strict=False))
        return self.feeds.walk(
            "leaderboard",
            query,
            rows,
            limit,
            place,
            lambda row: {"rank": row[0], **self._who(board, row[1])},
        )

    def _who(self, board: boards.Board, trader: int) -> dict[str, Any]:
        who = self.served.world.traders[trader]
        return {
            "user_id": who.address,
            "pnl": micro_point(int(board.pnl[trader])),
            "volume": micro_point(int(board.shares[trader])),
            "user_name": who.name,
            "profile_image": who.profile_image,
            "x_username": who.x_username,
            "verified": who.verified,
        }

    def _standing(self, board: boards.Board, trader: int | None) -> dict[str, Any] | None:
        if trader is None:
            return None
        ranks = {}
        for name, order, values in (
            ("rank_pnl", board.by_pnl, board.pnl),
            ("rank_volume", board.by_shares, board.shares),
        ):
            places = dict(zip(order.tolist(), _ranks(values[order]), strict=False))
            ranks[name] = places.get(trader)
        return self._who(board, trader) | ranks

    def biggest_winners(self, query: Query) -> Response:
        """The most profitable positions of markets resolved within the period."""
        period = query.choice("time_period", PERIODS, "day")
        category = query.text("category", "overall").lower() or "overall"
        markets = [] if category == "combos" else boards.wins(self.served, period, category)
        combined = [(win.pnl, self._win(win)) for win in markets]
        if category in ("combos", "overall"):
            since = self.served.world.now - boards.PERIOD_DAYS[period] * DAY_SECONDS
            combined += [(won.pnl, self._combo_win(won)) for won in combos.wins(self.served, since)]
        combined.sort(key=lambda pair: -pair[0])
        rows = [{"win_rank": rank} | row for rank, (_, row) in enumerate(combined, 1)]
        limit, place = self.feeds.start(query, "biggest-winners")
        return self.feeds.walk("biggest-winners", query, rows, limit, place, lambda row: row)

    def _combo_win(self, won: combos.ComboHolding) -> dict[str, Any]:
        world = self.served.world
        combo, who = world.combos[won.number], world.traders[won.trader]
        return {
            "kind": "combo",
            "user_id": who.address,
            "pnl": micro_point(won.pnl),
            "initial_value": micro_point(won.gross),
            "final_value": micro_point(won.gross + won.pnl),
            "resolved_at": combos.decided_at(self.served, won.number),
            "condition_id": combo.condition_id,
            "position_id": combo.position_id,
            "event_id": 0,
            "event_slug": "",
            "event_title": " / ".join(world.markets[market].question for market, _ in combo.legs),
            "user_name": who.name,
            "profile_image": who.profile_image,
        }

    def _win(self, win: boards.Win) -> dict[str, Any]:
        market, who = self.served.world.markets[win.market], self.served.world.traders[win.trader]
        event = self.served.world.events[market.event]
        return {
            "kind": "market",
            "user_id": who.address,
            "pnl": micro_point(win.pnl),
            "initial_value": micro_point(win.spent),
            "final_value": micro_point(win.spent + win.pnl),
            "resolved_at": market.resolved_at,
            "condition_id": market.condition_id,
            "position_id": market.token_ids[win.outcome],
            "event_id": int(event.gamma_id),
            "event_slug": event.slug,
            "event_title": event.title,
            "user_name": who.name,
            "profile_image": who.profile_image,
        }

    def user_pnl(self, query: Query) -> Response:
        """The cumulative series of a wallet."""
        user = query.user()
        interval = query.choice("interval", pnl.INTERVALS, "1d")
        fidelity = query.choice("fidelity", pnl.FIDELITIES, "1h")
        trader = self.served.trader(user)
        points = (
            []
            if trader is None
            else self._points(
                pnl.series(self.served, trader, pnl.grid(self.served, trader, interval, fidelity))
            )
        )
        return envelope(
            {
                "proxy_wallet": user,
                "interval": interval,
                "fidelity": fidelity,
                "source_fidelity": fidelity,
                "points": points,
            }
        )

    def _points(self, found: Series) -> list[dict[str, Any]]:
        return [_point(found, number) for number in range(len(found.ts))]

    def user_stats(self, query: Query) -> Response:
        """Counts and the last point of the series; null for a wallet nobody has seen."""
        user = query.user()
        trader = self.served.trader(user)
        if trader is None:
            return envelope(None)
        found = self._points(pnl.series(self.served, trader, np.array([self.served.world.now])))
        best = max((view.total for view in portfolio.of_trader(self.served, trader)), default=0)
        return envelope(
            {
                "proxy_wallet": user,
                "trades": boards.markets_traded(self.served, trader),
                "biggest_win": micro_point(max(best, 0)),
                "views": int(ids.digest("views", user, size=2), 16),
                "join_date": self.served.world.traders[trader].joined_at,
                "all_time_pnl": found[-1],
            }
        )

    def user_volume(self, query: Query) -> Response:
        """Volume between two UTC days."""
        trader = self.served.trader(query.user())
        start, end = (
            query.integer("start", 0) // DAY_SECONDS * DAY_SECONDS,
            query.integer("end", self.served.world.now),
        )
        if trader is None:
            return envelope({"volume": Num("0.0"), "volume_usdc": Num("0.0"), "trade_count": 0})
        found = pnl.series(
            self.served,
            trader,
            np.array([start, end // DAY_SECONDS * DAY_SECONDS if query.has("end") else end]),
        )
        return envelope(
            {
                "volume": micro_point(int(found.shares[1] - found.shares[0])),
                "volume_usdc": micro_point(int(found.usd[1] - found.usd[0])),
                "trade_count": int(found.trades[1] - found.trades[0]),
            }
        )


def _ranks(values: np.ndarray) -> list[int]:
    """Ranks of descending values; ties share the first rank and skip the next."""
    if not len(values):
        return []
    new = np.concatenate([[True], values[1:] != values[:-1]])
    firsts = np.maximum.accumulate(np.where(new, np.arange(len(values)), 0))
    return [int(first) + 1 for first in firsts]


def _point(found: Series, i: int) -> dict[str, Any]:
    """One point of the series, net of fees; `trade_pnl` adds the fees back, as the service's identities
    have it. What came in and went out is null in every capture there is."""
    income = {name: int(values[i]) for name, values in found.income.items()}
    charged = int(found.fees[i])
    market, combo = int(found.realized[i]) - charged, int(found.combos[i])
    fees = -charged - int(found.combo_fees[i])
    unrealized, wallet = int(found.unrealized[i]), sum(income.values())
    realized = market + combo
    amounts = {
        "realized_market_pnl": market,
        "realized_lp_pnl": 0,
        "realized_combo_pnl": combo,
        "unrealized_pnl": unrealized,
        "fees_refunded": 0,
        **income,
        "realized_pnl": realized,
        "wallet_income": wallet,
        "position_pnl": realized + unrealized,
        "settled_pnl": realized + wallet,
        "economic_pnl": realized + unrealized + wallet,
        "trade_pnl": realized + unrealized - fees,
        "sponsored_income": income["reward_income"]
        + income["yield_income"]
        + income["referral_income"],
        "fees": fees,
        "fees_paid": fees,
        "volume": int(found.shares[i]),
        "volume_usdc": int(found.usd[i]),
    }
    times = {"timestamp": int(found.ts[i]), "source_block": block_of(int(found.ts[i]))}
    return (
        times
        | {name: micro_point(value) for name, value in amounts.items()}
        | {"deposits": None, "withdrawals": None, "cashflow_net": None}
        | {"trade_count": int(found.trades[i])}
    )
