"""Networks built to be read, and the one training loop."""

from .recurrent.architecture_search import Attempt, Searched, smallest_network
from .recurrent.history import History
from .recurrent.labelled_sequences import LabelledSequences, Score
from .recurrent.options import TrainingOptions
from .recurrent.recurrent import RecurrentMLP, RecurrentShape
from .recurrent.training import Training, train
from .splines.kan import KAN, SplineLayer, kan_from
from .splines.kan_grids import refine_grid, regrid
from .splines.kan_sparsity import entropy, l1, prune
from .splines.least_squares import Fitted, fit, fit_with_extension

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
