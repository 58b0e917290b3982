"""What the comparison of one set says, by thresholds fixed beforehand."""

from __future__ import annotations

from typing import Literal, NamedTuple

from smartmoney.proof.comparing import RankComparison, rivals
from smartmoney.proof.thresholds import THRESHOLDS, Thresholds

Answer = Literal["leak", "holds", "ranks", "nothing", "too little", "no answer"]


class ProofVerdict(NamedTuple):
    """One of `thresholds.VERDICTS`, and the sentence that says it with its figures."""

    answer: Answer
    sentence: str


def verdict(comparison: RankComparison, limits: Thresholds = THRESHOLDS) -> ProofVerdict:
    """Read the primary comparison."""
    if comparison.wallets < limits.min_wallets or comparison.events < limits.min_set_events:
        return ProofVerdict(
            "no answer",
            f"Cannot answer: {comparison.wallets:,} wallets with {limits.min_events} events on both sides and"
            f" {comparison.events:,} events; {limits.min_wallets:,} and {limits.min_set_events:,} are asked for.",
        )
    score = comparison.correlations[0]
    if score.ic is None or score.low is None or score.high is None or score.seen_above is None:
        return ProofVerdict(
            "no answer", "Cannot answer: the score or what came next is the same for everybody."
        )
    figures = (
        f"rank correlation {score.ic:+.3f} ({score.low:+.3f} to {score.high:+.3f}, 90 %) over {score.wallets:,} wallets"
        f" and {comparison.events:,} events; an IC above {score.seen_above:.3f} would have been seen"
    )
    if score.ic > limits.leak_ic:
        return ProofVerdict(
            "leak", f"Look for a leak: {figures}, and no study of real wallets has come near it."
        )
    if score.low > 0 and score.ic >= limits.min_ic:
        return _against_baselines(comparison, figures)
    if score.seen_above <= limits.literature_ic:
        return ProofVerdict(
            "nothing",
            f"No persistence seen: {figures}, so the {limits.literature_ic} of the literature would have been.",
        )
    return ProofVerdict(
        "too little",
        f"Too little data to tell: {figures}, so the {limits.literature_ic} of the literature could have been missed.",
    )


def _against_baselines(comparison: RankComparison, figures: str) -> ProofVerdict:
    level = [
        f"{each.factor} ({each.ic:+.3f})"
        for each in rivals(comparison)
        if each.ahead_low is None or each.ahead_low <= 0
    ]
    if level:
        return ProofVerdict(
            "ranks",
            f"The score ranks what comes next, but is not shown to do so better than {', '.join(level)}: {figures}.",
        )
    return ProofVerdict(
        "holds",
        f"The score holds: {figures}, and every baseline lies below it by more than the bounds.",
    )
