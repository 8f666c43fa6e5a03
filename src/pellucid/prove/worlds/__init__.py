"""Bounds on what happens in finite worlds: certificates of exact fractions, and the checker that re-runs them."""
