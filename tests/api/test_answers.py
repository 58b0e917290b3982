"""Equal questions are read once, answers are kept for seconds, and memory has a bound."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from smartmoney.api import answers as room
from smartmoney.api.answers import Answers
from smartmoney.errors import ParameterError, StoreUnavailable
from smartmoney.store.db import Store
from tests.kit.environment import alone

NOWHERE = Store("postgresql://nobody@127.0.0.1:9/none", "sm_read")


def asked(etag: str = "") -> Request:
    headers = [(b"if-none-match", etag.encode())] if etag else []
    return Request({"type": "http", "headers": headers, "method": "GET", "path": "/"})


class Work:
    """Counts how often it is done; slow enough for others to ask meanwhile."""

    def __init__(self, result: Any, seconds: float = 0.05) -> None:
        self.done = 0
        self.result, self.seconds = result, seconds
        self._lock = threading.Lock()

    def __call__(self, store: Store) -> Any:
        with self._lock:
            self.done += 1
        time.sleep(self.seconds)
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def together(
    answers: Answers, work: Callable[[Store], Any], times: int
) -> list[Response | BaseException]:
    async def ask() -> list[Response | BaseException]:
        return await asyncio.gather(
            *(answers.listed(asked(), "key", work) for _ in range(times)), return_exceptions=True
        )

    return alone(ask())


def test_equal_questions_wait_for_one_read() -> None:
    work = Work({"x": 1})
    found = together(Answers(NOWHERE), work, 30)
    assert work.done == 1 and {
        response.body for response in found if isinstance(response, Response)
    } == {b'{"x":1}'}


def test_an_error_reaches_everybody_who_waited_and_is_not_kept() -> None:
    answers, work = Answers(NOWHERE), Work(ParameterError("no"))
    assert [str(error) for error in together(answers, work, 5)] == ["no"] * 5
    assert work.done == 1 and len(together(answers, work, 1)) == 1 and work.done == 2


@pytest.mark.parametrize("keep, reads", [(60.0, 1), (0.0, 2)])
def test_an_answer_is_kept_as_long_as_told(keep: float, reads: int) -> None:
    answers, work = Answers(NOWHERE, keep), Work({"x": 1}, 0)
    together(answers, work, 1)
    together(answers, work, 1)
    assert work.done == reads


def test_memory_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_BYTES", 1_000)
    answers = Answers(NOWHERE, 60)

    async def fill() -> None:
        for number in range(50):
            await answers.listed(asked(), number, lambda store, number=number: "x" * (90 + number))  # type: ignore[misc]

    alone(fill())
    assert answers._bytes == sum(len(body.content) for body in answers._kept.values()) <= 1_000
    assert list(answers._kept)[-1] == 49 and len(answers._kept) > 3


def test_after_the_database_was_found_away_the_next_second_fails_at_once() -> None:
    answers, work = Answers(NOWHERE), Work(StoreUnavailable("away"), 0)
    for _ in range(5):
        assert isinstance(together(answers, work, 1)[0], StoreUnavailable)
    assert work.done == 1


@pytest.mark.parametrize(
    "given, status",
    [('"{}"', 304), ('W/"{}"', 304), ('"a", "{}"', 304), ("*", 304), ('"a"', 200), ("", 200)],
)
def test_what_the_caller_has_is_not_sent_again(given: str, status: int) -> None:
    async def ask() -> Response:
        answers = Answers(NOWHERE)
        tag = (await answers.listed(asked(), 1, lambda store: {})).headers["etag"].strip('"')
        return await answers.listed(asked(given.replace("{}", tag)), 1, lambda store: {})

    assert alone(ask()).status_code == status
