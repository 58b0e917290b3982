# ruff: noqa: E501
"""A plausible world written straight into the tables, for tests of what is shown. Nothing computes these numbers.

Sizes: `SMALL` fills every page with a few pages of rows; `LARGE` is the world of the page benchmarks. Some names and
titles are hostile on purpose (HOSTILE); they must come out as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import numpy as np

from smartmoney.schema import TRADER
from smartmoney.store.db import Store
from smartmoney.store.markets.smart import make_current, sum_flow

Row = dict[str, Any]
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    '=HYPERLINK("http://evil.example","click")',
    "\u202egnp.exe\u202c \u200f\u05d0\u05d1",
    "javascript:alert(1)",
    "</script><script>alert(2)</script>",
    "{{7*7}} ${7*7} %s %(x)s",
    "N" * 400,
)
CATEGORIES = ("politics", "sports", "crypto", "economics", "culture", "science", "weather")
WORDS = (
    "Will the vote pass before June",
    "Will the home side win the final",
    "Will the index close above 5,000",
    "Will the bill be signed this year",
    "Will the launch succeed on the first try",
    "Will rates be cut in March",
    "Will the record be broken",
    "Will the film win best picture",
    "Will it rain in the capital on Friday",
)
FRACTIONS = (0.001, 0.01, 0.05, 0.20, 0.50, 1.0)
TIERS = "SABCDE"


@dataclass(frozen=True)
class Size:
    """How large a world: counts of rows, and days of history."""

    traders: int = 240
    markets: int = 120
    trades: int = 6_000
    days: int = 120


SMALL = Size()
LARGE = Size(traders=10_000, markets=2_000, trades=1_000_000, days=180)


def hostile_name(index: int) -> str:
    """Every eleventh name is hostile, in turn."""
    return HOSTILE[index // 11 % len(HOSTILE)]


def address(index: int) -> str:
    """A wallet address for trader number `index` (0-based)."""
    return "0x" + f"{(index + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**160:040x}"


class Seed:
    """Draws a world from a seed and writes it. Ids are 1, 2, ... in the order of writing, so the tables must be empty."""

    def __init__(self, size: Size = SMALL, seed: int = 7, now: datetime | None = None) -> None:
        self.size = size
        self.now = (now or datetime.now(UTC)).replace(microsecond=0)
        self.random = np.random.default_rng(seed)
        count = size.traders
        skill = self.random.normal(0, 1, count)
        place = np.argsort(np.argsort(-skill))
        self.score = (count - 1 - place) * 99_999 // max(count - 1, 1)
        slots = [np.ceil(part * count) for part in FRACTIONS]
        self.tier = [
            TIERS[next(i for i, slot in enumerate(slots) if value < slot)] for value in place
        ]
        self.skill = skill
        self.pnl = np.round(skill * 9_000 + self.random.normal(0, 12_000, count), 2)
        self.price = self.random.beta(1.2, 1.2, size.markets).clip(0.01, 0.99).round(3)
        self.status = self.random.choice(
            ["OPEN", "CLOSED", "RESOLVED"], size.markets, p=[0.6, 0.05, 0.35]
        )

    def ago(self, days: float) -> datetime:
        """So many days before the world's now."""
        return self.now - timedelta(days=float(days))

    def write(self, store: Store) -> Seed:
        """Fill an empty database."""
        with store.raw() as connection:
            for part in (
                self._markets,
                self._traders,
                self._trades,
                self._derived,
                self._statistics,
                self._operations,
                self._edited,
            ):
                part(connection)
        return self

    def _copy(self, connection: Any, table: str, rows: Iterable[Row]) -> None:
        """Add rows that have the same columns."""
        waiting = iter(rows)
        first = next(waiting)
        with connection.cursor().copy(f"copy {table} ({', '.join(first)}) from stdin") as copy:
            for row in chain([first], waiting):
                copy.write_row(tuple(row.values()))

    def _markets(self, connection: Any) -> None:
        count = self.size.markets
        events = max(count // 3, 1)
        self._copy(
            connection,
            "event",
            (
                {
                    "gamma_id": f"e{i}",
                    "slug": f"event-{i}",
                    "title": f"Event {i}: {WORDS[i % len(WORDS)]}",
                    "category": CATEGORIES[i % 7],
                    "tags": "{}",
                    "neg_risk": i % 4 == 0,
                    "end_date": self.now + timedelta(days=i % 90 + 1),
                    "closed": False,
                    "volume": 10_000 + i,
                }
                for i in range(events)
            ),
        )
        volume = self.random.lognormal(9, 2, count).round(2)
        change = self.random.normal(0, 0.05, count).round(3)
        self._copy(
            connection,
            "market",
            (self._market(i, events, volume, change) for i in range(count)),
        )
        self._copy(
            connection,
            "outcome",
            (row for i in range(count) for row in self._outcomes(i)),
        )
        self._copy(
            connection,
            "market_price",
            (row for i in range(count) for row in self._prices(i)),
        )

    def _market(self, i: int, events: int, volume: Any, change: Any) -> Row:
        status, price = str(self.status[i]), float(self.price[i])
        question = f"{WORDS[i % len(WORDS)]}, case {i}?" if i % 11 else f"{hostile_name(i)} {i}"
        over = status != "OPEN"
        end = self.ago(i % 60 + 1) if over else self.now + timedelta(days=i % 90, hours=i % 24 + 1)
        return {
            "condition_id": "0x" + f"{i + 1:064x}",
            "gamma_id": f"m{i}",
            "event_id": i % events + 1,
            "slug": f"market-{i}",
            "question": question,
            "description": f"Resolves by source {i}.",
            "category": CATEGORIES[i % events % 7],
            "status": status,
            "neg_risk": i % events % 4 == 0,
            "group_item_title": f"Option {i}",
            "liquidity": None if i % 13 == 0 else volume[i] / 9,
            "volume": volume[i],
            "volume_24h": 0 if over else volume[i] / 20,
            "price": price,
            "best_bid": max(price - 0.01, 0),
            "best_ask": min(price + 0.01, 1),
            "last_trade_price": price,
            "price_change_24h": None if over else change[i],
            "start_date": self.ago(self.size.days),
            "end_date": end,
            "closed_at": end if over else None,
            "resolved_at": end if status == "RESOLVED" else None,
            "resolution_source": "https://example.org/source",
            "priced_at": self.now,
        }

    def _outcomes(self, i: int) -> list[Row]:
        yes = float(self.price[i])
        won = int(yes > 0.5)
        paid = (
            (won * 1_000_000, (1 - won) * 1_000_000)
            if self.status[i] == "RESOLVED"
            else (None, None)
        )
        names = ("Yes", "No") if i % 5 else (f"Team {i} {HOSTILE[0]}", "Other side")
        return [
            {
                "market_id": i + 1,
                "outcome_index": side,
                "token_id": str((i + 1) * 10**60 + side),
                "name": names[side],
                "price": yes if side == 0 else round(1 - yes, 3),
                "payout_micro": paid[side],
            }
            for side in (0, 1)
        ]

    def _prices(self, i: int) -> list[Row]:
        looks = 60
        odds = (
            np.log(self.price[i] / (1 - self.price[i]))
            + np.cumsum(self.random.normal(0, 0.15, looks))[::-1]
        )
        odds += np.log(self.price[i] / (1 - self.price[i])) - odds[-1]
        prices = (1 / (1 + np.exp(-odds))).clip(0.001, 0.999).round(3)
        span = min(self.size.days, 40)
        return [
            {
                "market_id": i + 1,
                "ts": self.ago(span * (1 - k / (looks - 1))),
                "price": float(prices[k]),
                "source": "seed",
            }
            for k in range(looks)
        ]

    def _traders(self, connection: Any) -> None:
        self._copy(connection, "trader", (self._trader(i) for i in range(self.size.traders)))

    def _trader(self, i: int) -> Row:
        """Columns that no line names have the example of the dictionary."""
        own = [column for column in TRADER if column.expression == f"trader.{column.name}"]
        known = {column.name: column.example for column in own}
        name = hostile_name(i) if i % 11 == 0 else "" if i % 3 == 0 else f"trader-{i}"
        known |= {"address": address(i), "name": name, "first_seen_at": self.now}
        if i % 17 == 5:  # found, not scored yet
            missing = {column.name: None for column in own if column.nullable}
            nothing = {"verified": False, "pseudonym": "", "flags": [], "reasons": []}
            return known | missing | nothing | {"coverage": "unchecked"}
        return known | self._skill(i) | self._record(i)

    def _record(self, i: int) -> Row:
        """What the wallet's book says."""
        total, skill = float(self.pnl[i]), float(self.skill[i])
        return {
            "pseudonym": f"Pseudo-{i}",
            "verified": i % 7 == 0,
            "last_active_at": self.ago(float(self.random.exponential(6))),
            "as_of": self.now,
            "realized_pnl": round(total * 0.8, 2),
            "unrealized_pnl": round(total * 0.2, 2),
            "total_pnl": total,
            "win_rate": float(np.clip(0.5 + skill * 0.08, 0, 1)),
            "profit_factor": None if i % 23 == 0 else float(np.exp(skill * 0.5)),
            "max_drawdown": float(np.clip(0.3 - skill * 0.08, 0, 1)),
            "max_drawdown_usd": round(abs(total) * 0.3, 2),
            "roi": skill * 0.1,
            "maker_share": (i % 10) / 10,
            "best_category": CATEGORIES[i % 7],
            "coverage": ("complete", "partial", "conflicted", "complete")[i % 4],
            "coverage_reason": "history before 2024 is missing",
        }

    def _skill(self, i: int) -> Row:
        """What the score says."""
        events = int(self.random.integers(3, 220))
        edge, width = float(self.skill[i]) * 1.6, 12 / np.sqrt(events)
        return {
            "tier": self.tier[i] if events >= 10 else "D",
            "rarity_score": int(self.score[i]),
            "rarity_classic": int(self.score[i] * 7 % 99_999),
            "decided_events": max(events - 2, 0),
            "excess_hit": edge / 100,
            "trade_count": events * 9,
            "event_count": events,
            "volume": float(events * 900),
            "skill_prob": float(1 / (1 + np.exp(-2 * self.skill[i]))),
            "skill_edge": edge,
            "skill_lo": edge - width,
            "skill_hi": edge + width,
            "q_value": float(np.clip(0.5 - self.skill[i] * 0.2, 0, 1)),
            "needs_events": max(10 - events, 0),
            "flags": ["MM"] if i % 19 == 0 else ["BOT", "FARM"] if i % 37 == 0 else [],
            "reasons": [
                "skillProb 0.97 passes the gate of 0.95",
                "41 decided events pass the gate of 30",
            ],
        }

    def _trades(self, connection: Any) -> None:
        count, size = self.size.trades, self.size
        connection.execute(
            "select ensure_trade_partitions(%s, %s)", [self.ago(size.days + 31), self.now]
        )
        weight = (self.random.pareto(1.2, size.traders) + 0.5) * np.exp(self.skill * 0.7)
        who = self.random.choice(size.traders, count, p=weight / weight.sum())
        where = self.random.integers(0, size.markets, count)
        outcome = self.random.integers(0, 2, count)
        back = np.sort(self.random.uniform(0, size.days * 86_400, count))[::-1]
        side = np.where(self.random.random(count) < 0.7, 1, -1)
        shares = (self.random.lognormal(4, 1.2, count) * 1e6).astype(np.int64) + 1
        price = (self.price[where] + self.random.normal(0, 0.05, count)).clip(0.01, 0.99)
        price = np.where(outcome == 0, price, 1 - price).round(3)
        stamps = [self.now - timedelta(seconds=float(seconds)) for seconds in back]
        self._copy(
            connection,
            "trade",
            (
                {
                    "ts": stamps[k],
                    "key": k,
                    "size_micro": int(shares[k]),
                    "price_pico": int(price[k] * 1e12),
                    "cash_micro": int(shares[k] * price[k]),
                    "trader_id": int(who[k]) + 1,
                    "outcome_id": int(where[k]) * 2 + int(outcome[k]) + 1,
                    "market_id": int(where[k]) + 1,
                    "side": int(side[k]),
                    "occurrence": 1,
                    "tx_hash": f"\\x{k:064x}",
                }
                for k in range(count)
            ),
        )
        self._copy(
            connection,
            "activity",
            (
                {
                    "ts": self.ago(k % 90),
                    "key": k,
                    "kind": ("SPLIT", "MERGE", "REDEEM", "REWARD")[k % 4],
                    "size_micro": 5_000_000,
                    "cash_micro": 5_000_000,
                    "trader_id": k % size.traders + 1,
                    "market_id": k % size.markets + 1,
                    "outcome_id": k % size.markets * 2 + 1,
                    "occurrence": 1,
                    "tx_hash": f"\\x{k:064x}",
                    "raw_kind": ("SPLIT", "MERGE", "REDEEM", "REWARD")[k % 4],
                }
                for k in range(min(count // 10, 5_000))
            ),
        )

    def _derived(self, connection: Any) -> None:
        connection.execute("""
            insert into ledger_position (trader_id, outcome_id, market_id, shares_micro, cost_micro, realized_micro,
                                         bought_micro, bought_cost_micro, fills, first_ts, last_ts, settled)
            select trader_id, outcome_id, market_id, greatest(sum(size_micro * side), 0),
                   greatest(sum(cash_micro * side), 0), -least(sum(cash_micro * side), 0) / 2,
                   sum(size_micro) filter (where side = 1), coalesce(sum(cash_micro) filter (where side = 1), 0), count(*),
                   min(ts), max(ts), (select status = 'RESOLVED' from market where id = market_id)
            from trade group by trader_id, outcome_id, market_id having bool_or(side = 1)""")
        connection.execute(
            """
            insert into position (trader_id, outcome_id, market_id, status, shares_micro, avg_price, current_price, fetched_at)
            select trader_id, outcome_id, ledger_position.market_id, 'OPEN', shares_micro,
                   least(round(cost_micro::numeric / shares_micro, 6), 1), outcome.price, %s
            from ledger_position join outcome on outcome.id = outcome_id where shares_micro > 0 and not settled""",
            [self.now],
        )
        connection.execute("""
            insert into trader_event (trader_id, event_id, category, first_entry_at, decided_at, pnl_micro, invested_micro,
                                      entry_price, surprise, information, payoff_range)
            select trader_id, event_id, max(category), min(first_ts), max(resolved_at), sum(gain), sum(bought_cost_micro),
                   avg(paid), avg(won - paid), avg(paid * (1 - paid)), 100
            from (select held.*, market.event_id, market.category, market.resolved_at,
                         held.realized_micro + (held.shares_micro * outcome.payout_micro / 1000000) - held.cost_micro as gain,
                         least(greatest(held.bought_cost_micro::float / held.bought_micro, 0.01), 0.99) as paid,
                         outcome.payout_micro / 1e6 as won
                  from ledger_position held join market on market.id = held.market_id
                  join outcome on outcome.id = held.outcome_id where held.settled) as settled
            group by trader_id, event_id""")
        connection.execute("""
            insert into trader_category
            select trader_id, coalesce(category, 'uncategorised'), count(*), edge, edge - 2, edge + 2, least(greatest(0.5 + edge / 5, 0), 1),
                   0.2 - edge / 20, coalesce(edge > 3, false)
            from (select *, case when trader_id % 3 > 0 then 5 * sin(trader_id + length(category)) end as edge
                  from trader_event) as result
            group by trader_id, category, edge""")
        connection.execute(
            """
            insert into trader_days (trader_id, day, realized_micro, total_micro, volume_micro, fills)
            select id, array_agg((%(now)s::timestamptz)::date - back order by back desc),
                   array_agg((coalesce(realized_pnl, 0) * 10000 * sin(id + back))::bigint order by back desc),
                   array_agg((coalesce(total_pnl, 0) * 1000000 * (1 - back::numeric / %(days)s)
                    + 300000000 * sin(id * 0.7 + back / 5.0) * (back::float / %(days)s))::bigint order by back desc),
                   array_agg(abs(hashint4(id * 1000 + back))::bigint / 10 order by back desc),
                   array_agg(abs(hashint4(id + back)) %% 9 order by back desc)
            from trader, generate_series(0, %(days)s - 1) as back
            where trader.tier is not null and (id + back) %% 3 > 0
            group by id""",
            {"now": self.now, "days": self.size.days},
        )

    def _statistics(self, connection: Any) -> None:
        versions = [self.ago(days) for days in range(28, -1, -4)]
        self._copy(
            connection,
            "score_run",
            (
                {
                    "as_of": at,
                    "score_version": "1",
                    "population": self.size.traders,
                    "scored": int(self.size.traders * 0.94),
                    "mu": 0.0,
                    "tau": 0.1,
                    "parameters": '{"window_days": 365}',
                }
                for at in versions
            ),
        )
        for run, at in enumerate(versions, 1):
            connection.execute(
                """
                insert into trader_score (trader_id, as_of, run_id, score_version, tier, rarity_score, total_pnl, win_rate,
                                          event_count, skill_prob, skill_edge, skill_lo, skill_hi, reasons, coverage)
                select id, %(at)s, %(run)s, '1', tier, greatest(rarity_score - %(back)s * (id %% 7) * 150, 0), total_pnl,
                       win_rate, event_count, skill_prob, skill_edge, skill_lo, skill_hi, reasons, coverage
                from trader where tier is not null and (id %% 5 = 0 or %(back)s = 0)""",
                {"at": at, "run": run, "back": len(versions) - run},
            )
        for back in range(24, -1, -1):
            connection.execute(
                """
                insert into market_smart_stats (market_id, computed_at, score_version, smart_count, smart_weighted,
                    smart_weighted_yes, smart_weighted_no, smart_share, coverage, smart_lean, lean_lo, lean_hi, lean_label,
                    smart_score, smart_score_classic, smart_divergence, price, liquidity, top_smart_traders)
                select id, %(at)s, '1', count, weight, weight * (1 + lean) / 2, weight * (1 - lean) / 2,
                       case when id %% 4 > 0 then 0.1 + (id %% 60) / 100.0 end, (40 + id %% 60) / 100.0,
                       case when count >= 3 then lean end, case when count >= 3 then greatest(lean - 0.3, -1) end,
                       case when count >= 3 then least(lean + 0.3, 1) end,
                       case when count < 3 then 'INSUFFICIENT' when lean > 0.3 then 'YES' when lean < -0.3 then 'NO'
                            else 'MIXED' end,
                       weight * ln(1 + coalesce(liquidity, 0) / 10000), weight / 3, lean / 20, price, liquidity, %(top)s
                from (select id, price, liquidity, id %% 9 + 1 as count, (id %% 9 + 1) * 2.3 as weight,
                             sin(id + %(back)s / 8.0) as lean from market
                      where status = 'OPEN' and id %% 3 > 0) as drawn""",
                {
                    "at": self.now - timedelta(hours=back),
                    "back": back,
                    "top": json.dumps(self._top()),
                },
            )
        make_current(connection, self.now)
        connection.execute(
            """
            insert into market_smart_flow (market_id, hour, tier, net_micro, gross_micro, traders)
            select market_id, date_trunc('hour', %(now)s::timestamptz) - make_interval(hours => back), tier,
                   (2e9 * sin(market_id + back / 9.0))::bigint, 3000000000, 3
            from market_smart_current, unnest(array['S', 'A', 'B']) as tier, generate_series(0, 14 * 24, 4) as back""",
            {"now": self.now},
        )
        sum_flow(connection, self.ago(60))

    def _top(self) -> list[dict[str, Any]]:
        best = np.argsort(-self.score)[:5]
        return [
            {
                "address": address(int(i)),
                "name": hostile_name(int(i)) if int(i) % 11 == 0 else f"trader-{i}",
                "tier": self.tier[int(i)],
                "rarity_score": int(self.score[int(i)]),
                "side": "YES",
                "shares": 1200.5,
                "average_price": 0.41,
                "value": 700.25,
                "unrealized_pnl": 88.1,
            }
            for i in best
        ]

    def _operations(self, connection: Any) -> None:
        jobs = {
            "sync_leaderboard": 4,
            "sync_markets": 7,
            "sync_trader_trades": 3,
            "sync_trader_positions": 25,
            "calculate_rarity_scores": 20,
            "calculate_smart_markets": 50,
        }
        for job, minutes in jobs.items():
            for back in range(5):
                ended = self.now - timedelta(minutes=minutes * (back + 1))
                failed = job == "sync_markets" and back == 2
                connection.execute(
                    "insert into ingestion_run (job, started_at, ended_at, status, came, changed, error, flow_run_id, report) "
                    "values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                    [
                        job,
                        ended - timedelta(seconds=20),
                        ended,
                        "failed" if failed else "done",
                        '{"rows": 1200}',
                        '{"new": 37}',
                        "The API answered 503 five times." if failed else None,
                        None,
                        None,
                    ],
                )
        self._copy(
            connection,
            "ingestion_state",
            (
                {
                    "source": source,
                    "key": address(i),
                    "due_at": self.now,
                    "last_success_at": self.now - timedelta(minutes=i % 30),
                    "watermark": self.now - timedelta(minutes=i % 30 + 5),
                    "last_error_at": self.now if i % 40 == 3 else None,
                    "last_error": "timed out" if i % 40 == 3 else None,
                }
                for source in ("trades", "positions")
                for i in range(min(self.size.traders, 500))
            ),
        )
        connection.execute(
            "insert into quarantine (source, key, reason, raw, digest) values "
            "('trades', %s, 'price 1.7 is above 1', %s, 'd1'), ('markets', '', 'no condition id', %s, 'd2')",
            [address(1), b'{"price": 1.7}', HOSTILE[0].encode()],
        )
        connection.execute(
            "insert into api_budget (route, next_at, taken, throttled) values ('data/trades', now(), 4200, 1)"
        )
        connection.execute(
            "insert into api_shape (route, field, json_type, expected) values "
            "('data/trades', 'newField', 'string', false)"
        )
        connection.execute(
            "insert into heartbeat (service, pid, started_at, seen_at) values ('worker', 123, now(), now())"
        )

    def _edited(self, connection: Any) -> None:
        connection.execute(
            "insert into alert_rule (name, kind, parameters) values (%s, 'smart_entry', '{\"min_value\": 5000}'), "
            "('Tier S enters', 'tier_change', '{}')",
            [HOSTILE[0]],
        )
        for back in range(30):
            connection.execute(
                "insert into alert (rule_id, dedupe_key, at, trader_id, market_id, sentence, price, price_1h, price_24h) "
                "values (%s, %s, %s, %s, %s, %s, 0.41, 0.44, %s)",
                [
                    back % 2 + 1,
                    f"k{back}",
                    self.now - timedelta(hours=back),
                    back + 1,
                    back + 1,
                    f"trader-{back} bought {HOSTILE[1] if back == 3 else 'Yes'} for $5,200 at 41¢",
                    0.5 if back > 24 else None,
                ],
            )
        connection.execute(
            "insert into alert_delivery (alert_id, target, status, attempts, sent_at) "
            "select id, 'log', case when id % 6 = 0 then 'failed' else 'sent' end, 1, at from alert"
        )
        connection.execute("insert into watchlist (trader_id, note) values (1, 'to watch')")
        connection.execute(
            "insert into validation_run (as_of, score_version, verdict, result) values (%s, '1', %s, %s)",
            [
                self.now,
                "not validated on this database: IC 0.031 is below 0.05",
                json.dumps(self._validation()),
            ],
        )

    def _validation(self) -> dict[str, Any]:
        """A result in the shape of `scoring.validation.Validation.to_dict`."""
        months = [(self.now - timedelta(days=30 * back)).timestamp() for back in range(8, 0, -1)]
        factors = (
            "rarity_score",
            "realized_pnl",
            "win_rate",
            "roi",
            "trade_count",
            "random_within_events",
        )
        stay = {tier: {to: (0.6 if to == tier else 0.08) for to in TIERS} for tier in TIERS}
        return {
            "validated": False,
            "verdict": "not validated on this database",
            "brier": 0.243,
            "permutation_share": 0.91,
            "spread": {"mean": 0.06, "low": -0.01, "high": 0.13},
            "summary": [
                {
                    "factor": factor,
                    "IC Mean": 0.06 - 0.012 * place,
                    "IC Std.": 0.08,
                    "Risk-Adjusted IC": 0.5,
                    "t-stat(IC)": 2.1 - 0.5 * place,
                    "p-value(IC)": 0.02 + 0.1 * place,
                }
                for place, factor in enumerate(factors)
            ],
            "ic": [
                {"as_of": at, "rarity_score": 0.03 + 0.05 * np.sin(place)}
                for place, at in enumerate(months)
            ],
            "quantiles": [
                {"factor_quantile": k, "mean": 0.012 * (k - 5), "std_err": 0.03, "count": 22}
                for k in range(1, 11)
            ],
            "transitions": [{"tier": tier, **stay[tier]} for tier in TIERS],
            "reliability": [
                {
                    "bin": k,
                    "predicted": k / 10 + 0.05,
                    "observed": 0.3 + 0.05 * k,
                    "count": 30 - 2 * k,
                }
                for k in range(10)
            ],
        }
