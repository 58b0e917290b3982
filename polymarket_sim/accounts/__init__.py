"""What follows from the ledger at any moment: positions, values, profit, boards, quotes."""
