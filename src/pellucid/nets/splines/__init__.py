"""Spline networks (KAN), their grids, fitting and kernels."""
