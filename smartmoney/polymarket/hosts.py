"""Which addresses may be asked: exactly the hosts of the settings, and none that points inside."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from smartmoney.errors import SettingError
from smartmoney.settings import LIVE_HOSTS, Settings

LIVE_NAMES = {urlsplit(url).hostname for url in LIVE_HOSTS.values()}


def checked_urls(settings: Settings) -> dict[str, str]:
    """Base addresses by host name (`data`, `gamma`, `clob`), each found fit to be asked.

    Live data comes over https from Polymarket's own hosts. Any other source is on this machine, or over https
    at a public address.

    Raises:
        SettingError: an address is none of these.
    """
    return {
        host: _checked(host, url, settings.smartmoney_source == "live")
        for host, url in settings.api_urls.items()
    }


def _checked(host: str, url: str, live: bool) -> str:
    name = f"POLYMARKET_{host.upper()}_URL"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingError(f"{name} is no address: {url!r}.") from None
    if parts.username or parts.password or parts.query or parts.fragment or not parts.hostname:
        raise SettingError(
            f"{name} must be scheme, host and path only: {parts.scheme}://{parts.hostname}."
        )
    secure = parts.scheme == "https"
    if live and not (secure and parts.hostname in LIVE_NAMES and port in {None, 443}):
        raise SettingError(
            f"{name} is {url!r}, which is not Polymarket: with SMARTMONEY_SOURCE=live only "
            f"{LIVE_HOSTS[f'polymarket_{host}_url']} is asked."
        )
    if not live and not is_loopback(parts.hostname) and (not secure or is_private(parts.hostname)):
        raise SettingError(
            f"{name} is {url!r}: use this machine (http://127.0.0.1:PORT), or https at a public address."
        )
    if parts.scheme not in {"http", "https"}:
        raise SettingError(f"{name} must begin with https:// or, on this machine, http://.")
    return url


def is_loopback(hostname: str) -> bool:
    """The name or address is this machine itself."""
    if hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(hostname).is_loopback
    except ValueError:
        return False


def is_private(hostname: str) -> bool:
    """A literal address that is not on the public internet (private, link-local, metadata, reserved)."""
    try:
        return not ipaddress.ip_address(hostname).is_global
    except ValueError:
        return False


def refuse_inside(url: str) -> None:
    """Refuse a public name that resolves to an address inside.

    Raises:
        SettingError: it does.
        OSError: the name does not resolve.
    """
    hostname = urlsplit(url).hostname or ""
    if is_loopback(hostname):
        return
    for *_, address in socket.getaddrinfo(hostname, None, type=socket.SOCK_STREAM):
        if is_private(str(address[0]).partition("%")[0]):
            raise SettingError(
                f"{hostname} resolves to {address[0]}, an address inside; it is not asked."
            )
