"""Proofs about laws: conservation, divergence and symmetry identities, special parameter values."""
