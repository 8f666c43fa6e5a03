"""Networks or data to programs and formulas."""

from .formulas.algebraic import Algebraic
from .formulas.kan_formula import KANFormula
from .formulas.search import Search
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
