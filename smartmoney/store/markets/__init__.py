"""Markets: what Polymarket lists, prices, and the smart money in them."""
