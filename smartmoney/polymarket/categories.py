"""The category of an event, from its tags: markets have had none of their own since 2023."""

from __future__ import annotations

import re
from collections.abc import Iterable

SLUGS = {
    "esports": "esports",
    "weather": "weather daily-temperature climate",
    "mentions": "mentions",
    "sports": "sports soccer nba nfl mlb nhl tennis games golf",
    "crypto": "crypto crypto-prices bitcoin ethereum",
    "economics": "economy economics fed inflation jobs",
    "finance": "finance stocks earnings business",
    "tech": "tech ai big-tech science space",
    "culture": "pop-culture culture movies music awards",
    "politics": "politics us-politics u-s-politics elections world geopolitics us-current-affairs",
}
"""Slugs of the tags of each category. An event carries many tags; the category named first here wins."""
BY_TAG = {slug: name for name, slugs in SLUGS.items() for slug in slugs.split()}
SHORT_CRYPTO = "crypto-short"
_SHORT = re.compile(r"-updown-(?:5|15)m-")


def category(tags: Iterable[str], slug: str = "", legacy: str = "") -> str | None:
    """The category of an event or market.

    Args:
        tags: slugs of its tags.
        slug: of the event or market; the five and fifteen minute up/down markets are a category of their own,
            because their millions of tiny fills would drown everything else.
        legacy: the market's own category, which only old ones have.

    Returns:
        One of the boards' categories, `crypto-short`, or None where no tag tells.
    """
    if _SHORT.search(slug):
        return SHORT_CRYPTO
    words = [*tags, legacy.strip().lower().replace(" ", "-")]
    found = {BY_TAG[word] for word in words if word in BY_TAG}
    return next((name for name in SLUGS if name in found), None)
