"""The people of a made-up world: what kind each wallet is, how skilled, how active."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polymarket_sim import ids, texts
from polymarket_sim.model import TraderInfo

KINDS = ("noise", "skilled", "maker", "bot", "farmer", "hedger", "one_hit", "sweeper")
NOISE, SKILLED, MAKER, BOT, FARMER, HEDGER, ONE_HIT, SWEEPER = range(len(KINDS))
SHARES = {MAKER: 0.04, BOT: 0.05, FARMER: 0.04, HEDGER: 0.06, ONE_HIT: 0.05, SWEEPER: 0.04}
ACTIVITY = {
    NOISE: 1.0,
    SKILLED: 14.0,
    MAKER: 0.4,
    BOT: 6.0,
    FARMER: 2.0,
    HEDGER: 1.0,
    ONE_HIT: 0.15,
    SWEEPER: 1.5,
}
"""How many orders a wallet of a kind sends, relative to an average noise trader."""
PASSIVE = {
    NOISE: 1.0,
    HEDGER: 0.5,
    FARMER: 1.0,
    ONE_HIT: 0.1,
    MAKER: 0.0,
    SKILLED: 0.0,
    BOT: 0.0,
    SWEEPER: 0.0,
}
"""Weight among the resting orders of people who are not market makers; the skilled never rest an order."""


@dataclass
class Population:
    """Numbers by trader: kind (index into KINDS), skill (log-odds), chance to take, to make, usual stake in
    USD; and taste: people differ in the prices they like. This share of orders goes to the favourite, negative to the
    long shot; of the skilled, who buy what they believe in, only where that is the favourite, or the long shot. It moves
    how often somebody wins, and not what his dollars earn."""

    kind: np.ndarray
    skill: np.ndarray
    take: np.ndarray
    make: np.ndarray
    passive: np.ndarray
    stake: np.ndarray
    taste: np.ndarray


def draw(rng: np.random.Generator, size: int, skilled_share: float) -> Population:
    """Draw `size` wallets; kinds in fixed shares, activity by a power law, skill uniform in 0.6 to 1.4 for
    the skilled."""
    counts = _counts(size, skilled_share)
    special = np.repeat(np.array(list(counts), np.int8), list(counts.values()))[:size]
    kind = np.zeros(size, np.int8)
    kind[rng.permutation(size)[: len(special)]] = special
    activity = np.minimum(rng.pareto(1.25, size) + 0.25, 60.0)
    tamed = np.isin(kind, (SKILLED, ONE_HIT))
    activity[tamed] = rng.uniform(0.8, 1.4, int(tamed.sum()))
    take = activity * np.vectorize(ACTIVITY.get)(kind)
    make = np.where(kind == MAKER, activity + 0.5, 0.0)
    passive = activity * np.vectorize(PASSIVE.get)(kind)
    passive = passive if passive.any() else make
    skill = np.where(kind == SKILLED, rng.uniform(0.6, 1.4, size), 0.0)
    stake = np.clip(rng.lognormal(3.6, 1.1, size), 4.0, 5_000.0) * np.where(kind == BOT, 0.06, 1.0)
    taste = np.where(np.isin(kind, (NOISE, SKILLED)), rng.uniform(-1.0, 1.0, size), 0.0)
    return Population(kind, skill, _share(take), _share(make), _share(passive), stake, taste)


def _counts(size: int, skilled_share: float) -> dict[int, int]:
    """How many wallets of each kind that is not noise; market makers first, so that small worlds have two."""
    counts = {kind: max(2, round(size * share)) for kind, share in SHARES.items()}
    return {MAKER: counts.pop(MAKER), SKILLED: round(size * skilled_share)} | counts


def _share(weights: np.ndarray) -> np.ndarray:
    shares: np.ndarray = weights / weights.sum()
    return shares


def traders(
    rng: np.random.Generator, seed: int, people: Population, *, hostile: bool = True
) -> list[TraderInfo]:
    """Wallets with names; some have none or a placeholder, and a few names and one long bio are hostile on purpose,
    unless `hostile` is false."""
    found = []
    for number, (kind, skill) in enumerate(
        zip(people.kind.tolist(), people.skill.tolist(), strict=False)
    ):
        wallet = ids.address(seed, number)
        adjective, noun = texts.pick(rng, texts.ADJECTIVES), texts.pick(rng, texts.NOUNS)
        style = rng.random()
        name = (
            f"{adjective.lower()}{noun}{number}"
            if style < 0.8
            else f"{ids.checksum_address(wallet)}-{1_700_000_000_000 + number}"
        )
        found.append(
            TraderInfo(
                address=wallet,
                owner=ids.digest("owner", seed, number, size=20),
                name=name if style < 0.93 else "",
                pseudonym=f"{adjective}-{noun}" if style < 0.97 else "",
                bio="Reads the rules first." if number % 17 == 3 else "",
                profile_image=f"{texts.IMAGES}/profile-{number}.png" if number % 5 == 1 else "",
                kind=KINDS[kind],
                skill=float(skill),
                x_username=f"{noun}On{number}" if style < 0.1 else "",
                verified=bool(style < 0.03),
            )
        )
    if hostile:
        _vandalise(rng, found)
    return found


def _vandalise(rng: np.random.Generator, found: list[TraderInfo]) -> None:
    victims = rng.permutation(len(found))[: min(len(texts.HOSTILE), max(1, len(found) // 20))]
    for text, victim in zip(texts.HOSTILE, victims.tolist(), strict=False):
        found[victim].name = text
    found[victims[0]].bio = texts.HOSTILE[1]
    found[victims[-1]].profile_image = "javascript:alert(1)"
