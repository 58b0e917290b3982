"""What a process says of itself: JSON lines where a program reads them, plain lines in a terminal; errors to Sentry."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smartmoney.settings import Settings

PASSWORD = re.compile(r"(?<=://)[^\s/@]+@")
MOST_BYTES = 5 << 20
log = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """Time, level, logger, message, the record's `fields`, any traceback; passwords masked."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()  # whoever configures us by name also sends a format, of which we have no use

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=True, default=str)


class PlainLines(logging.Formatter):
    """Time, level, message and the record's `fields`, for people; passwords masked."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line, and its traceback below."""
        fields = "".join(
            f" {name}={value}" for name, value in getattr(record, "fields", {}).items()
        )
        head, *rest = super().format(record).split("\n")
        return masked("\n".join([head + fields, *rest]))


def masked(text: str) -> str:
    """The text without what stands before the @ of an address."""
    return PASSWORD.sub("***@", text)


def rotate(path: Path, most_bytes: int = MOST_BYTES, kept: int = 3) -> bool:
    """Put a log aside once it is large: `pages.log.1` is the newest of those kept; was it?"""
    try:
        if path.stat().st_size <= most_bytes:
            return False
        for number in range(kept, 1, -1):
            older = path.with_name(f"{path.name}.{number - 1}")
            if older.exists():
                older.replace(path.with_name(f"{path.name}.{number}"))
        path.replace(path.with_name(f"{path.name}.1"))
    except OSError:  # another process was faster, or there is none yet
        return False
    return True


def configure(settings: Settings) -> None:
    """Send what this process logs, from LOG_LEVEL up, to its error stream: JSON lines, unless that is a terminal."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainLines() if sys.stderr.isatty() else JsonLines())
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    report_errors(settings)


def report_errors(settings: Settings) -> bool:
    """Send errors to SENTRY_DSN, without the values of variables; False where it is unset or sentry-sdk is missing."""
    if settings.sentry_dsn is None or not settings.sentry_dsn.get_secret_value():
        return False
    try:
        import sentry_sdk
    except ImportError:
        log.warning(
            "SENTRY_DSN is set, but the package sentry-sdk is not installed: errors are only logged."
        )
        return False
    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_send=_scrubbed,
    )
    return True


def _scrubbed(event: Any, _hint: Any) -> Any:
    return json.loads(masked(json.dumps(event, default=str)))
