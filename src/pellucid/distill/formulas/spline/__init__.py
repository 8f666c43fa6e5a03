"""Formulas from spline networks: each edge becomes a function, the network an expression."""
