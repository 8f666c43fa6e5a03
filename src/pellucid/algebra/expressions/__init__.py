"""Formulas as text: reading, notation, jumps, named constants, factors."""
