"""Where alerts go: the Apprise addresses of ALERT_URLS, named by labels that give no secret away.

An address may be written `name=address`; the name is then its label. An address that leads to this machine or
to a private network is refused, also when its host only resolves there.
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import apprise

from smartmoney.errors import SettingError
from smartmoney.settings import Settings

NAMED = re.compile(
    r"(?:(?P<name>[A-Za-z][A-Za-z0-9-]{0,29})=)?(?P<url>(?P<schema>[A-Za-z][A-Za-z0-9]{1,20})://\S+)"
)
ASSET = apprise.AppriseAsset(
    app_id="smartmoney",
    app_desc="smartmoney",
    app_url="",
    image_url_mask="",
    image_url_logo="",
    async_mode=False,
    http_redirects=False,
    storage_mode="memory",
    interpret_escapes=False,
    secure_logging=True,
)
NAT64 = ipaddress.ip_network("64:ff9b::/96")
LOUD = ("apprise", "urllib3", "requests")  # loggers that may write addresses


@dataclass(frozen=True)
class Target:
    """One place alerts go to.

    Attributes:
        label: how it is called wherever it is stored or shown.
        url: the secret address; kept out of `repr`.
        service: what Apprise calls it, such as Discord.
        allow_private: may it lead to this machine? For tests.
    """

    label: str
    url: str = field(repr=False)
    service: str = ""
    allow_private: bool = False


class Notices(logging.Handler):
    """Keeps what a library says instead of letting it reach a log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(record.getMessage())


@contextmanager
def quieted() -> Iterator[Notices]:
    """Apprise and its HTTP library write to no log in this block; what they warn of is kept."""
    notices = Notices()
    loggers = [logging.getLogger(name) for name in LOUD]
    before = [(logger.propagate, logger.handlers[:]) for logger in loggers]
    for logger in loggers:
        logger.propagate, logger.handlers = False, [notices]
    try:
        yield notices
    finally:
        for logger, (propagate, handlers) in zip(loggers, before, strict=True):
            logger.propagate, logger.handlers = propagate, handlers


def read_targets(settings: Settings, allow_private: bool = False) -> tuple[list[Target], list[str]]:
    """The targets of ALERT_URLS that can be used, and a sentence for each that cannot.

    An address cannot be used when it is wrong, has several receivers, or leads inside; the sentences name it
    by its place or label, never by its text.
    """
    text = settings.alert_urls.get_secret_value() if settings.alert_urls else ""
    targets: dict[str, Target] = {}
    problems: list[str] = []
    for number, word in enumerate(text.split(), 1):
        try:
            target = _target(number, word, allow_private)
            if target.label in targets:
                raise SettingError(
                    f"ALERT_URLS has {target.label} twice; give each address once, and its own name."
                )
            targets[target.label] = target
        except SettingError as error:
            problems.append(str(error))
    return list(targets.values()), problems


def _target(number: int, word: str, allow_private: bool) -> Target:
    match = NAMED.fullmatch(word)
    if match is None:
        raise SettingError(
            f"Address {number} of ALERT_URLS is no address; write [name=]service://…, "
            "such as phone=tgram://token/chat."
        )
    url = match["url"]
    label = (
        match["name"]
        or f"{match['schema'].lower()}-{hashlib.blake2b(url.encode(), digest_size=3).hexdigest()}"
    )
    plugin = open_plugin(Target(label, url, allow_private=allow_private))
    return Target(label, url, str(plugin.service_name), allow_private)


def open_plugin(target: Target) -> Any:
    """Apprise's object for a target, checked again: names may resolve elsewhere than before.

    Raises:
        SettingError: Apprise cannot use the address, it has several receivers, or it leads inside.
    """
    with quieted():
        plugin = apprise.Apprise.instantiate(target.url, asset=ASSET)
    if plugin is None:
        raise SettingError(
            f"Apprise cannot use the address of {target.label} in ALERT_URLS; its documentation shows "
            "how each service is written."
        )
    plugin.redirects = False
    if is_local(plugin):
        raise SettingError(
            f"{target.label} in ALERT_URLS tells only this machine; name a service on the network."
        )
    if len(plugin) > 1:
        raise SettingError(
            f"{target.label} in ALERT_URLS has {len(plugin)} receivers; give one address for each, "
            "so that a second try tells nobody twice."
        )
    if not target.allow_private and any(leads_inside(host) for host in hosts(plugin)):
        raise SettingError(
            f"{target.label} in ALERT_URLS leads to this machine or a private network; name a public address."
        )
    return plugin


def is_local(plugin: Any) -> bool:
    """Can the service be addressed without saying where? Then it tells this machine only, as syslog does."""
    templates: tuple[str, ...] = plugin.templates
    return any(set(re.findall(r"{(\w+)}", template)) <= {"schema"} for template in templates)


def hosts(plugin: Any) -> list[str]:
    """Hosts the address itself names; services with a fixed host name none."""
    named = any("{host}" in template for template in plugin.templates)
    found = [getattr(plugin, "smtp_host", None), plugin.host if named else None]
    return [host for host in found if isinstance(host, str) and host]


def leads_inside(host: str) -> bool:
    """Does the host name or resolve to anything but public addresses? An unknown name leads nowhere."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        return False
    return any(_is_inside(str(entry[4][0])) for entry in found)


def _is_inside(address: str) -> bool:
    ip = ipaddress.ip_address(address.split("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if ip in NAT64:
        inner = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
    ip = inner or ip
    return not ip.is_global or ip.is_multicast or ip.is_reserved
