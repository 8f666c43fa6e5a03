"""What can be found."""

from collections.abc import Mapping

from ..core.artifact import Artifact
from .automaton import Automaton
from .expression import Expression, Lookup, Name, Number, Operation, apply, evaluate
from .formula import Formula, make_formula
from .formula_text import parse
from .front import Front
from .network import Network
from .program import Input, Program, Register
from .program_reader import NotAFold, read_program
from .python_text import to_python
from .state_cloud import StateCloud
from .training_curve import TrainingCurve

KINDS: Mapping[str, type[Artifact]] = {
    artifact.kind: artifact for artifact in (Automaton, Formula, Front, Network, Program, StateCloud, TrainingCurve)
}
"""Every artifact by its kind, as `core.load_finding` wants them."""

__all__ = [
    "KINDS",
    "Automaton",
    "Expression",
    "Formula",
    "Front",
    "Input",
    "Lookup",
    "Name",
    "Network",
    "NotAFold",
    "Number",
    "Operation",
    "Program",
    "Register",
    "StateCloud",
    "TrainingCurve",
    "apply",
    "evaluate",
    "make_formula",
    "parse",
    "read_program",
    "to_python",
]
