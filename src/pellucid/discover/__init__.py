"""Equations or trajectories to laws: conserved quantities, symmetries, integrable equations."""

from .ai_physicist import AIPhysicist
from .ai_poincare import AIPoincare
from .densities import Densities
from .hidden_symmetries import HiddenSymmetries
from .invariants import Invariants
from .lie_symmetries import LieSymmetries
from .mass import MASS
from .nnphd import NNPhD
from .noether import noether
from .opt_pde import OptPDE
from .sindy import NoEquations, SINDy
from .special_cases import SpecialCases

__all__ = [
    "MASS",
    "AIPhysicist",
    "AIPoincare",
    "Densities",
    "HiddenSymmetries",
    "Invariants",
    "LieSymmetries",
    "NNPhD",
    "NoEquations",
    "OptPDE",
    "SINDy",
    "SpecialCases",
    "noether",
]
