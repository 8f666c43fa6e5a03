"""What can be opened."""

from .alphabet import Alphabet
from .black_box import BlackBox, black_box_of, module_black_box
from .dynamics import Dynamics, read_dynamics
from .evolution import Evolution
from .metric import Metric
from .pde_family import PdeFamily
from .recurrence import Recurrence
from .sample_files import read_samples
from .samples import Samples
from .sequence_files import read_sequences
from .sequences import Sequences
from .torch_recurrence import read_recurrence
from .units import Units, parse_unit, read_units, units_of

__all__ = [
    "Alphabet",
    "BlackBox",
    "Dynamics",
    "Evolution",
    "Metric",
    "PdeFamily",
    "Recurrence",
    "Samples",
    "Sequences",
    "Units",
    "black_box_of",
    "module_black_box",
    "parse_unit",
    "read_dynamics",
    "read_recurrence",
    "read_samples",
    "read_sequences",
    "read_units",
    "units_of",
]
