"""Reaction networks as whole numbers: complexes and deficiency, totals, siphons, and which rates are lawful."""
