"""Formulas by regression: banks of terms, exhaustive pairs, monomials."""
