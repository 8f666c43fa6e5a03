"""Equations or trajectories to laws: conserved quantities, symmetries, integrable equations."""

from .densities import Densities
from .invariants import Invariants

__all__ = ["Densities", "Invariants"]
