"""Which of the venue's behaviours a world shows: BEHAVIOURS.md says who saw each, and when."""

from __future__ import annotations

from dataclasses import dataclass

from polymarket_sim import measured


@dataclass(frozen=True)
class Venue:
    """Shapes are on or off; what happens in the world is a share, 0 for never.

    Attributes:
        one_row_conversions: a conversion is one row that names its event and not its legs; it gives up all
            NO tokens of which the wallet held at least its size.
        two_resolutions: resolutions come keyed by condition (RFC 3339, payouts) or as the oracle's life of
            the question (epoch text, a price, no payouts).
        stale_quotes: a closed market keeps the bid and ask it closed with.
        fresh_unlabelled: the newest rows have neither outcome index nor event slug yet.
        structural_tokens: negative-risk markets have a second pair of tokens in `/v2/tokens`.
        split_prices: SPLIT rows have a price of 0.5.
        null_averages: share of open positions whose average is not available.
        combos: share of wallets that buy combos.
        version_2: share of single questions that are Protocol V2 markets.
        merging: share of wallets that leave by buying the other side and merging.
        dust: share of wallets that strangers send dust.
        late_questions: share of negative-risk events that get a question later.
        redeemed_in_parts: share of redemptions that come in two.
        waking_hours: wallets trade in their own hours of the day only.
    """

    one_row_conversions: bool = False
    two_resolutions: bool = False
    stale_quotes: bool = False
    fresh_unlabelled: bool = False
    structural_tokens: bool = False
    split_prices: bool = False
    null_averages: float = 0.0
    combos: float = 0.0
    version_2: float = 0.0
    merging: float = 0.0
    dust: float = 0.0
    late_questions: float = 0.0
    redeemed_in_parts: float = 0.0
    waking_hours: bool = False


PLAIN = Venue()
"""The shapes of before: one row a leg, payouts in every resolution."""
REAL = Venue(
    one_row_conversions=True,
    two_resolutions=True,
    stale_quotes=True,
    fresh_unlabelled=True,
    structural_tokens=True,
    split_prices=True,
    null_averages=0.002,
    combos=0.08,
    version_2=0.04,
    merging=0.28,
    dust=0.03,
    late_questions=0.15,
    redeemed_in_parts=measured.REDEEMED_IN_PARTS,
    waking_hours=True,
)
"""What is written since September 2026. `merging` leaves room for the market makers, who merge in any world: together
they come to `measured.MERGING_WALLETS`. Late questions and combos are more frequent than in life, so that a
small world has some."""
VENUES = {"plain": PLAIN, "real": REAL}
DEFAULT = PLAIN
