"""The comparison of two versions as people read it, short enough for a commit message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

from smartmoney.formats import full_usd, short_address
from smartmoney.store.scores.standings import Standing
from smartmoney.supervise.moved import PNL, STAGES, Comparison, Moved, tally

LISTED = 8
"""Wallets named in a list, the largest first."""
TALLIED = {"tier": "tiers", "flags": "flags", "coverage": "coverage"}


def sentences(found: Comparison, names: tuple[str, str], whole: bool = False) -> list[str]:
    """One line each.

    Args:
        found: what differs.
        names: what people call the two versions.
        whole: no list is cut, and addresses are written out.
    """
    rows = sum(each.rows for each in found.after.values())
    lines = [
        f"{_wallets(len(found.after))} with {rows:,} rows; before: {names[0]}, after: {names[1]}."
    ]
    if found.nothing:
        lines.append("Nothing moved: rows, markets, ledger, measures and scores are the same.")
    else:
        lines += _stages(found)
        for name, addresses in (("before", found.only_before), ("after", found.only_after)):
            if addresses:
                lines += [f"Only {name}: {_wallets(len(addresses))}."]
        lines += _pnl(found, whole) + _tiers(found, whole) + _flags(found, whole)
        lines += _coverage(found) + _others(found)
    if found.lacking:
        lines.append(f"Not compared, as only one version has it: {', '.join(found.lacking)}.")
    return [*lines, _now(found.after)]


def _stages(found: Comparison) -> list[str]:
    counts = Counter(each.stage for each in found.moved)
    silent = sum(1 for each in found.moved if not each.changes)
    by_stage = ", ".join(f"{name} {counts[key]:,}" for key, name in STAGES.items() if counts[key])
    if not counts:
        return []
    lines = [f"{_wallets(len(found.moved))} moved, by the first stage that differs: {by_stage}."]
    if silent:
        lines.append(f"No number moved of {silent:,} of them.")
    return lines


def _pnl(found: Comparison, whole: bool) -> list[str]:
    moved = [each for each in found.moved if each.changes.keys() & set(PNL)]
    if not moved:
        return []

    def both(each: Moved) -> tuple[Any, Any]:
        name = next(name for name in reversed(PNL) if name in each.changes)
        return each.changes[name]

    def size(each: Moved) -> float:
        first, second = both(each)
        return abs(float(second or 0) - float(first or 0))

    def line(each: Moved) -> str:
        first, second = both(each)
        change = "" if None in (first, second) else f"{_signed(second - first)}, "
        return f"{_money(first)} -> {_money(second)} ({change}{STAGES[each.stage]})"

    known = [each for each in moved if None not in both(each)]
    appeared = sum(1 for each in moved if both(each)[0] is None)
    lost = sum(1 for each in moved if both(each)[1] is None)
    head = f"PnL of {_wallets(len(moved))} moved"
    if known:
        head += f", by {full_usd(sum(map(size, known)))} in all"
    if appeared:
        head += f"; of {appeared:,} it is known now"
    if lost:
        head += f"; of {lost:,} it is known no more"
    return [f"{head}:", *_list(sorted(moved, key=size, reverse=True), line, whole)]


def _tiers(found: Comparison, whole: bool) -> list[str]:
    moved = [each for each in found.moved if "tier" in each.changes]
    if not moved:
        return []

    def line(each: Moved) -> str:
        first, second = each.changes["tier"]
        return f"{first or 'none'} -> {second or 'none'} ({STAGES[each.stage]})"

    kinds = Counter("{} -> {}".format(*map(_or_none, each.changes["tier"])) for each in moved)
    text = ", ".join(f"{kind} {count:,}" for kind, count in sorted(kinds.items()))
    return [f"Tier of {_wallets(len(moved))} moved: {text}.", *_list(moved, line, whole)]


def _flags(found: Comparison, whole: bool) -> list[str]:
    moved = [each for each in found.moved if "flags" in each.changes]
    if not moved:
        return []

    def line(each: Moved) -> str:
        first, second = (set(flags or []) for flags in each.changes["flags"])
        signs = [f"-{name}" for name in sorted(first - second)]
        signs += [f"+{name}" for name in sorted(second - first)]
        return f"{' '.join(signs)} ({STAGES[each.stage]})"

    return [
        f"Flags of {_wallets(len(moved))} moved: {_shift(found, 'flags')}.",
        *_list(moved, line, whole),
    ]


def _coverage(found: Comparison) -> list[str]:
    moved = [each for each in found.moved if "coverage" in each.changes]
    if not moved:
        return []
    return [f"Coverage of {_wallets(len(moved))} moved: {_shift(found, 'coverage')}."]


def _others(found: Comparison) -> list[str]:
    named = {*PNL, *TALLIED}
    names = Counter(chain.from_iterable(each.changes.keys() - named for each in found.moved))
    text = ", ".join(f"{name} of {count:,}" for name, count in names.most_common())
    return [f"Other numbers that moved: {text}."] if text else []


def _shift(found: Comparison, column: str) -> str:
    first, second = tally(found.before, column), tally(found.after, column)
    names = sorted(name for name in first.keys() | second.keys() if first[name] != second[name])
    text = ", ".join(f"{name} {first[name]:,} -> {second[name]:,}" for name in names)
    return text or "as many of each as before"


def _now(side: Mapping[str, Standing]) -> str:
    parts = []
    for column, name in TALLIED.items():
        counts = tally(side, column)
        text = ", ".join(
            f"{value} {count:,} ({100 * count / max(len(side), 1):.1f} %)"
            for value, count in sorted(counts.items())
        )
        parts.append(f"{name} {text or 'none'}")
    return f"After: {'; '.join(parts)}."


def _list(moved: list[Moved], line: Callable[[Moved], str], whole: bool) -> list[str]:
    shown = moved if whole else moved[:LISTED]
    lines = [
        f"  {each.address if whole else short_address(each.address)} {line(each)}" for each in shown
    ]
    left = len(moved) - len(shown)
    return [*lines, *([f"  and {left:,} more"] if left else [])]


def _wallets(count: int) -> str:
    return "1 wallet" if count == 1 else f"{count:,} wallets"


def _or_none(value: Any) -> str:
    return str(value or "none")


def _money(value: Any) -> str:
    return "unknown" if value is None else full_usd(value)


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '-'}{full_usd(abs(value))}"
