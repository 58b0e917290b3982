"""A7: nobody there. A clear sentence within the budget, nothing stored, and everything is due again."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from smartmoney.errors import ApiUnavailable
from smartmoney.store.db import Store
from tests.kit.same import Picture, assert_same, picture
from tests.kit.syncing import sync

WALLET = "0x" + "1" * 40


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port where connections are accepted and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def full() -> Iterator[int]:
    """A port whose queue is full, so that connecting itself hangs."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield port
        for one in waiting:
            one.close()


def fails(store: Store, url: str, within: float, **more: object) -> str:
    """The sentence of a run that finds nobody; nothing may be stored."""
    began = time.monotonic()
    with pytest.raises(ApiUnavailable) as error:
        sync(store, url, [WALLET], kinds=("trades",), **more)
    assert time.monotonic() - began < within
    left = picture(store)
    assert (
        not left["trade"]
        and not left["quarantine"]
        and not any(row[4] or row[6] for row in left["stream"])
    )
    return str(error.value)


def test_a_deaf_port(store: Store, deaf: int) -> None:
    assert "no whole answer in 1 s" in fails(
        store, f"http://127.0.0.1:{deaf}", 12.0, request_deadline_s=1.0
    )


def test_a_port_that_does_not_even_accept(store: Store, full: int) -> None:
    assert "No route to 127.0.0.1" in fails(
        store, f"http://127.0.0.1:{full}", 8.0, request_deadline_s=1.0
    )


def test_a_closed_port(store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert "No route to 127.0.0.1: check the network" in fails(
        store, f"http://127.0.0.1:{port}", 3.0
    )


def test_a_name_that_does_not_resolve(store: Store) -> None:
    assert "No route to nobody.invalid: check the network" in fails(
        store, "https://nobody.invalid", 15.0
    )


def test_the_next_run_completes(
    store: Store, deaf: int, api: object, run: object, clean: Picture
) -> None:
    fails(store, f"http://127.0.0.1:{deaf}", 12.0, request_deadline_s=1.0)
    run()  # type: ignore[operator]
    found = picture(store)
    found["stream"] -= {row: 1 for row in found["stream"] if row[1] == WALLET}  # type: ignore[operator]
    assert_same(found, clean)
