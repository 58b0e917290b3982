"""From the ledger's numbers to skill, score and tier (scoring.md, sections 3 to 5); no IO."""
