"""The SQL behind every page, over 10,000 traders and ten million trades: milliseconds as a page waits for them.

.venv/bin/python -m benchmarks.reads              10 million trades, 60 readings a page
.venv/bin/python -m benchmarks.reads 1 20         millions of trades, readings a page
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import psycopg

from benchmarks.servers import fresh_store
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.widgets.screens.alerts.model import AlertsModel
from smartmoney.widgets.screens.health.model import HealthModel
from smartmoney.widgets.screens.market.model import MarketModel
from smartmoney.widgets.screens.markets.model import MarketsModel
from smartmoney.widgets.screens.overview.model import OverviewModel
from smartmoney.widgets.screens.settings.model import SettingsModel
from smartmoney.widgets.screens.smart_markets.model import SmartMarketsModel
from smartmoney.widgets.screens.trader.model import TraderModel
from smartmoney.widgets.screens.traders.model import TradersModel
from smartmoney.widgets.screens.validation.model import ValidationModel
from tests.kit.seed import LARGE, Seed

LISTS: tuple[type[Any], ...] = (TradersModel, MarketsModel, SmartMarketsModel)
OTHERS: tuple[type[Any], ...] = (
    OverviewModel,
    HealthModel,
    AlertsModel,
    SettingsModel,
    ValidationModel,
)


def multiply(store: Store, millions: int) -> None:
    """Copy the million trades of the world until there are so many, each copy a second earlier."""
    with store.raw() as connection:
        connection.execute("create temporary table one as select * from trade")
        columns = "key, size_micro, price_pico, cash_micro, trader_id, outcome_id, market_id, side, occurrence, flags, tx_hash"
        for copy in range(1, millions):
            shifted = columns.replace("key,", f"key + {copy},", 1)
            connection.execute(
                f"insert into trade (ts, {columns}) select ts - interval '{copy} second', {shifted} from one"
            )
        connection.execute("drop table one")
    with store.session() as connection:
        connection.execute("vacuum analyze")


@contextmanager
def timed() -> Iterator[list[float]]:
    """Milliseconds of every statement meanwhile."""
    spent: list[float] = []
    execute = psycopg.Cursor.execute

    def measured(self: Any, *arguments: Any, **options: Any) -> Any:
        began = time.perf_counter()
        done = execute(self, *arguments, **options)
        spent.append((time.perf_counter() - began) * 1000)
        return done

    psycopg.Cursor.execute = measured  # type: ignore[method-assign]
    try:
        yield spent
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]


def p95(values: Sequence[float]) -> float:
    """The value that nineteen of twenty stay below."""
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def line(name: str, store: Store, models: Sequence[Any], repeats: int) -> None:
    """Read as the page does, over and over; print the slowest statement and the sum of all."""
    slowest, total = [], []
    for _, model in zip(range(repeats), cycle(models), strict=False):
        with timed() as spent:
            model.read()
        slowest.append(max(spent))
        total.append(sum(spent))
    print(
        f"{name:22} {len(spent):>3} {statistics.median(slowest):9.1f} {p95(slowest):9.1f} {p95(total):9.1f}",
        flush=True,
    )


def measure(owner: Store, store: Store, repeats: int) -> None:
    """Print the table."""
    traders = [row["address"] for row in reads.traders(owner).rows][:20]
    markets = [row["id"] for row in reads.smart_markets(owner).rows][:20]
    print(
        f"{'page':22} {'SQL':>3} {'median ms':>9} {'p95 ms':>9} {'all p95':>9}   slowest statement; all of a page's; n={repeats}"
    )
    for kind in (*LISTS, *OTHERS):
        line(kind.name, store, [kind("", store)], repeats)
    for kind in LISTS:
        for sort in list(kind.kind.__dataclass_fields__["sort"].default.__class__)[:4]:
            line(f"{kind.name} by {sort.name}", store, [kind(f"sort={sort.name}", store)], repeats)
    for tab in ("summary", "positions", "trades", "activity", "score"):
        asked = [TraderModel(f"address={address}&tab={tab}", store) for address in traders]
        line(f"trader: {tab}", store, asked, repeats)
    line("market", store, [MarketModel(f"id={key}", store) for key in markets], repeats)


def main(millions: int = 10, repeats: int = 60) -> None:
    """Write the world, measure, remove it."""
    with fresh_store() as owner:
        Seed(LARGE).write(owner)
        multiply(owner, millions)
        measure(owner, owner, repeats)


if __name__ == "__main__":
    main(*(int(given) for given in sys.argv[1:]))
