"""What a dictionary is worth: each file measures one thing and returns claims with the plain figures behind them."""
