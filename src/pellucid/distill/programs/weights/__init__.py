"""Weights: networks in coordinates in which they can be read."""
