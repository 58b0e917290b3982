"""A condition of a list is declared once: the REST parameter and the page's control follow from it."""

from __future__ import annotations

from dataclasses import fields

import pytest

from smartmoney.api import params
from smartmoney.api.params import ListQuery, camel
from smartmoney.schema import MARKET, SMART_MARKET, TRADER, On
from smartmoney.store import reads
from smartmoney.store.filters import ListFilter
from smartmoney.widgets.controls import of_filter

QUERIES = [
    each
    for each in vars(params).values()
    if isinstance(each, type) and issubclass(each, ListQuery) and each is not ListQuery
]
SAMPLES = {
    "tiers": ("S", "A"),
    "statuses": ("OPEN",),
    "leans": ("YES",),
    "sides": ("BUY",),
    "states": ("open",),
}


def sample(kind: type[ListFilter], name: str) -> object:
    hint = str(kind.__dataclass_fields__[name].type)
    if name in SAMPLES:
        return SAMPLES[name]
    return True if hint == "bool" else 1 if "int" in hint else 0.5 if "float" in hint else "word"


@pytest.mark.parametrize("query", QUERIES, ids=[each.__name__ for each in QUERIES])
def test_every_parameter_reaches_its_field(query: type[ListQuery]) -> None:
    wanted = {name: sample(query.kind, name) for name in query.names.values() if name != "sort"}
    given = {
        camel(here): list(value) if isinstance(value := wanted[name], tuple) else value
        for here, name in query.names.items()
        if name != "sort"
    }
    filters = query.model_validate(given).filters()
    assert isinstance(filters, query.kind)
    assert {name: getattr(filters, name) for name in wanted} == wanted


@pytest.mark.parametrize("query", QUERIES, ids=[each.__name__ for each in QUERIES])
def test_a_field_is_offered_where_it_says_what_it_is(query: type[ListQuery]) -> None:
    said = {
        item.name
        for item in fields(query.kind)
        if item.metadata.get("about") and item.metadata["about"].means
    }
    assert set(query.names.values()) - {"sort"} == said


@pytest.mark.parametrize("kind", [reads.TraderFilter, reads.MarketFilter, reads.SmartFilter])
def test_pages_have_a_control_for_each_condition(kind: type[ListFilter]) -> None:
    shown = of_filter(kind(), ["politics"])
    labelled = [item.name for item in fields(kind) if item.metadata.get("about")]
    assert [control["key"] for control in shown] == labelled
    assert all(control["label"] for control in shown)
    for control in shown:
        kind.value(control["key"], control["value"])


def test_lists_are_sorted_by_the_columns_that_say_so() -> None:
    for keys, columns in (
        (reads.TraderSort, TRADER.on(On.LIST)),
        (reads.MarketSort, MARKET.on(On.LIST)),
        (reads.SmartSort, tuple(SMART_MARKET)),
    ):
        names = [column.sort.key or column.name for column in columns if column.sort]
        assert list(keys.__members__) == names
