"""The contract: Method, Finding, Claim, Artifact, Provenance, Registry. The standard library and lazy-loader only."""

from .artifact import Artifact
from .claim import STRENGTHS, Claim, Exhausted, Measured, Proved, Refuted, Tested, Undecided
from .context import Context
from .dispatch import by_type
from .files import write_atomic, write_folder
from .finding import Finding, load_finding
from .method import Found, Method
from .provenance import Provenance
from .registry import Registry, import_all
from .reporter import SILENT, Reporter
from .subject import Subject

__all__ = [
    "SILENT",
    "STRENGTHS",
    "Artifact",
    "Claim",
    "Context",
    "Exhausted",
    "Finding",
    "Found",
    "Measured",
    "Method",
    "Proved",
    "Provenance",
    "Refuted",
    "Registry",
    "Reporter",
    "Subject",
    "Tested",
    "Undecided",
    "by_type",
    "import_all",
    "load_finding",
    "write_atomic",
    "write_folder",
]
