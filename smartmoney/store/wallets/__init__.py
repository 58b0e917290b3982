"""Wallets: their fills, activity and positions, the list of them, and one of them."""
