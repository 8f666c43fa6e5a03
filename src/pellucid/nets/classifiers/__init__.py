"""Classifiers: small networks on pairs of symbols, and one loop that trains any classifier."""
