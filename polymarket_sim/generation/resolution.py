"""What is decided but not yet known: how every question ends and how fast the news comes in.

The price of a question is an exact conditional probability. Each question (a negative-risk event, or one
other market) has a set of possible ends, exactly one of which is true. News arrives as one noisy signal per
end, a Brownian motion with drift 1 for the true end and 0 for the others, on a clock of information. By
Bayes the weight of end s is prior_s * exp(signal_s), so that every price is a martingale towards the
payout: nobody gains on average by trading at it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

MAX_ENDS = 9
VOID_CHANCE = 0.02


@dataclass
class Question:
    """One question: prior of its ends, the true end, and when its news arrives (Unix seconds, total
    information)."""

    prior: np.ndarray
    end: int
    news_from: int
    news_to: int
    information: float
    exclusive: bool

    def payout_micro(self, position: int) -> tuple[int, int]:
        """What the market at `position` pays per share of its first and second outcome, in micro-dollars."""
        if self.exclusive:
            return (1_000_000, 0) if self.end == position else (0, 1_000_000)
        return ((1_000_000, 0), (0, 1_000_000), (500_000, 500_000))[self.end]


@dataclass
class ResolutionProcess:
    """Arrays over questions (signal: questions x MAX_ENDS, padded) and over markets (the last seven)."""

    log_prior: np.ndarray
    ends: np.ndarray
    end: np.ndarray
    news_from: np.ndarray
    news_to: np.ndarray
    information: np.ndarray
    exclusive: np.ndarray
    signal: np.ndarray
    clock: np.ndarray
    first_market: np.ndarray
    question_of: np.ndarray
    position: np.ndarray
    open_at: np.ndarray
    close_at: np.ndarray
    resolve_at: np.ndarray
    popularity: np.ndarray
    quick: np.ndarray

    def extend(self, more: ResolutionProcess) -> None:
        """Append questions and markets that came into being later (their numbers continue ours)."""
        offset, base = len(self.end), len(self.question_of)
        more.question_of, more.first_market = more.question_of + offset, more.first_market + base
        for item in fields(self):
            setattr(
                self,
                item.name,
                np.concatenate([getattr(self, item.name), getattr(more, item.name)]),
            )

    def open_price_micro(self, market: int) -> int:
        """Price of the market's first outcome before any news, rounded to a tenth of a cent."""
        question, position = self.question_of[market], self.position[market]
        weight = np.exp(self.log_prior[question, : self.ends[question]])
        weight /= weight.sum()
        price = weight[position] if self.exclusive[question] else weight[0] + weight[2] / 2
        return int(np.clip(round(float(price), 3), 0.001, 0.999) * 1_000_000)

    def wins(self) -> np.ndarray:
        """Per market: 1 where the first outcome pays 1, 0 where the second does, 0.5 where void."""
        end, exclusive = self.end[self.question_of], self.exclusive[self.question_of]
        return np.asarray(
            np.where(exclusive, (end == self.position) * 1.0, np.choose(end % 3, (1.0, 0.0, 0.5)))
        )


def binary(rng: np.random.Generator, news_from: int, news_to: int, quick: bool = False) -> Question:
    """A two-outcome question; it may end void unless it is a quick (five-minute) one."""
    chance = (
        float(np.clip(rng.beta(1.6, 1.6), 0.06, 0.94))
        if not quick
        else float(rng.uniform(0.47, 0.53))
    )
    void = 0.0 if quick else VOID_CHANCE
    prior = np.array([chance * (1 - void), (1 - chance) * (1 - void), void])
    return Question(
        prior, int(rng.choice(3, p=prior)), news_from, news_to, float(rng.uniform(5.0, 10.0)), False
    )


def exclusive(rng: np.random.Generator, size: int, news_from: int, news_to: int) -> Question:
    """A question with `size` candidates, exactly one of which wins."""
    prior = rng.dirichlet(np.full(size, 1.3)) * 0.9 + 0.1 / size
    return Question(
        prior,
        int(rng.choice(size, p=prior)),
        news_from,
        news_to,
        float(rng.uniform(5.0, 10.0)),
        True,
    )


def assemble(
    questions: list[Question],
    sizes: list[int],
    open_at: list[int],
    close_at: list[int],
    resolve_at: list[int],
    popularity: list[float],
    quick: list[bool],
) -> ResolutionProcess:
    """Arrays from lists; `sizes` is the number of markets of each question, the other lists go by market."""
    log_prior = np.full((len(questions), MAX_ENDS), -np.inf)
    for row, question in zip(log_prior, questions, strict=False):
        row[: len(question.prior)] = np.log(np.maximum(question.prior, 1e-300))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    return ResolutionProcess(
        log_prior=log_prior,
        ends=np.array([len(q.prior) for q in questions], np.int64),
        end=np.array([q.end for q in questions], np.int64),
        news_from=np.array([q.news_from for q in questions], np.int64),
        news_to=np.array([q.news_to for q in questions], np.int64),
        information=np.array([q.information for q in questions]),
        exclusive=np.array([q.exclusive for q in questions]),
        signal=np.zeros((len(questions), MAX_ENDS)),
        clock=np.zeros(len(questions)),
        first_market=starts,
        question_of=np.repeat(np.arange(len(questions)), sizes),
        position=np.concatenate([np.arange(size) for size in sizes]),
        open_at=np.array(open_at, np.int64),
        close_at=np.array(close_at, np.int64),
        resolve_at=np.array(resolve_at, np.int64),
        popularity=np.array(popularity),
        quick=np.array(quick, np.bool_),
    )
