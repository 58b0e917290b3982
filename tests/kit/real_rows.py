"""Recorded rows of real wallets, served as the venue would."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tests.kit.lab import Venue, digest

M = 1_000_000
ENDED = 1_790_000_000
"""When every market is said to have resolved, after every row there is."""
NAMES = {
    "proxyWallet": "proxy_wallet",
    "timestamp": "timestamp",
    "conditionId": "condition_id",
    "type": "type",
    "size": "size",
    "usdcSize": "usdc_size",
    "transactionHash": "transaction_hash",
    "price": "price",
    "asset": "token_id",
    "side": "side",
    "outcomeIndex": "outcome_index",
    "title": "title",
    "slug": "slug",
    "eventSlug": "event_slug",
    "outcome": "outcome",
    "name": "name",
    "pseudonym": "pseudonym",
    "bio": "bio",
}


def real_venue(rows: pd.DataFrame, pays: Mapping[str, float]) -> Venue:
    """A venue with these rows of `/activity`; `pays` is the payout of the first outcome by condition."""
    fills = rows[rows["type"] == "TRADE"]
    tokens = fills.groupby(["conditionId", "outcomeIndex"])["asset"].first()
    converted = dict(
        rows.loc[rows["type"] == "CONVERSION", ["eventSlug", "conditionId"]].to_numpy()
    )
    venue = Venue()
    for row in fills.drop_duplicates("conditionId").to_dict("records"):
        condition, group = row["conditionId"], converted.get(row["eventSlug"])
        pair = [tokens.get((condition, n), str(int(digest(condition, n), 16))) for n in (0, 1)]
        event = {"id": row["eventSlug"], "slug": row["eventSlug"], "title": row["title"]}
        grouped = {"negRisk": True, "negRiskMarketID": group} if group else {"negRisk": False}
        venue.markets.append(
            {
                "id": digest(condition, digits=12),
                "conditionId": condition,
                "question": row["title"],
                "slug": row["slug"],
                "outcomes": '["Yes", "No"]',
                "outcomePrices": '["0", "0"]',
                "clobTokenIds": f'["{pair[0]}", "{pair[1]}"]',
                "closed": True,
                "active": True,
                "events": [event | grouped],
                "startDate": "2020-01-01T00:00:00Z",
                **grouped,
            }
        )
        paid = [round(M * pays[condition]), M - round(M * pays[condition])]
        venue.resolutions.append(
            {
                "condition_id": condition,
                "status": "resolved",
                "payouts": paid,
                "resolved_at": ENDED,
            }
        )
    wire = rows[list(NAMES)].rename(columns=NAMES)
    for wallet, own in wire.groupby("proxy_wallet"):
        venue.activity[str(wallet)] = own.to_dict("records")
    return venue
