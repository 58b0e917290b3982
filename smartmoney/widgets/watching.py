"""A page of one thing that can be watched: rules, syncs and lists look at what is on the watchlist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from smartmoney.store.alerts import unwatch
from smartmoney.store.reads import Row
from smartmoney.widgets.model import PageData, PageModel


@dataclass(frozen=True, eq=False, kw_only=True)
class WatchableData(PageData):
    """What such a page has read.

    Attributes:
        watched: the thing's entry on the watchlist, where it has one.
    """

    watched: Row | None = None


Watchable = TypeVar("Watchable", bound=WatchableData)


class WatchableModel(PageModel[Watchable]):
    """Subclasses say how the thing gets onto the list; `read` puts its entry into the data."""

    thing = "thing"
    consequence = ""

    def put(self, note: str) -> Any:
        """Write the entry."""
        raise TypeError(f"{type(self).__name__} does not say what is watched.")

    def watch(self, note: str) -> None:
        """Put the thing on the watchlist, or change its note.

        Raises:
            ParameterError: there is no such thing, or the note is too long.
        """
        self.put(note)
        self.refresh()

    def unwatch(self) -> None:
        """Take it off the watchlist."""
        if self.data.watched:
            unwatch(self.store, self.data.watched["id"])
            self.refresh()
