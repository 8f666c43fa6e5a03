"""Conserved quantities and densities of given equations, and how many there are."""
