"""Frames read from the test's own database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from smartmoney import frames
from smartmoney.store.db import Store


@pytest.fixture
def reading(store: Store, reader: Store) -> Iterator[Store]:
    """The read-only store that frames come from during a test."""
    with frames.reading_from(reader):
        yield reader
