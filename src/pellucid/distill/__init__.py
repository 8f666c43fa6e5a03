"""Networks or data to programs."""

from .finite_state import FiniteState
from .lattice import IntegerLattice
from .linear import Linear
from .mips import MIPS, NothingFound
from .registers import Registers
from .window import Window

__all__ = ["MIPS", "FiniteState", "IntegerLattice", "Linear", "NothingFound", "Registers", "Window"]
