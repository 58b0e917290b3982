"""Misbehaviour on request: what can go wrong between the venue and its client."""
