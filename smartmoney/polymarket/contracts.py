"""Contracts of the exchange itself: they turn up as counterparties, and are no traders."""

from __future__ import annotations

CONTRACTS = frozenset(
    {
        "0x4d97dcd97ec945f40cf65f87097ace5ea0476045",  # conditional tokens
        "0x4bfb41d5b3570defd03c39a9a4d8de6bd8b8982e",  # exchange, version 1
        "0xc5d563a36ae78145c45a50134d48a1215220f80a",  # exchange for negative risk, version 1
        "0xd91e80cf2e7be2e162c6513ced06f1dd0da35296",  # adapter for negative risk
        "0xe111180000d2663c0091e4f400237545b87b996b",  # exchange, version 2
        "0xe2222d279d744050d28e00520010520000310f59",  # exchange for negative risk, version 2
        "0xc011a7e12a19f7b1f670d46f03b03f3342e82dfb",  # collateral since April 2026
        "0xe3333700ca9d93003f00f0f71f8515005f6c00aa",  # exchange, version 3
    }
)
