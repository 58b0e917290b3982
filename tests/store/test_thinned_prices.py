"""The step that thins prices of every look to prices that changed."""

from __future__ import annotations

from datetime import timedelta

from smartmoney.store.db import Store
from smartmoney.store.server.migrate import migrate, migrations
from tests.kit.rows import NOW

CHANGED = next(step for step in migrations() if step.name == "prices_that_changed").number


def test_equal_looks_become_one_row_that_says_until_when(empty: Store) -> None:
    migrate(empty, [step for step in migrations() if step.number < CHANGED])
    looks = [(0, 4), (10, 4), (20, 4), (30, 5), (40, 4), (100, 4), (110, 4)]
    with empty.raw() as connection:
        for market in (1, 2):
            connection.execute(
                "insert into market (condition_id) values (%s)", [f"0x{market:064x}"]
            )
            for minutes, tenths in looks:
                connection.execute(
                    "insert into market_price values (%s, %s, %s, 'gamma')",
                    [market, NOW + timedelta(minutes=minutes), tenths / 10],
                )
        connection.execute(
            "insert into market_price values (1, %s, 0.4, 'history')",
            [NOW + timedelta(minutes=15)],
        )
    migrate(empty, migrations())
    with empty.raw() as connection:
        found = connection.execute(
            "select market_id, extract(epoch from ts - %(now)s)::int / 60, price::float8, source, "
            "extract(epoch from seen_until - %(now)s)::int / 60 from market_price order by 1, 2",
            {"now": NOW},
        ).fetchall()
    kept = [
        (0, 0.4, "gamma", 20),
        (30, 0.5, "gamma", 30),
        (40, 0.4, "gamma", 40),
        (100, 0.4, "gamma", None),
    ]
    assert [row[1:] for row in found if row[0] == 2] == kept
    assert [row[1:] for row in found if row[0] == 1] == sorted([*kept, (15, 0.4, "history", 15)])
