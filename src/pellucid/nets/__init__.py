"""Networks built to be read, and the one training loop."""

from .history import History
from .kan import KAN, SplineLayer, kan_from
from .kan_grids import refine_grid, regrid
from .kan_sparsity import entropy, l1, prune
from .labelled import LabelledSequences, Score
from .least_squares import Fitted, fit, fit_with_extension
from .options import TrainingOptions
from .recurrent import RecurrentMLP, RecurrentShape
from .search import Attempt, Searched, smallest_network
from .training import Training, train

__all__ = [
    "KAN",
    "Attempt",
    "Fitted",
    "History",
    "LabelledSequences",
    "RecurrentMLP",
    "RecurrentShape",
    "Score",
    "Searched",
    "SplineLayer",
    "Training",
    "TrainingOptions",
    "entropy",
    "fit",
    "fit_with_extension",
    "kan_from",
    "l1",
    "prune",
    "refine_grid",
    "regrid",
    "smallest_network",
    "train",
]
