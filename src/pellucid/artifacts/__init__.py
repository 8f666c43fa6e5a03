"""What can be found."""

from collections.abc import Mapping

from ..algebra.text import parse
from ..core.artifact import Artifact
from .automaton import Automaton
from .circle import Circle
from .coordinate_change import CoordinateChange
from .criteria import Criteria
from .densities import Densities
from .dictionary import Dictionary
from .dictionary_files import read_dictionary, write_sae_lens, write_sparsify
from .dictionary_quality import DictionaryQuality
from .direction import Direction
from .effects import Effects
from .empirical_invariants import EmpiricalInvariants
from .expression import Expression, Lookup, Name, Number, Operation, apply, evaluate
from .feature_atlas import FeatureAtlas
from .feature_clusters import FeatureClusters
from .field_waves import FieldWaves
from .force_split import ForceSplit
from .formula import Formula, make_formula
from .front import Front
from .helix import Helix
from .integrable_families import IntegrableFamilies, IntegrableFamily
from .invariants import Invariants
from .linear_readout import LinearReadout
from .low_rank_adapter import LowRankAdapter
from .measured_orbits import MeasuredOrbits
from .network import Network
from .orbits import Orbits
from .predictions import Predictions
from .probe_parts import ProbePredictions, SparseScores, TransferMatrix
from .program import Input, Program, Register
from .program_reader import NotAFold, read_program
from .python_text import to_python
from .recovered_dynamics import RecoveredDynamics
from .shared_theory import SharedTheory
from .special_cases import SpecialCase, SpecialCases
from .spline_network import SplineNetwork
from .state_cloud import StateCloud
from .symmetries import Symmetries
from .theories import Theories
from .training_curve import TrainingCurve

KINDS: Mapping[str, type[Artifact]] = {
    artifact.kind: artifact
    for artifact in (
        Automaton,
        Circle,
        CoordinateChange,
        Criteria,
        Densities,
        Dictionary,
        DictionaryQuality,
        Direction,
        Effects,
        EmpiricalInvariants,
        FeatureAtlas,
        FeatureClusters,
        FieldWaves,
        ForceSplit,
        Formula,
        Front,
        Helix,
        IntegrableFamilies,
        Invariants,
        LinearReadout,
        LowRankAdapter,
        MeasuredOrbits,
        Network,
        Orbits,
        Predictions,
        ProbePredictions,
        Program,
        RecoveredDynamics,
        SharedTheory,
        SparseScores,
        SpecialCases,
        SplineNetwork,
        StateCloud,
        Symmetries,
        Theories,
        TrainingCurve,
        TransferMatrix,
    )
}
"""Every artifact by its kind, as `core.load_finding` wants them."""

__all__ = [
    "KINDS",
    "Automaton",
    "Circle",
    "CoordinateChange",
    "Criteria",
    "Densities",
    "Dictionary",
    "DictionaryQuality",
    "Direction",
    "Effects",
    "EmpiricalInvariants",
    "Expression",
    "FeatureAtlas",
    "FeatureClusters",
    "FieldWaves",
    "ForceSplit",
    "Formula",
    "Front",
    "Helix",
    "Input",
    "IntegrableFamilies",
    "IntegrableFamily",
    "Invariants",
    "LinearReadout",
    "Lookup",
    "LowRankAdapter",
    "MeasuredOrbits",
    "Name",
    "Network",
    "NotAFold",
    "Number",
    "Operation",
    "Orbits",
    "Predictions",
    "ProbePredictions",
    "Program",
    "RecoveredDynamics",
    "Register",
    "SharedTheory",
    "SparseScores",
    "SpecialCase",
    "SpecialCases",
    "SplineNetwork",
    "StateCloud",
    "Symmetries",
    "Theories",
    "TrainingCurve",
    "TransferMatrix",
    "apply",
    "evaluate",
    "make_formula",
    "parse",
    "read_dictionary",
    "read_program",
    "to_python",
    "write_sae_lens",
    "write_sparsify",
]
