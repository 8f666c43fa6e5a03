"""Finite worlds as subjects, and the files that they come in."""
