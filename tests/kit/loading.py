"""A page's model, loaded as the page loads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from smartmoney.store.db import Store
from smartmoney.widgets.model import PageState
from smartmoney.widgets.screens.market.model import MarketModel
from smartmoney.widgets.screens.report.model import ReportModel
from smartmoney.widgets.screens.trader.model import TraderModel
from tests.kit.seed import address

Make = Callable[..., Any]
QUERY = {TraderModel: f"address={address(3)}", MarketModel: "id=68", ReportModel: "run=1"}


def loaded(made: Make, kind: Any, store: Store, query: str | None = None, **more: Any) -> Any:
    """A model that has read once; `query` of its own where none is given."""
    model = made(kind, store, QUERY.get(kind, "") if query is None else query, **more)
    assert model.state is PageState.LOADING
    model.refresh()
    return model


def utc(*parts: int) -> datetime:
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]
