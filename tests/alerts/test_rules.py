"""Rules are right before they are saved: each wrong one gets one sentence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from smartmoney.alerts import MODELS, RuleKind, parse
from smartmoney.errors import ParameterError

ADDRESS = "0x" + "a" * 40


def test_defaults_are_the_common_ones() -> None:
    kind, rule = parse("trader_moves", {"tiers": ["S"], "min_usd": 2500.5})
    assert kind is RuleKind.trader_moves
    assert (rule.price_cap, rule.cooldown_minutes, rule.targets) == (0.95, 30, None)
    assert rule.min_usd == Decimal("2500.5")  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", list(RuleKind))
def test_what_is_saved_is_read_back_equal(kind: RuleKind) -> None:
    wanted: dict[str, Any] = {
        "trader_moves": {"wallets": [ADDRESS.upper().replace("X", "x")]},
        "market_crosses": {"measure": "smart_lean", "level": 0.5, "direction": "either"},
        "tier_changes": {"watched": True},
    }.get(kind, {})
    _, rule = parse(kind, {**wanted, "quiet_hours": "22:00-07:00", "targets": ["phone"]})
    assert parse(kind, rule.model_dump(mode="json")) == (kind, rule)
    assert type(rule) is MODELS[kind]


@pytest.mark.parametrize(
    ("kind", "parameters", "words"),
    [
        ("divination", {}, "no kind of rule 'divination'"),
        ("trader_moves", {}, "names nobody"),
        ("trader_moves", {"wallets": ["0x12"]}, "no wallet address"),
        ("trader_moves", {"tiers": ["Z"]}, "tiers.0 cannot be 'Z'"),
        ("trader_moves", {"tiers": ["S"], "min_usd": 0}, "min_usd cannot be '0'"),
        ("trader_moves", {"tiers": ["S"], "min_usd": float("nan")}, "min_usd"),
        ("trader_moves", {"tiers": ["S"], "price_cap": 1.5}, "price_cap"),
        ("trader_moves", {"tiers": ["S"], "colour": "red"}, "no parameter 'colour'"),
        ("trader_moves", {"tiers": ["S"], "quiet_hours": "10pm"}, "no range of hours"),
        ("trader_moves", {"tiers": ["S"], "markets": ["x; drop table"]}, "is no market"),
        ("market_crosses", {"level": 1}, "needs measure"),
        ("market_crosses", {"measure": "smart_lean", "level": 3}, "out of range"),
        ("market_crosses", {"measure": "smart_lean", "level": float("inf")}, "level"),
        ("consensus", {"wallets_needed": 1}, "wallets_needed"),
        ("market_resolves", {"watched_markets": False}, "names no market"),
        ("stream_stale", {"jobs": ["rm -rf"]}, "jobs.0"),
    ],
)
def test_a_wrong_rule_is_refused_in_one_sentence(
    kind: str, parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(ParameterError, match=words) as caught:
        parse(kind, parameters)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")
