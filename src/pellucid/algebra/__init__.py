"""Exact arithmetic: expressions as text, polynomials over the rationals, linear algebra over a finite field."""
