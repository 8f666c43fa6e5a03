"""Formulas by search: evolution, and recursion along symmetries."""
