"""Values people edit, and where the numbers come from, so that live, simulated and recorded ones never mix."""

from __future__ import annotations

from typing import Any

from smartmoney.errors import SettingError
from smartmoney.store.db import Store
from smartmoney.store.sql import Row, Statements, document

SQL = Statements(__file__)
PLACES = {"live": "the live API", "simulator": "the simulator", "recorded": "recordings"}


def settings(store: Store) -> dict[str, Row]:
    """What people changed, by name: value, changed_by, changed_at."""
    return {row["name"]: row for row in SQL.fetch(store, "settings")}


def save_setting(store: Store, name: str, value: Any, who: str = "local") -> None:
    """Set an editable value; None goes back to the default. The caller has validated it.

    Raises:
        ParameterError: it is too long, or cannot be kept.
    """
    if value is None:
        SQL.edit(store, "forget_setting", name=name)
    else:
        SQL.edit(store, "save_setting", name=name, value=document(value), changed_by=who[:100])


def source(store: Store) -> str | None:
    """`live`, `simulator` or `recorded`; None while the database holds nothing yet."""
    row = settings(store).get("source")
    return str(row["value"]) if row else None


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
            held = SQL.value(connection, "claim", name=name, value=document(value))
            if held != value:
                raise SettingError(
                    f"This database holds numbers of {PLACES.get(held, held)}, and this run would add those of "
                    f"{PLACES.get(value, value)}; {remedy}"
                )
