"""Networks built to be read, and the one training loop."""

from .history import History
from .labelled import LabelledSequences, Score
from .options import TrainingOptions
from .recurrent import RecurrentMLP, RecurrentShape
from .search import Attempt, Searched, smallest_network
from .training import Training, train

__all__ = [
    "Attempt",
    "History",
    "LabelledSequences",
    "RecurrentMLP",
    "RecurrentShape",
    "Score",
    "Searched",
    "Training",
    "TrainingOptions",
    "smallest_network",
    "train",
]
