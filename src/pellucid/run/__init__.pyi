from .checkpoint import Checkpoint as Checkpoint
from .progress import ProgressBars as ProgressBars
from .sweep import Outcome as Outcome
from .sweep import sweep as sweep
