"""Budgets, progress, checkpoints, sweeps."""

from .checkpoint import Checkpoint
from .progress import ProgressBars
from .sweep import Outcome, sweep

__all__ = ["Checkpoint", "Outcome", "ProgressBars", "sweep"]
