"""The tables analysts read, as pandas frames: `frame_tables` says what is in them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd

from smartmoney.errors import ParameterError
from smartmoney.schema import Column
from smartmoney.store import frame_filters as takes
from smartmoney.store.arrow import fetch, listed
from smartmoney.store.db import Store
from smartmoney.store.frame_tables import (
    CATEGORIES,
    OF_WHAT,
    PAST,
    PAST_OUTCOMES,
    PAST_WALLETS,
    TABLES,
    WHOSE,
    Table,
    query,
)

PATIENCE_S = 300
"""Pages give up after seconds; an analyst waits for a million rows."""


def patient(store: Store) -> Store:
    """The same store with the patience of an analyst: statements may take minutes."""
    return Store(store.url, store.role, 1, PATIENCE_S)


def load_frame(
    store: Store, name: str, filters: Mapping[str, object], limit: int | None = None
) -> pd.DataFrame:
    """A frame with the columns and dtypes of `TABLES[name]`; a warning says why it is cut or empty, where that is known.

    Args:
        store: read-only.
        name: of the frame.
        filters: the function's arguments by name; those that are None are left out.
        limit: most rows; None for all.

    Raises:
        ParameterError: a filter has a value it cannot take.
        StoreUnavailable: the database does not answer.
    """
    check_limit(limit)
    table = TABLES[name]
    bound = table.read(filters)
    text, values = query(name, bound, limit)
    frame = fetch(patient(store), text, values).to_pandas()
    notes = []
    if limit is not None and len(frame) == limit:
        notes.append(
            f"only the first {limit:,} rows; narrow it by a filter, or ask for all with limit=None."
        )
    if frame.empty:
        notes += nothing(store, table, bound)
    for note in notes:
        warnings.warn(f"{name}: {note}", stacklevel=4)  # where `smartmoney.frames` was called
    if frame.empty:  # an Arrow text column of no chunk at all cannot be merged (pandas 3.1)
        return empty(table.columns)
    return frame.astype({key: column.dtype for key, column in table.columns.items()})


def check_limit(limit: object) -> None:
    """Refuse a limit that is none.

    Raises:
        ParameterError: it is neither a number of rows nor None.
    """
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        raise ParameterError(f"limit takes a number of rows or None, not {limit!r:.60}.", "limit")


def past_wallets(store: Store, bound: Mapping[str, object]) -> pd.DataFrame:
    """The wallets that the filters `address` and `tier` leave: id, address, name."""
    used = {key: value for key, value in bound.items() if key in WHOSE}
    where = f" where {' and '.join(PAST.conditions(used))}" if used else ""
    return fetch(patient(store), PAST_WALLETS.format(where=where), list(used.values())).to_pandas()


def past_outcomes(
    store: Store, outcomes: Sequence[int], bound: Mapping[str, object]
) -> pd.DataFrame:
    """What was known at `as_of` of the outcomes that the filters on markets leave.

    Columns: id, condition_id, question, outcome, outcome_index, resolved (null: never), current_price.
    """
    used = {key: value for key, value in bound.items() if key in OF_WHAT}
    more = "".join(f" and {condition}" for condition in PAST.conditions(used, 2))
    text = PAST_OUTCOMES.format(as_of="$1", outcomes=listed(outcomes), and_where=more)
    return fetch(patient(store), text, [bound["as_of"], *used.values()]).to_pandas()


def empty(columns: Mapping[str, Column]) -> pd.DataFrame:
    """A frame without rows, with the dtypes of its columns."""
    return pd.DataFrame({key: pd.Series([], dtype=column.dtype) for key, column in columns.items()})


def nothing(store: Store, table: Table, bound: Mapping[str, object]) -> list[str]:
    """Why a frame has no row, in sentences, where the filters tell: a wallet or a time that the database does not have.

    Args:
        store: read-only.
        table: of the frame.
        bound: what was read of the arguments, by name.

    Raises:
        ParameterError: there is no such category, though there are others.
    """
    notes = []
    if "category" in bound:
        known = _column(store, CATEGORIES)
        for word in str(bound["category"]).split(takes.SEPARATOR):
            if known and word not in {one.lower() for one in known}:
                raise takes.refused("category", word, known)
    if "address" in bound:
        text = f"select address from trader where address = {takes.LISTED.format('$1')}"
        unknown = {each for each in str(bound["address"]).split(takes.SEPARATOR) if each}
        unknown -= set(_column(store, text, bound["address"]))
        notes += [f"the wallet {address} is not known here." for address in sorted(unknown)]
    moments = {key: value for key, value in bound.items() if isinstance(value, datetime)}
    if moments and table.reach:
        first, last = fetch(patient(store), table.reach, []).to_pylist()[0].values()
        if first is not None:
            asked = ", ".join(f"{key} {value:%Y-%m-%d %H:%M}" for key, value in moments.items())
            notes.append(
                f"no rows by {asked}; they reach from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC."
            )
    return notes


def _column(store: Store, text: str, *values: object) -> list[str]:
    return [str(word) for word in fetch(patient(store), text, list(values)).column(0).to_pylist()]
