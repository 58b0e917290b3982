"""A session that waits for the next page has done before what it can: the store is connected, or is simply away."""

from __future__ import annotations

import pytest

from smartmoney.store.db import Store
from smartmoney.widgets import session


def test_a_session_that_waits_is_connected(reader: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "read_store", lambda: reader)
    assert reader.idle == 0
    session.warm()
    assert reader.idle == 1


def test_a_session_waits_without_a_store_too(monkeypatch: pytest.MonkeyPatch) -> None:
    away = Store("postgresql://sm_read@127.0.0.1:9/smartmoney", "sm_read")
    monkeypatch.setattr(session, "read_store", lambda: away)
    session.warm()
    assert away.idle == 0
