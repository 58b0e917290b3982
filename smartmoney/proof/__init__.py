"""`smartmoney proof`: does the score rank what comes next on real wallets, by thresholds that were fixed before the first run?"""
