"""Scaling laws: families, fits, backtests, intervals."""
