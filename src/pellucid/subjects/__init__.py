"""What can be opened."""

from .alphabet import Alphabet
from .recurrence import Recurrence
from .sequence_files import read_sequences
from .sequences import Sequences
from .torch_recurrence import read_recurrence

__all__ = ["Alphabet", "Recurrence", "Sequences", "read_recurrence", "read_sequences"]
