"""How often a world shows what happens on the venue now and then: BEHAVIOURS.md says who saw each, and when."""

from __future__ import annotations

from dataclasses import dataclass

from polymarket_sim import measured


@dataclass(frozen=True)
class Venue:
    """Shares, 0 for never. The defaults are measured on real rows (`measured.py`); those of null averages, V2 markets and
    unjoined minutes are assumed, and `merging` is fitted.

    Attributes:
        null_averages: share of open positions whose average is not available.
        combos: share of wallets that buy combos.
        version_2: share of single questions that are Protocol V2 markets.
        merging: share of wallets that leave by buying the other side and merging. It leaves room for the market
            makers, who merge in any world: together they come to `measured.MERGING_WALLETS`.
        dust: share of wallets that strangers send tokens; half of them get a speck (assumed).
        late_questions: share of negative-risk events of four questions and more that get one of them later.
        redeemed_in_parts: share of redemptions that come in two.
        unjoined: share of minutes whose fills know nothing of their market as long as they are new.
    """

    null_averages: float = 0.002
    combos: float = measured.COMBO_WALLETS
    version_2: float = 0.04
    merging: float = 0.28
    dust: float = measured.UNBOUGHT_WALLETS
    late_questions: float = measured.LATE_QUESTIONS
    redeemed_in_parts: float = measured.REDEEMED_IN_PARTS
    unjoined: float = measured.UNJOINED_TRADES


LIVE = Venue()
"""As frequent as in life, as far as it is known: a small world may have no combo and no late question at all."""
EVENTFUL = Venue(combos=0.08, dust=0.03, late_questions=0.15, unjoined=0.05)
"""What is rare in life is frequent enough for a small world to have some."""
VENUES = {"live": LIVE, "eventful": EVENTFUL}
