"""Tables and spline networks to formulas."""
