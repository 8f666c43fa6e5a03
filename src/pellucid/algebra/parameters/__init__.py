"""Symbols in equations: what is assumed of them, and the values at which more is true."""
