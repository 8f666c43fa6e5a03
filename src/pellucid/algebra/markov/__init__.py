"""Finite worlds with exact probabilities, rules about them, and their composition with policies."""
