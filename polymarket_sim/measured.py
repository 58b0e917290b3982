"""Frequencies measured on real rows, each with the set and the date it was counted on.

Two sets, both counted on 2026-11-26. NEAR: 5,814 wallets chosen by the size of a recent trade, not by profit,
April to July 2026; at most a page of positions and the newest rows of activity each. WON: 92 hand-picked
winners with up to 3,500 rows of activity each, January 2024 to February 2026. Neither is a sample of all
wallets; where both know a number, NEAR is the less selected.
"""

from __future__ import annotations

MERGING_WALLETS = 0.40
"""Wallets with 100 rows and more that ever merged: 39.5 % of 43 (NEAR), 41.1 % of 90 (WON)."""
SPLITTING_WALLETS = 0.12
"""Wallets with 100 rows and more that ever split: 2.3 % of 43 (NEAR), 12.2 % of 90 (WON)."""
CONVERTING_WALLETS = 0.07
"""Wallets with 100 rows and more that ever converted: 7.0 % of 43 (NEAR), 20.0 % of 90 (WON)."""
BOTH_SIDES = 0.055
"""Markets in which a wallet bought both outcomes: 5.5 % (NEAR), 15.6 % (WON); 16.1 % of positions were
mergeable (NEAR)."""
HOURS_A_DAY = ((0.10, 2.0), (0.25, 3.0), (0.50, 5.0), (0.75, 10.0), (0.90, 18.1), (0.99, 22.0))
"""Quantiles over wallets with 100 fills and more of the hours in which a wallet traded on its median active
day: 90 wallets of WON."""
FILLS_A_DAY = (
    (0.10, 7.0),
    (0.25, 12.0),
    (0.50, 46.8),
    (0.75, 253.0),
    (0.90, 946.0),
    (0.99, 1930.0),
)
"""The same of fills on its median active day."""
BUYS = 0.78
"""Share of TRADE rows that buy: 77.8 % (NEAR), 78.6 % (WON)."""
FILLS_IN_ONE_TRANSACTION = 0.005
"""Share of (wallet, transaction) pairs with more than one fill: 0.5 % (NEAR), 0.6 % (WON)."""
REDEEMED_IN_PARTS = 0.04
"""Markets a wallet redeemed more than once: 3.9 % (NEAR), 9.2 % (WON)."""
LOSING_REDEMPTIONS = 0.31
"""Share of REDEEM rows that paid nothing: 31.1 % (NEAR), 33.1 % (WON)."""
NEGATIVE_AVERAGES = 0.0019
"""Share of position rows with a negative average: 0.19 % (NEAR); all seen come from conversions."""
UNBOUGHT_POSITIONS = 0.0028
"""Share of position rows with an average of 0 and nothing bought, as after a transfer: about half of the
0.54 % with an average of 0 (NEAR)."""
UNBOUGHT_WALLETS = 0.0245
"""Share of wallets with such a position: 135 of 5,502 (NEAR). What is below one share the capture did not ask for."""
UNBOUGHT_SHARES = ((0.10, 27.7), (0.25, 89.7), (0.50, 306.8), (0.75, 1990.0), (0.90, 4062.4))
"""Quantiles over such positions of their shares; worth $0.48 in the median, for 44 % of the tokens nothing (NEAR)."""
LOST_AMONG_REDEEMABLE = 0.953
"""Share of redeemable positions whose price is 0: unredeemed losers stay, redeemed winners vanish (NEAR)."""
COMBO_WALLETS = 0.0053
"""Share of wallets with a row of a combo: 0.53 % of 5,814 (NEAR); none of 92 (WON)."""
COMBO_TRADES = 0.008
"""Share of combo rows in one page of 1,000 trades on 2026-09-14; 0.07 % of the trades of NEAR."""
SPLIT_PRICED = 0.94
"""Share of SPLIT rows whose price is 0.5, else 0: 94 % (NEAR), 100 % (WON); all MERGE rows have 0."""
UNJOINED_TRADES = 28 / 68_988
"""Share of TRADE rows that name their token and no market: all of 101 seconds of 2026-05-27, read three minutes later (NEAR)."""
UNTITLED_TRADES = 21 / 68_988
"""The same of rows that name the market and call it "0": those of the four minutes before (NEAR)."""
LATE_QUESTIONS = 7 / 8_183
"""Negative-risk events with a question added after they opened: 7 of 8,183 of a day's open markets."""
INCOME_WALLETS = {
    "YIELD": (0.107, 0.283),
    "REWARD": (0.013, 0.794),
    "MAKER_REBATE": (0.020, 0.044),
    "TAKER_REBATE": (0.002, 0.0),
    "REFERRAL_REWARD": (0.0015, 0.0),
}
"""Share of wallets with a row of the kind, (NEAR, WON)."""
