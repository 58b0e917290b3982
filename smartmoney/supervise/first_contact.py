"""The report of a first contact with the API, fit for an issue, and what one request gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import orjson

from smartmoney.errors import ParameterError
from smartmoney.ids import is_address
from smartmoney.polymarket.call import Response
from smartmoney.polymarket.capture import Keeper, capture
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.contact import FEW_ROWS, Listener, meet
from smartmoney.polymarket.contact_report import Contact
from smartmoney.settings import Settings
from smartmoney.supervise.paths import Paths

LONGEST_ROW = 2_000
HEADERS = ("age", "cache-control", "cf-cache-status", "content-type", "date", "x-trace-id")
HOSTS = ("data", "gamma", "clob")


def first_contact(
    settings: Settings, progress: Callable[[str], None] = lambda _: None
) -> tuple[Contact, Path]:
    """Ask every route once, and keep the report beside those of the jobs; returns what came of it, and the file."""
    with Listener(settings, page_rows=FEW_ROWS) as client:
        contact = meet(client, progress)
    at = datetime.now(UTC)
    folder = Paths(settings.smartmoney_home).reports / "first_contact"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{at:%Y-%m-%dT%H%M%SZ}.md"
    path.write_text(as_markdown(contact, settings.smartmoney_source, at), encoding="utf-8")
    return contact, path


def as_markdown(contact: Contact, source: str, at: datetime) -> str:
    """The report: each difference with its consequence, then what was asked."""
    found = contact.differences
    lines = [
        f"# First contact with the API ({source}), {at:%Y-%m-%d %H:%M} UTC",
        "",
        f"smartmoney {version('smartmoney')}; {len(contact.asked)} answers; {verdict(contact)}",
        "",
    ]
    lines += [f"{sentence}\n" for sentence in contact.facts]
    if found:
        lines += ["| Route | What differs | What follows |", "|---|---|---|"]
        lines += [
            f"| `{each.route}` | {_cell(each.what)} | {_cell(each.means)} |" for each in found
        ]
        lines.append("")
    lines += ["| Asked | Rows | Age of the answer |", "|---|---|---|"]
    lines += [
        f"| `{each.route}` | {'one object' if each.rows is None else f'{each.rows:,}'} | {each.age_s:.0f} s |"
        for each in contact.asked
    ]
    lines += [f"| `{route}` | not asked: {why} | |" for route, why in contact.skipped.items()]
    return "\n".join(lines) + "\n"


def verdict(contact: Contact) -> str:
    """One sentence: what differs, and where nothing does that so it is."""
    count = len(contact.differences)
    if count:
        return f"{count} {'thing differs' if count == 1 else 'things differ'} from docs/polymarket-api.md."
    left = len(contact.skipped)
    rest = f", {left} routes could not be asked" if left else ""
    return f"All that was asked is as docs/polymarket-api.md says{rest}."


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def ask(settings: Settings, route: str, params: Mapping[str, str]) -> Response:
    """One answer of one route.

    Args:
        settings: whom to ask.
        route: host and path, such as `data/v2/activity`; a path alone is asked of the data API.
        params: the query.

    Raises:
        ParameterError: it is no route.
        ApiRefused, ApiThrottled, ApiBlocked, ApiUnavailable: what was refused, and why.
    """
    host, _, path = route.strip("/").partition("/")
    if host not in HOSTS:
        host, path = "data", route.strip("/")
    if not path or any(sign in path for sign in "?#{} \\") or ".." in path:
        raise ParameterError(
            f"{route!r} is no route: write HOST/PATH, HOST one of {', '.join(HOSTS)}, "
            "and the query as NAME=VALUE."
        )
    with Client(settings) as client:
        answer: Response = client.get(host, f"/{path}", params)
    return answer


def record(
    settings: Settings, address: str, folder: Path | None, progress: Callable[[str], None]
) -> tuple[Counter[str], Path]:
    """Record a wallet in a new folder, by default one named after it, here; returns rows by file, and the folder.

    Raises:
        ParameterError: it is no address, nobody's, or the folder is there already.
    """
    wallet = address.strip().lower()
    if not is_address(wallet):
        raise ParameterError(f"{address!r} is no wallet address: 0x and 40 digits.")
    where = folder or Path(f"capture-{wallet}")
    with Keeper(settings) as client:
        return capture(client, wallet, where, progress), where


def described(answer: Response, most: int) -> str:
    """An answer for a reader: where from, how old, how many rows, and the first of them."""
    found = answer.json
    rows = next(
        (
            each
            for each in (found, *(found.values() if isinstance(found, dict) else ()))
            if isinstance(each, list)
        ),
        None,
    )
    lines = [f"{answer.route}: {len(answer.body):,} bytes, {answer.age_s:.0f} s old"]
    lines += [f"  {name}: {answer.headers[name]}" for name in HEADERS if name in answer.headers]
    if rows is None:
        return "\n".join([*lines, _written(found)])
    cursor = next(
        (
            found[name]
            for name in ("next_cursor", "nextCursor")
            if isinstance(found, dict) and found.get(name)
        ),
        None,
    )
    lines.append(f"{len(rows):,} rows" + (f", and more behind {cursor}" if cursor else ""))
    return "\n".join([*lines, *(_written(row) for row in rows[:most])])


def _written(value: object) -> str:
    text = orjson.dumps(value, default=float, option=orjson.OPT_INDENT_2).decode()
    return text if len(text) <= LONGEST_ROW else f"{text[:LONGEST_ROW]} …"
