"""Equations or trajectories to laws: conserved quantities, symmetries, integrable equations."""

from .densities import Densities
from .hidden_symmetries import HiddenSymmetries
from .invariants import Invariants
from .lie_symmetries import LieSymmetries
from .noether import noether
from .opt_pde import OptPDE

__all__ = ["Densities", "HiddenSymmetries", "Invariants", "LieSymmetries", "OptPDE", "noether"]
