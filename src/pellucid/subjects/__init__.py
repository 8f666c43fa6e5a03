"""What can be opened."""

from .equations.dynamics import Dynamics, read_dynamics
from .equations.evolution import Evolution
from .equations.metric import Metric
from .equations.motions import Motion, Motions
from .equations.pde_family import PdeFamily
from .equations.trajectories import Trajectories
from .equations.trajectory_files import read_trajectories
from .models.activations import Activations, ActivationStore
from .models.coded import Coded
from .models.contrast import Contrast
from .models.labelled import Behaviour, Labelled, LabelledSets
from .models.labelled_texts import LabelledTexts, read_labelled_texts
from .models.language_model import LanguageModel, load_model
from .models.site import Site
from .models.text_files import read_texts
from .sequences.alphabet import Alphabet
from .sequences.black_box import BlackBox, black_box_of, module_black_box
from .sequences.recurrence import Recurrence
from .sequences.sequence_files import read_sequences
from .sequences.sequences import Sequences
from .sequences.torch_recurrence import read_recurrence
from .tables.sample_files import read_samples
from .tables.samples import Samples
from .tables.units import Units, parse_unit, read_units, units_of

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
