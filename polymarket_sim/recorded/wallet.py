"""What the two recordings of single wallets share: the profile in every row, events, tags, checked tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from polymarket_sim import ids, texts
from polymarket_sim.generation.catalogue import TAGS
from polymarket_sim.model import EventInfo, MarketInfo, Tag, TraderInfo
from polymarket_sim.recorded import fields
from polymarket_sim.recorded.fields import Damage, Row
from polymarket_sim.recorded.recording import Recording

PROFILE = ("proxyWallet", "name", "pseudonym", "bio", "profileImage")
TOKEN = ("conditionId", "asset", "outcomeIndex", "outcome")
CATEGORY = {labels[0]: category for category, labels in texts.CATEGORIES.items()}
FILL = ("side", "size", "price", "timestamp", "eventSlug", "transactionHash")
INDEX = {0: 0, 1: 1}
FLAGS = {True: True, False: False}


def wallet(recording: Recording, row: Row) -> str:
    """Address of the row's wallet; its newest profile is kept (rows come newest first)."""
    address = fields.address(row, "proxyWallet")
    if address not in recording.traders:
        name, pseudonym, bio, image = (fields.text(row, field, empty=True) for field in PROFILE[1:])
        recording.traders[address] = TraderInfo(
            address=address,
            name=name,
            pseudonym=pseudonym,
            bio=bio,
            profile_image=image,
            kind="recorded",
        )
    return address


def outcome(row: Row, market: MarketInfo) -> int:
    """Index of the row's outcome; Damage where token, index and label do not belong together."""
    index = fields.choice(row, "outcomeIndex", INDEX)
    if fields.text(row, "asset") != market.token_ids[index]:
        raise Damage(
            f"asset {row['asset']} is not the token of outcome {index} of condition {market.condition_id}"
        )
    if fields.text(row, "outcome") != market.outcomes[index]:
        raise Damage(
            f"outcome is {row['outcome']!r} where outcome {index} is {market.outcomes[index]!r}"
        )
    return index


def event(slug: str, market: MarketInfo, labels: Sequence[str], gamma_id: str = "") -> EventInfo:
    """The event a market belongs to, as far as the market tells; `Recording.add` gives it its span."""
    return EventInfo(
        gamma_id=gamma_id,
        slug=slug,
        title=market.question,
        category=category(labels),
        tags=tags(labels),
        neg_risk=False,
        neg_risk_market_id="",
        created_at=0,
        end_at=0,
        icon=market.icon,
    )


def question_id(condition_id: str) -> str:
    """A stand-in for a question id that was not recorded: it cannot be had from the condition id."""
    return ids.digest("question", condition_id)


def tags(labels: Iterable[str]) -> tuple[Tag, ...]:
    """Gamma tags of these labels; those the catalogue knows keep its ids, others get one from their text."""
    return tuple(TAGS.get(label) or _tag(label) for label in labels)


def _tag(label: str) -> Tag:
    number = 100_000 + int(ids.digest("tag", label, size=3), 16) % 900_000
    return Tag(str(number), label, texts.slugify(label, 0)[:-2])


def category(labels: Iterable[str]) -> str:
    """The first label that names a category of the boards, "" if none does."""
    return next((CATEGORY[label] for label in labels if label in CATEGORY), "")
