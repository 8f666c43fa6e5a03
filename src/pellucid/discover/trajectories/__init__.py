"""Equations and invariants from measured trajectories."""
