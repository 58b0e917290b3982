"""Every error smartmoney raises on purpose, sorted by what the caller should do.

SmartmoneyError
├── UserError            fix the input and call again; the message is one sentence with the remedy
│   ├── SettingError         a setting is wrong, missing or unknown
│   ├── ParameterError       a job parameter, address or filter is wrong
│   └── RecordingError       a recording cannot be read
├── TemporaryError       try again later, nothing is lost
│   ├── ApiUnavailable       no route, timeouts or 5xx until the retries were used up
│   ├── ApiThrottled         told to wait longer than a run may wait
│   ├── ApiBlocked           an edge page answered instead of the API; the circuit is open
│   ├── StoreUnavailable     the database is away
│   └── QueryTooSlow         the time of a statement was up
├── StopStream           do not retry this stream; a person must look
│   ├── ApiRefused           400, 401, 404 or 410 on a known route
│   ├── ShapeChanged         a key field is missing, or too many rows of a page cannot be read
│   ├── WalkStuck            a walk repeats itself or cannot pass a point
│   └── SchemaMismatch       the database was migrated by a newer version, or not at all
└── AlreadyRunning       somebody else does it; not a failure
"""

from __future__ import annotations


class SmartmoneyError(Exception):
    """Base of all errors raised on purpose; `str(error)` is a sentence for people."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in a notebook: the sentence says all, the way to it is ours."""
        return [f"{type(self).__name__}: {self}"]


class UserError(SmartmoneyError):
    """The input is wrong: fix it and call again."""


class SettingError(UserError):
    """A setting is wrong, missing or unknown."""


class ParameterError(UserError):
    """A job parameter, an address, an identifier or a filter is wrong.

    Attributes:
        parameter: which one, where the caller may not see it from the sentence; else None.
    """

    def __init__(self, message: str, parameter: str | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter


class RecordingError(UserError):
    """A recording on disk cannot be read."""


class TemporaryError(SmartmoneyError):
    """It may work later; nothing was lost."""


class ApiUnavailable(TemporaryError):
    """No route to the API, timeouts, or server errors until the retries were used up."""


class ApiThrottled(TemporaryError):
    """The API asked for a wait longer than a run may wait.

    Attributes:
        wait_seconds: how long it asked for.
    """

    def __init__(self, message: str, wait_seconds: float) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class ApiBlocked(TemporaryError):
    """An edge page (HTML) answered in place of the API; the circuit is open."""


class StoreUnavailable(TemporaryError):
    """The database does not answer."""


class StoreBusy(TemporaryError):
    """Postgres refused a transaction for the sake of others, time and again."""


class QueryTooSlow(TemporaryError):
    """A statement took longer than its role may take."""


class StopStream(SmartmoneyError):
    """This stream must stop until a person has looked."""


class ApiRefused(StopStream):
    """A known route answered 400, 401, 404 or 410.

    Attributes:
        status: HTTP status code.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class ShapeChanged(StopStream):
    """A key field is missing, or too many rows of a page cannot be read.

    Attributes:
        one_stream: the fault lies in rows of this stream; others may go on.
    """

    def __init__(self, message: str, *, one_stream: bool = False) -> None:
        super().__init__(message)
        self.one_stream = one_stream


class WalkStuck(StopStream):
    """A walk repeats itself, or meets a point it cannot pass."""


class SchemaMismatch(StopStream):
    """The database schema is newer than this code, or was never migrated."""


class AlreadyRunning(SmartmoneyError):
    """Another process holds this stream; nothing to do."""
