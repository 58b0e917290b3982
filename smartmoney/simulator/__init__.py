"""A Polymarket in a box: a world with traders of known skill, and a server that speaks the public API."""
