"""Networks or data to programs and formulas."""

from .formulas.algebra.algebraic import Algebraic
from .formulas.evolution.search import Search
from .formulas.spline.kan_formula import KANFormula
from .programs.active import ActiveAutomaton
from .programs.finite_state import FiniteState
from .programs.lattice import IntegerLattice
from .programs.linear import Linear
from .programs.mips import MIPS, NothingFound
from .programs.normal_form import NormalForm
from .programs.registers import Registers
from .programs.window import Window

__all__ = [
    "MIPS",
    "ActiveAutomaton",
    "Algebraic",
    "FiniteState",
    "IntegerLattice",
    "KANFormula",
    "Linear",
    "NormalForm",
    "NothingFound",
    "Registers",
    "Search",
    "Window",
]
