"""Claims become certificates: equivalence for all lengths, theorems, exhaustive comparison, and their re-checking."""

from .check import Checked, check_folder
from .manifest import certificate_files
from .programs.dafny import prove_theorem
from .programs.equivalence import Proof, prove_equivalent
from .programs.exhaust import Stepwise, choose_length, exhaust, stepwise
from .programs.specification import Specification, check_specification, load_specification
from .programs.theorems import Theorem

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
