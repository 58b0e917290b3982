"""Where the per-trader part runs: in this process, or on the workers of a Dask cluster; the results are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from smartmoney.errors import SettingError
from smartmoney.jobs.memory import keep_freed_memory
from smartmoney.settings import Settings

Item = TypeVar("Item")
Shared = TypeVar("Shared")
Result = TypeVar("Result")
CONNECT_SECONDS = 10
LOOPBACK = "127.0.0.1"


class Engine(Protocol):
    """Applies a function to every item and one shared argument; results come in the order of the items."""

    def __call__(
        self, function: Callable[[Item, Shared], Result], items: Iterable[Item], shared: Shared
    ) -> Iterable[Result]:
        """The results, in that order."""
        ...


@contextmanager
def engine(settings: Settings) -> Iterator[Engine]:
    """The engine that SCORING_ENGINE names.

    Raises:
        SettingError: Dask is not installed, or its scheduler does not answer.
    """
    if settings.scoring_engine == "local":
        yield _in_this_process
        return
    with _client(settings) as client:
        yield _on(client)


def _in_this_process(
    function: Callable[[Item, Shared], Result], items: Iterable[Item], shared: Shared
) -> Iterable[Result]:
    """Two at a time: the database works for one while the other is computed."""
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda item: function(item, shared), items)


def _on(client: Any) -> Engine:
    def apply(
        function: Callable[[Item, Shared], Result], items: Iterable[Item], shared: Shared
    ) -> Iterable[Result]:
        everywhere = client.scatter(shared, broadcast=True, hash=False)
        futures = [
            client.submit(on_worker, function, item, everywhere, pure=False, retries=1)
            for item in items
        ]
        return (future.result() for future in futures)

    return apply


def on_worker(function: Callable[[Item, Shared], Result], item: Item, shared: Shared) -> Result:
    """What a Dask worker does with an item."""
    keep_freed_memory()
    return function(item, shared)


@contextmanager
def _client(settings: Settings) -> Iterator[Any]:
    """A client of the scheduler at DASK_ADDRESS, or of a cluster on this machine that ends with the run."""
    if settings.dask_address is None:
        with local_cluster(settings.dask_workers) as client:
            yield client
        return
    distributed = _distributed()
    try:
        client = distributed.Client(settings.dask_address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise SettingError(
            f"No Dask scheduler answers at DASK_ADDRESS {settings.dask_address} ({type(error).__name__}); start one, "
            "correct the address, or set SCORING_ENGINE to local."
        ) from error
    with client:
        yield client


@contextmanager
def local_cluster(workers: int) -> Iterator[Any]:
    """A client of worker processes on this machine, one thread each, that end with the block.

    Raises:
        SettingError: Dask is not installed.
    """
    distributed = _distributed()
    with (
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host=LOOPBACK,
            dashboard_address=None,
            worker_dashboard_address=None,
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise SettingError(
            "SCORING_ENGINE is dask, but Dask is not installed: pip install 'smartmoney[dask]', or set it to local."
        ) from None
    return distributed
