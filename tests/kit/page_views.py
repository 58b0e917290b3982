"""Every page by name: its view on a store, and the components it is made of."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest
from ipywidgets import Widget

from smartmoney.store.db import Store
from smartmoney.widgets.components import Component
from tests.kit.seed import address

PAGES = {
    "overview": ("OverviewPage", ""),
    "traders": ("TradersPage", ""),
    "trader": ("TraderPage", f"address={address(3)}"),
    "markets": ("MarketsPage", ""),
    "smart_markets": ("SmartMarketsPage", ""),
    "market": ("MarketPage", "id=68"),
    "health": ("HealthPage", ""),
    "settings": ("SettingsPage", ""),
    "alerts": ("AlertsPage", ""),
    "validation": ("ValidationPage", ""),
    "report": ("ReportPage", "run=1"),
}
each = pytest.mark.parametrize("name", PAGES)
Make = Callable[..., Any]


def page(made: Make, store: Store, name: str, query: str | None = None) -> Any:
    """The view of a page, as `made` makes it."""
    view, usual = PAGES[name]
    return made(
        getattr(importlib.import_module(f"smartmoney.widgets.screens.{name}.view"), view),
        store,
        usual if query is None else query,
    )


def parts(widget: Widget) -> list[Component]:
    """The components inside, from top to bottom."""
    inside = [part for child in getattr(widget, "children", ()) for part in parts(child)]
    return [widget, *inside] if isinstance(widget, Component) else inside
