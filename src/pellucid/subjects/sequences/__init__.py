"""Labelled sequences, recurrences and black boxes that read sequences."""
