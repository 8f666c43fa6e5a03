"""Mechanisms: which algorithm a whole network has learnt, tried on every input there is."""
