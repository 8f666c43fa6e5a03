"""What can be opened."""

from .alphabet import Alphabet
from .black_box import BlackBox, black_box_of, module_black_box
from .recurrence import Recurrence
from .sequence_files import read_sequences
from .sequences import Sequences
from .torch_recurrence import read_recurrence

__all__ = [
    "Alphabet",
    "BlackBox",
    "Recurrence",
    "Sequences",
    "black_box_of",
    "module_black_box",
    "read_recurrence",
    "read_sequences",
]
