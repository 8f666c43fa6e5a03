"""Formulas that jump: steps, whole parts and moduli, seen in the rows before anything is searched."""
