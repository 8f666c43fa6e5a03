"""Mechanisms: which algorithm a network runs."""
