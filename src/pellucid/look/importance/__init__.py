"""Importance: what a column of a table is to the target, and what a model makes of it."""
