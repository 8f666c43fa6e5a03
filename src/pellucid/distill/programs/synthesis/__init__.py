"""Synthesis: the shortest expression for given values."""
