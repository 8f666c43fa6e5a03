"""What can be found."""

from collections.abc import Mapping

from ..algebra.text import parse
from ..core.artifact import Artifact
from .automaton import Automaton
from .coordinate_change import CoordinateChange
from .densities import Densities
from .expression import Expression, Lookup, Name, Number, Operation, apply, evaluate
from .formula import Formula, make_formula
from .front import Front
from .integrable_families import IntegrableFamilies, IntegrableFamily
from .invariants import Invariants
from .network import Network
from .orbits import Orbits
from .predictions import Predictions
from .program import Input, Program, Register
from .program_reader import NotAFold, read_program
from .python_text import to_python
from .spline_network import SplineNetwork
from .state_cloud import StateCloud
from .symmetries import Symmetries
from .training_curve import TrainingCurve

KINDS: Mapping[str, type[Artifact]] = {
    artifact.kind: artifact
    for artifact in (
        Automaton,
        CoordinateChange,
        Densities,
        Formula,
        Front,
        IntegrableFamilies,
        Invariants,
        Network,
        Orbits,
        Predictions,
        Program,
        SplineNetwork,
        StateCloud,
        Symmetries,
        TrainingCurve,
    )
}
"""Every artifact by its kind, as `core.load_finding` wants them."""

__all__ = [
    "KINDS",
    "Automaton",
    "CoordinateChange",
    "Densities",
    "Expression",
    "Formula",
    "Front",
    "Input",
    "IntegrableFamilies",
    "IntegrableFamily",
    "Invariants",
    "Lookup",
    "Name",
    "Network",
    "NotAFold",
    "Number",
    "Operation",
    "Orbits",
    "Predictions",
    "Program",
    "Register",
    "SplineNetwork",
    "StateCloud",
    "Symmetries",
    "TrainingCurve",
    "apply",
    "evaluate",
    "make_formula",
    "parse",
    "read_program",
    "to_python",
]
