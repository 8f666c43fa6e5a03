"""Dictionaries of features: training, evaluation, examples and effects."""
