"""What the tests of the store share."""

from __future__ import annotations

import pytest

from smartmoney.store.db import Store


@pytest.fixture
def empty(owner: Store) -> Store:
    """A database without any table."""
    with owner.raw() as connection:
        connection.execute(
            "drop schema public cascade; create schema public; create extension if not exists pg_trgm"
        )
    return owner
