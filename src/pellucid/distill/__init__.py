"""Networks or data to programs."""

from .active import ActiveAutomaton
from .finite_state import FiniteState
from .lattice import IntegerLattice
from .linear import Linear
from .mips import MIPS, NothingFound
from .normal_form import NormalForm
from .registers import Registers
from .window import Window

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
