"""Built-in tasks, as small files of our own."""

from .feynman import Equation, feynman_equation, feynman_equations
from .kan_functions import KANFunction, kan_functions
from .metrics import schwarzschild
from .mips import mips_task, mips_tasks
from .planets import planet_orbits
from .sequence_task import SequenceTask
from .systems import system, systems
from .tomita import minimal_automaton, sample_varying, tomita_grammar, tomita_grammars

__all__ = [
    "Equation",
    "KANFunction",
    "SequenceTask",
    "feynman_equation",
    "feynman_equations",
    "kan_functions",
    "minimal_automaton",
    "mips_task",
    "mips_tasks",
    "planet_orbits",
    "sample_varying",
    "schwarzschild",
    "system",
    "systems",
    "tomita_grammar",
    "tomita_grammars",
]
