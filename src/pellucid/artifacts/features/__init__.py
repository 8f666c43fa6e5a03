"""Dictionaries of features, directions, and what features do."""
