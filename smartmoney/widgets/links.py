"""Where things are: pages of ours, the explorer, Polymarket. Every part is checked or quoted."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from smartmoney.ids import is_address, is_transaction
from smartmoney.run_state import noted_address
from smartmoney.settings import Settings

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,200}")


def page(name: str, **query: object) -> str:
    """A page of ours, relative, so that it works behind any prefix: trader.ipynb?address=0x12."""
    given = urlencode({key: value for key, value in query.items() if value not in (None, "")})
    return f"{quote(name)}.ipynb{'?' + given if given else ''}"


def trader(address: str) -> str:
    """The trader's page, or nothing for what is no address."""
    return page("trader", address=address) if is_address(address) else ""


def market(market_id: int) -> str:
    """The market's page."""
    return page("market", id=int(market_id))


def wallet_in_explorer(address: str) -> str:
    """The wallet on Polygonscan."""
    return f"https://polygonscan.com/address/{address}" if is_address(address) else ""


def transaction_in_explorer(tx_hash: str) -> str:
    """The transaction on Polygonscan."""
    return f"https://polygonscan.com/tx/{tx_hash}" if is_transaction(tx_hash) else ""


def profile_on_polymarket(address: str) -> str:
    """The wallet's profile on Polymarket."""
    return f"https://polymarket.com/profile/{address}" if is_address(address) else ""


def event_on_polymarket(slug: str | None) -> str:
    """The event on Polymarket."""
    return f"https://polymarket.com/event/{slug}" if slug and SLUG.fullmatch(slug) else ""


def prefect_ui(settings: Settings) -> str:
    """Where Prefect's pages are, as `smartmoney up` noted it; "" when it is not known."""
    return noted_address(settings.smartmoney_home, "prefect")


def prefect_run(address: str, flow_run_id: str | None) -> str:
    """The page of a flow run."""
    return (
        f"{address}/runs/flow-run/{flow_run_id}"
        if address and flow_run_id and UUID.fullmatch(flow_run_id)
        else ""
    )
