"""The form that puts what a page shows on the watchlist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from smartmoney.widgets.models.watching import WatchableModel
from smartmoney.widgets.parts import Form

LONGEST_NOTE = 2_000


class WatchPart:
    """A note and a button, wired to the model.

    Attributes:
        form: the widget.
    """

    def __init__(self, model: WatchableModel, guard: Callable[..., Callable[..., None]]) -> None:
        self.model, self.form = model, Form(name="watch", title="Watchlist")
        self.form.wishes(guard, submit=self._submit, press=lambda key="": model.unwatch())

    def _submit(self, values: Any = None) -> None:
        self.model.watch(str((values or {}).get("note", "")))

    def draw(self) -> None:
        """Show whether it is watched, and the note."""
        watched = self.model.data.get("watched")
        note = watched["note"] if watched else ""
        label = "Save the note" if watched else f"Watch this {self.model.thing}"
        more = [{"key": "unwatch", "label": "Stop watching"}] if watched else []
        with self.form.hold_sync():
            self.form.note = self.model.consequence if watched else "Not watched."
            self.form.fields = [
                {
                    "key": "note",
                    "label": "Note",
                    "kind": "text",
                    "longest": LONGEST_NOTE,
                    "value": note,
                    "wide": True,
                    "hint": "yours",
                }
            ]
            self.form.buttons = [{"key": "submit", "label": label, "main": True}, *more]
