"""What can be opened."""

from .activations import Activations, ActivationStore
from .alphabet import Alphabet
from .black_box import BlackBox, black_box_of, module_black_box
from .coded import Coded
from .contrast import Contrast
from .dynamics import Dynamics, read_dynamics
from .evolution import Evolution
from .labelled import Behaviour, Labelled, LabelledSets
from .labelled_texts import LabelledTexts, read_labelled_texts
from .language_model import LanguageModel, load_model
from .metric import Metric
from .motions import Motion, Motions
from .pde_family import PdeFamily
from .recurrence import Recurrence
from .sample_files import read_samples
from .samples import Samples
from .sequence_files import read_sequences
from .sequences import Sequences
from .site import Site
from .text_files import read_texts
from .torch_recurrence import read_recurrence
from .trajectories import Trajectories
from .trajectory_files import read_trajectories
from .units import Units, parse_unit, read_units, units_of

__all__ = [
    "ActivationStore",
    "Activations",
    "Alphabet",
    "Behaviour",
    "BlackBox",
    "Coded",
    "Contrast",
    "Dynamics",
    "Evolution",
    "Labelled",
    "LabelledSets",
    "LabelledTexts",
    "LanguageModel",
    "Metric",
    "Motion",
    "Motions",
    "PdeFamily",
    "Recurrence",
    "Samples",
    "Sequences",
    "Site",
    "Trajectories",
    "Units",
    "black_box_of",
    "load_model",
    "module_black_box",
    "parse_unit",
    "read_dynamics",
    "read_labelled_texts",
    "read_recurrence",
    "read_samples",
    "read_sequences",
    "read_texts",
    "read_trajectories",
    "read_units",
    "units_of",
]
