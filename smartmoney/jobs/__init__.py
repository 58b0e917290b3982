"""What the job notebooks call: one function a job, JSON-native keyword parameters in, a `JobReport` out.

A job is a function with the decorator `job` in a module of this folder. Functions are loaded when first asked for, so
that a notebook pays only for what it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from smartmoney.registry import declared

if TYPE_CHECKING:
    from smartmoney.jobs.report import JobReport as JobReport


def __getattr__(name: str) -> Any:
    if name == "JobReport":
        return import_module("smartmoney.jobs.report").JobReport
    if name not in declared():
        raise AttributeError(name)
    return getattr(import_module(f"smartmoney.jobs.{declared()[name].module}"), name)


def __dir__() -> list[str]:
    return [*declared(), "JobReport"]
