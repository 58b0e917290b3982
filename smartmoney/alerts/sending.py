"""One message to one target, by Apprise."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import apprise

from smartmoney.alerts.targets import Target, open_plugin, quieted
from smartmoney.errors import SettingError
from smartmoney.text import INERT, sanitize

SHORTEST_SECRET = 4
NEVER_SECRET = {
    "http",
    "https",
    "json",
    "jsons",
    "mailto",
    "mailtos",
    "smtp",
    "post",
    "mode",
    "format",
    "text",
    "html",
}
LONGEST_ERROR = 300


@dataclass(frozen=True)
class Message:
    """What is sent.

    Attributes:
        title, body: plain text.
        key: the same alert to the same target has the same key, whatever number of tries it takes.
    """

    title: str
    body: str
    key: str


@dataclass(frozen=True)
class Result:
    """Did the target accept it? If not, why: a sentence without secrets."""

    ok: bool
    error: str = ""


def message_key(dedupe_key: str, target: str) -> str:
    """Key of one alert at one target, 16 hexadecimal digits."""
    return hashlib.blake2b(f"{dedupe_key}\x1f{target}".encode(), digest_size=8).hexdigest()


def send(target: Target, message: Message) -> Result:
    """Send once. Webhooks carry the key in the payload and a header, mail in a header, all in the text."""
    try:
        plugin = open_plugin(target)
    except SettingError as error:
        return Result(False, str(error))
    _attach_key(plugin, message.key)
    sender = apprise.Apprise(asset=plugin.asset)
    sender.add(plugin)
    with quieted() as notices:
        try:
            ok = sender.notify(
                title=message.title,
                body=f"{message.body}\n(ref {message.key})",
                body_format=apprise.NotifyFormat.TEXT,
            )
        except Exception as error:  # a plugin of 150: whatever it raises must not stop the others
            notices.lines.append(f"{type(error).__name__}: {error}")
            ok = False
    reason = redacted(" ".join(notices.lines), target.url)
    return (
        Result(True)
        if ok
        else Result(
            False, sanitize(reason, LONGEST_ERROR, INERT) or "The target did not accept it."
        )
    )


def _attach_key(plugin: Any, key: str) -> None:
    if isinstance(getattr(plugin, "payload_extras", None), dict):
        plugin.payload_extras["key"] = key
    if isinstance(getattr(plugin, "headers", None), dict):
        plugin.headers["Idempotency-Key"] = key


def redacted(text: str, url: str) -> str:
    """The text without any part of the address but the words everybody knows."""
    parts = {part for source in (url, unquote(url)) for part in re.split(r"[:/@?&=,\s]+", source)}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= SHORTEST_SECRET and part.lower() not in NEVER_SECRET:
            text = re.sub(re.escape(part), "…", text, flags=re.IGNORECASE)
    return text
