"""Prometheus' rules and the Grafana dashboard: well formed by promtool, and about metrics that are really served."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.parser import text_string_to_metric_families

from smartmoney.api.metrics import Metrics
from smartmoney.registry import declared
from tests.kit.compose import DEPLOY

PROMTOOL = shutil.which("promtool")
RULES = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((DEPLOY / "grafana" / "smartmoney.json").read_text())
NAME = re.compile(r"\bsmartmoney_\w+")
LABELS = {
    collector._name: set(collector._labelnames)
    for collector in Metrics().registry._collector_to_names
    if isinstance(collector, MetricWrapperBase)
}
LABEL = re.compile(r"(\w+)=~?\"|\bby \((\w+)\)|\{\{ ?(?:\$labels\.)?(\w+) ?\}\}")


def asked() -> list[tuple[str, str, str]]:
    """Who asks, the expression, and all text in which a label may be named."""
    rules = [(rule["alert"], rule["expr"], json.dumps(rule)) for rule in RULES]
    panels = [
        (panel["title"], target["expr"], target["expr"] + target["legendFormat"])
        for panel in DASHBOARD["panels"]
        for target in panel["targets"]
    ]
    return rules + panels


@pytest.fixture(scope="module")
def served(address: str) -> dict[str, Family]:
    """What /metrics serves after one request for a list: family by the name of each of its series."""
    with httpx.Client(base_url=address, trust_env=False) as client:
        client.get("/api/traders")
        families = list(text_string_to_metric_families(client.get("/metrics").text))
    suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
    return {
        family.name + suffix: family
        for family in families
        for suffix in suffixes.get(family.type, [""])
    }


@pytest.mark.parametrize(("who", "expression", "text"), asked(), ids=lambda value: value[:24])
def test_what_is_asked_for_is_served(
    served: dict[str, Family], who: str, expression: str, text: str
) -> None:
    for name in NAME.findall(expression):
        assert name in served, f"{who}: nothing serves {name}"
        labels = {label for found in LABEL.findall(text) for label in found if label}
        unknown = labels - LABELS[served[name].name] - {"le", "severity", "__name__"}
        assert not unknown, f"{who}: {name} has no {unknown}"


def test_every_job_that_can_be_late_is_seen(served: dict[str, Family]) -> None:
    seen = {sample.labels["job"] for sample in served["smartmoney_stream_state"].samples}
    assert seen
    assert seen <= set(declared())


def test_each_alert_says_what_it_means_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "note"), rule["alert"]
        assert set(rule["annotations"]) == {"summary", "action"}, rule["alert"]


def test_panels_have_a_title_a_sentence_and_a_place_of_their_own() -> None:
    taken = set()
    for panel in DASHBOARD["panels"]:
        assert panel["title"]
        assert panel["description"].endswith((".", "?")), panel["title"]
        at = panel["gridPos"]
        for cell in (
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        ):
            assert cell not in taken, f"{panel['title']} lies on another"
            assert cell[0] < 24
            taken.add(cell)


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: prometheus)")
def test_promtool_finds_nothing_and_the_rules_fire_when_they_should(tmp_path: Path) -> None:
    folder = DEPLOY / "prometheus"
    asked_by_panels = [
        {"record": f"panel:{index}", "expr": target["expr"]}
        for index, target in enumerate(
            target for panel in DASHBOARD["panels"] for target in panel["targets"]
        )
    ]
    panels = tmp_path / "panels.yml"
    panels.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": asked_by_panels}]}))
    for command in (
        ["check", "config", str(folder / "prometheus.yml")],
        ["check", "rules", str(panels)],
        ["test", "rules", str(folder / "rules_test.yml")],
    ):
        told = subprocess.run(
            [str(PROMTOOL), *command], capture_output=True, text=True, check=False, timeout=120
        )
        assert told.returncode == 0, told.stdout + told.stderr
