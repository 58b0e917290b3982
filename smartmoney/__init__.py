"""smartmoney: who is smart on Polymarket, what they hold, and how sure that is."""
