"""A page of one thing that can be watched: rules, syncs and lists look at what is on the watchlist."""

from __future__ import annotations

from typing import Any

from smartmoney.store.alerts import unwatch
from smartmoney.widgets.models.base import PageModel


class WatchableModel(PageModel):
    """Subclasses say how the thing gets onto the list; `read` puts its entry into the data as `watched`."""

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
        if watched := self.data.get("watched"):
            unwatch(self.store, watched["id"])
            self.refresh()
