"""Built-in tasks, as small files of our own."""

from .mips import mips_task, mips_tasks
from .sequence_task import SequenceTask
from .tomita import minimal_automaton, sample_varying, tomita_grammar, tomita_grammars

__all__ = [
    "SequenceTask",
    "minimal_automaton",
    "mips_task",
    "mips_tasks",
    "sample_varying",
    "tomita_grammar",
    "tomita_grammars",
]
