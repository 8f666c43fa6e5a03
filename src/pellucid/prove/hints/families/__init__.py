"""Families of invariants that may hold, each proposed by what a person would try; the verifier weeds them out."""
