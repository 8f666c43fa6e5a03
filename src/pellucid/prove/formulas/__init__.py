"""Proofs about formulas: bounds between a network and its formula, equality of two formulas."""
