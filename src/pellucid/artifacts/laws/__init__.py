"""Invariants, densities, symmetries, recovered equations and theories."""
