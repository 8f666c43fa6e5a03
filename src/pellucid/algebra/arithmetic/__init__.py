"""Exact arithmetic: linear algebra over a prime field, polynomials over the rationals, ranks that hold for symbols."""
