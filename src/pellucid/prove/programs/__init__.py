"""Proofs about programs: equivalence for all lengths, theorems, exhaustive comparison."""
