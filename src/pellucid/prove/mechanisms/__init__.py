"""Certificates about mechanisms: that the formula of a network gives its answers."""
