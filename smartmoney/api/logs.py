"""One JSON object a line: what a service logs."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

PASSWORD = re.compile(r"(?<=://)[^\s/@]+@")


class JsonLines(logging.Formatter):
    """Time, level, logger, message, the record's `fields`, any traceback; passwords masked."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": PASSWORD.sub("***@", record.getMessage()),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = PASSWORD.sub("***@", self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=True, default=str)


def configure(level: str) -> None:
    """Send everything this process logs to its error stream, as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
