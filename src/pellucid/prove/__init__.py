"""Claims become certificates: equivalence for all lengths, theorems, exhaustive comparison, and their re-checking."""

from .equivalence import Proof, prove_equivalent

__all__ = ["Proof", "prove_equivalent"]
