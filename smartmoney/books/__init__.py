"""The ledger's books on the database: what is read for them, computed in batches, and stored of them."""
