"""Proofs about recurrent networks: exact enclosures of their states."""
