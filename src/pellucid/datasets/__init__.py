"""Built-in tasks, as small files of our own."""

from .mips import mips_task, mips_tasks
from .sequence_task import SequenceTask

__all__ = ["SequenceTask", "mips_task", "mips_tasks"]
