"""Everybody: histories from the chain through the ledger to measures and skill of the whole population, in Parquet files."""
