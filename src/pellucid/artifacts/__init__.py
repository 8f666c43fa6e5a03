"""What can be found."""

from collections.abc import Mapping

from ..algebra.text import parse
from ..core.artifact import Artifact
from .features.circle import Circle
from .features.criteria import Criteria
from .features.dictionary import Dictionary
from .features.dictionary_files import read_dictionary, write_sae_lens, write_sparsify
from .features.dictionary_quality import DictionaryQuality
from .features.direction import Direction
from .features.effects import Effects
from .features.feature_atlas import FeatureAtlas
from .features.feature_clusters import FeatureClusters
from .features.helix import Helix
from .features.linear_readout import LinearReadout
from .features.low_rank_adapter import LowRankAdapter
from .features.probe_parts import ProbePredictions, SparseScores, TransferMatrix
from .formulas.formula import Formula, make_formula
from .formulas.front import Front
from .formulas.predictions import Predictions
from .formulas.spline_network import SplineNetwork
from .laws.coordinate_change import CoordinateChange
from .laws.densities import Densities
from .laws.empirical_invariants import EmpiricalInvariants
from .laws.field_waves import FieldWaves
from .laws.force_split import ForceSplit
from .laws.integrable_families import IntegrableFamilies, IntegrableFamily
from .laws.invariants import Invariants
from .laws.measured_orbits import MeasuredOrbits
from .laws.orbits import Orbits
from .laws.recovered_dynamics import RecoveredDynamics
from .laws.shared_theory import SharedTheory
from .laws.special_cases import SpecialCase, SpecialCases
from .laws.symmetries import Symmetries
from .laws.theories import Theories
from .programs.automaton import Automaton
from .programs.expression import Expression, Lookup, Name, Number, Operation, apply, evaluate
from .programs.network import Network
from .programs.program import Input, Program, Register
from .programs.program_reader import NotAFold, read_program
from .programs.python_text import to_python
from .programs.state_cloud import StateCloud
from .programs.training_curve import TrainingCurve

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
