"""Probes: what can be read out of activations by a linear function, and what that does not show."""
