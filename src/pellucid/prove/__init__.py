"""Claims become certificates: equivalence for all lengths, theorems, exhaustive comparison, and their re-checking."""

from .check import Checked, check_folder
from .dafny import prove_theorem
from .equivalence import Proof, prove_equivalent
from .exhaust import Stepwise, choose_length, exhaust, stepwise
from .manifest import certificate_files
from .specification import Specification, check_specification, load_specification
from .theorems import Theorem

__all__ = [
    "Checked",
    "Proof",
    "Specification",
    "Stepwise",
    "Theorem",
    "certificate_files",
    "check_folder",
    "check_specification",
    "choose_length",
    "exhaust",
    "load_specification",
    "prove_equivalent",
    "prove_theorem",
    "stepwise",
]
