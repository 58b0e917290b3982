"""The job notebooks are thin, clean, and say the same as the functions, the table, the settings and the flows."""

from __future__ import annotations

import ast
import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from flows import deployed, jobs, parameters
from flows.notebook import schema_of
from smartmoney import jobs as functions
from smartmoney.registry import declared, first_pass
from smartmoney.settings import Settings

FOR_TESTS = {"store", "settings", "allow_private", "now"}
MORE = {"validate_scores": ("prove_lean",)}  # a part of the same report
NOTEBOOKS = sorted(jobs.NOTEBOOKS.glob("*.ipynb"))


def cells(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text())["cells"])


def code(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def test_the_six_jobs_of_the_pipeline_have_their_notebook() -> None:
    assert {path.stem for path in NOTEBOOKS} >= set(first_pass(declared()))
    assert {path.stem for path in NOTEBOOKS} <= set(jobs.OURS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_clean(path: Path) -> None:
    metadata = json.loads(path.read_text())["metadata"]
    assert metadata["kernelspec"]["name"] == "python3" and set(metadata) <= {
        "kernelspec",
        "language_info",
    }
    for cell in cells(path):
        assert not cell.get("outputs") and cell.get("execution_count") is None
        assert set(cell["metadata"]) <= {"tags"}
        assert len(code(cell).splitlines()) <= 20


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_thin(path: Path) -> None:
    found = cells(path)
    assert found[0]["cell_type"] == "markdown" and code(found[0]).startswith("# ")
    trees = [ast.parse(code(cell)) for cell in found if cell["cell_type"] == "code"]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    assert not [node for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    imported = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    assert imported == {"smartmoney.jobs"}
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    assert [ast.unparse(call.func) for call in calls] == [path.stem, *MORE.get(path.stem, ())]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_parameters_are_those_of_the_function(path: Path) -> None:
    declared = parameters.declared(path)
    signature = inspect.signature(getattr(functions, path.stem)).parameters
    expected = {
        name: (each.annotation, each.default)
        for name, each in signature.items()
        if name not in FOR_TESTS
    }
    assert {name: (each.annotation, each.default) for name, each in declared.items()} == expected


@pytest.mark.parametrize("name", declared())
def test_what_is_read_from_the_source_is_what_the_function_declares(name: str) -> None:
    assert getattr(functions, name).job == declared()[name]


@pytest.mark.parametrize("job", jobs.OURS.values(), ids=lambda job: job.name)
def test_each_job_has_a_flow_that_takes_the_notebooks_parameters(job: jobs.NotebookJob) -> None:
    flow = getattr(deployed, job.name)
    assert flow.name == job.name and flow.description == job.does
    expected = set(parameters.declared(job.notebook)) if job.notebook.is_file() else set()
    assert set(schema_of(flow)["properties"]) == expected


def test_shifts_are_shorter_than_every_interval() -> None:
    settings = Settings()
    assert all(job.shift < job.interval(settings) for job in jobs.OURS.values() if job.setting)
    beats = [(job.interval(settings), job.shift) for job in jobs.OURS.values() if job.setting]
    assert len(set(beats)) == len(beats)
