"""What gamma's objects share and what stands alone: times, tags, series, profiles."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from polymarket_sim import ids
from polymarket_sim.accounts.served import Served
from polymarket_sim.model import Tag, TraderInfo
from polymarket_sim.protocol.wire import micro


@lru_cache(50_000)
def iso(ts: int, micros: int = 0) -> str:
    """ISO 8601 with Z and an optional fraction."""
    text = datetime.fromtimestamp(ts, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{micros:06d}Z".replace(".000000Z", "Z")


def tag(found: Tag) -> dict[str, Any]:
    """A tag; the older ones carry what editors once set."""
    number = int(found.id)
    optional = {"forceHide": 3, "publishedAt": 2, "updatedBy": 2, "isCarousel": 5}
    edited = {
        "forceHide": True,
        "publishedAt": "2023-11-02 21:24:31.008+00",
        "updatedBy": 13,
        "isCarousel": False,
    }
    return {
        "id": found.id,
        "label": found.label,
        "slug": found.slug,
        "forceShow": number % 7 == 0,
        "createdAt": "2024-11-13T19:58:34.318816Z",
        "updatedAt": "2026-04-17T20:49:24.504438Z",
        **{name: edited[name] for name, every in optional.items() if number % every == 0},
    }


def series(served: Served, slug: str) -> dict[str, Any]:
    """The family of a recurring event."""
    name = slug.split("-")[0].upper()
    return {
        "id": str(10_684 + (name == "ETH")),
        "ticker": f"{name.lower()}-up-or-down-5m",
        "slug": f"{name.lower()}-up-or-down-5m",
        "title": f"{name} Up or Down 5m",
        "seriesType": "single",
        "recurrence": "5m",
        "image": "",
        "icon": "",
        "active": True,
        "closed": False,
        "archived": False,
        "featured": False,
        "restricted": True,
        "createdAt": "2025-11-21T21:46:22.201627Z",
        "updatedAt": iso(served.world.now // 60 * 60, 415_743),
        "volume24hr": 0,
        "volume": 0,
        "liquidity": 0,
        "commentCount": 0,
    }


def profile(who: TraderInfo, number: int) -> dict[str, Any]:
    """A public profile; empty optional keys are left out."""
    optional = {
        "name": who.name,
        "pseudonym": who.pseudonym,
        "bio": who.bio,
        "profileImage": who.profile_image,
        "xUsername": who.x_username,
    }
    return {
        "$schema": "https://gamma-api.polymarket.com/schemas/PublicProfileResponse.json",
        "createdAt": iso(who.joined_at, 270_365),
        "proxyWallet": who.address,
        "displayUsernamePublic": bool(who.name),
        **{key: value for key, value in optional.items() if value},
        "users": [
            {"id": str(5_000_000 + number), "creator": False, "mod": False, "communityMod": False}
        ],
        "verifiedBadge": who.verified,
        "takerTier": 0,
        "takerTierName": "Tier 0",
        "weightedVolume": micro(int(ids.digest("tier", who.address, size=3), 16)),
    }
