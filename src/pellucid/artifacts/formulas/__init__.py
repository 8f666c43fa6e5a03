"""Formulas, their front of accuracy and size, and spline networks."""
