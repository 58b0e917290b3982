"""One boundary around every callback: people see a sentence and a short id, the log gets the redacted rest.

The log is a file: what a kernel writes to standard error reaches the browser.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from smartmoney.errors import SmartmoneyError, StoreUnavailable
from smartmoney.logs import rotate
from smartmoney.settings import Settings

LOG = logging.getLogger("smartmoney.pages")
REDACTED = "***"
AWAY = "The store is unavailable; this page tries again by itself."
PATTERNS = (
    re.compile(r"(://[^\s/@:]*:)[^\s@]+(?=@)"),
    re.compile(r"(?i)((?:password|passwd|token|secret|api_?key)['\"]?\s*[=:]\s*['\"]?)[^\s&'\"]+"),
    re.compile(r"(?i)(bearer )[\w.~+/=-]+"),
)
Callback = Callable[..., Any]
Boundary = Callable[[Callback], Callable[..., None]]
"""Wraps a callback so that its errors are shown on its page."""


def redact(text: str, known: tuple[str, ...] = ()) -> str:
    """The text without passwords, tokens and the `known` secrets."""
    for secret in known:
        if len(secret) >= 4:
            text = text.replace(secret, REDACTED)
    for pattern in PATTERNS:
        text = pattern.sub(rf"\1{REDACTED}", text)
    return text


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Every secret value among the settings."""
    values = (getattr(settings, name) for name in Settings.model_fields)
    return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))


class RedactingFormatter(logging.Formatter):
    """A log line without secrets, traceback included."""

    def __init__(self, known: tuple[str, ...] = ()) -> None:
        super().__init__("%(asctime)s %(process)d %(levelname)s %(message)s")
        self._known = known

    def format(self, record: logging.LogRecord) -> str:
        """The redacted line."""
        return redact(super().format(record), self._known)


def log_to(settings: Settings) -> Path:
    """Send the pages' log to `logs/pages.log` of the installation (mode 0600); returns the file."""
    path = settings.smartmoney_home / "logs" / "pages.log"
    if not LOG.handlers:
        path.parent.mkdir(parents=True, exist_ok=True)
        rotate(path)
        path.touch(mode=0o600)
        handler = WatchedFileHandler(
            path
        )  # every session writes to it, and any of them may rotate it
        handler.setFormatter(RedactingFormatter(secrets_of(settings)))
        for logger in (LOG, logging.getLogger("py.warnings"), logging.getLogger("Comm")):
            logger.addHandler(handler)
            logger.propagate = False
        LOG.setLevel(settings.log_level)
        logging.captureWarnings(True)
        _keep_tracebacks()
    return path


def _keep_tracebacks() -> None:
    """Inside a session: what the libraries cannot handle goes to the log, where they would show it in the browser."""
    from IPython.core.getipython import get_ipython

    session = get_ipython()
    if session is not None:
        setattr(session, "showtraceback", _report_last)  # noqa: B010


def _report_last(*_: Any, **__: Any) -> None:
    report(sys.exc_info()[1] or RuntimeError("unknown"), "the session")


def report(error: BaseException, where: str) -> str:
    """Log an unexpected error under a short id; returns the id."""
    number = secrets.token_hex(4)
    LOG.error(
        "error %s in %s: %s\n%s", number, where, error, "".join(traceback.format_exception(error))
    )
    return number


def sentence_for(error: BaseException, where: str) -> str:
    """What people read: our own errors in their own words, anything else as an id."""
    if isinstance(error, StoreUnavailable):
        return AWAY
    if isinstance(error, SmartmoneyError):
        return redact(str(error))
    return f"Something went wrong in {where}; the page goes on. The log has it as error {report(error, where)}."


def bounded(callback: Callback, show: Callable[[str], None], where: str) -> Callable[..., None]:
    """`callback` with the sentence of its error shown instead of the error raised."""

    @wraps(callback)
    def call(*arguments: Any, **named: Any) -> None:
        try:
            callback(*arguments, **named)
        except Exception as error:  # noqa: BLE001
            show(sentence_for(error, where))

    return call
