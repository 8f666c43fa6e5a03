"""Equations or trajectories to laws: conserved quantities, symmetries, integrable equations."""

from .conserved.densities import Densities
from .conserved.invariants import Invariants
from .conserved.special_cases import SpecialCases
from .integrable.opt_pde import OptPDE
from .symmetries.hidden_symmetries import HiddenSymmetries
from .symmetries.lie_symmetries import LieSymmetries
from .symmetries.noether import noether
from .theories.ai_physicist import AIPhysicist
from .theories.mass import MASS
from .theories.nnphd import NNPhD
from .trajectories.ai_poincare import AIPoincare
from .trajectories.sindy import NoEquations, SINDy

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
