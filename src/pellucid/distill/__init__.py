"""Networks or data to programs and formulas."""

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
    "FiniteState",
    "IntegerLattice",
    "Linear",
    "NormalForm",
    "NothingFound",
    "Registers",
    "Window",
]
