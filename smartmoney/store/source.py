"""A database remembers where its numbers come from, so that live, simulated and recorded ones never mix."""

from __future__ import annotations

from psycopg.types.json import Jsonb

from smartmoney.errors import SettingError
from smartmoney.store.db import Store

WORDS = {"live": "the live API", "simulator": "the simulator", "recorded": "recordings"}


def source(store: Store) -> str | None:
    """`live`, `simulator` or `recorded`; None while the database holds nothing yet."""
    with store.raw() as connection:
        row = connection.execute("select value from setting where name = 'source'").fetchone()
    return str(row[0]) if row else None


def claim_source(store: Store, wanted: str, world: str | None = None) -> None:
    """Note where the numbers come from, at the first run; later runs must come from the same place.

    Args:
        store: as `sm_ingest` or `sm_owner`.
        wanted: `live`, `simulator` or `recorded`.
        world: what tells one simulated world from another.

    Raises:
        SettingError: the database holds numbers from elsewhere; nothing was changed.
    """
    remedy = "use another SMARTMONEY_HOME, or remove what is stored with `smartmoney reset`."
    with store.raw() as connection:
        for name, value in (("source", wanted), ("world", world)):
            if value is None:
                continue
            connection.execute(
                "insert into setting (name, value, changed_by) values (%s, %s, 'smartmoney up') "
                "on conflict (name) do nothing",
                [name, Jsonb(value)],
            )
            row = connection.execute("select value from setting where name = %s", [name]).fetchone()
            if row and row[0] != value:
                there = WORDS.get(row[0], row[0])
                raise SettingError(
                    f"This database holds numbers of {there}, and this run would add those of "
                    f"{WORDS.get(value, value)}; {remedy}"
                )
