"""The contract: Method, Finding, Claim, Artifact, Provenance. Standard library only."""

from .artifact import Artifact
from .claim import Claim, Exhausted, Measured, Proved, Refuted, Tested, Undecided
from .files import write_atomic, write_folder
from .finding import Finding, load_finding
from .method import Method
from .provenance import Provenance
from .reporter import SILENT, Reporter

__all__ = [
    "SILENT",
    "Artifact",
    "Claim",
    "Exhausted",
    "Finding",
    "Measured",
    "Method",
    "Proved",
    "Provenance",
    "Refuted",
    "Reporter",
    "Tested",
    "Undecided",
    "load_finding",
    "write_atomic",
    "write_folder",
]
