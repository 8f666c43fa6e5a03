"""What the job `program` opens: a built-in task, a file of labelled sequences, or one of trained weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...datasets import SequenceTask, mips_task, mips_tasks
from ...subjects.sequences.alphabet import Alphabet
from ...subjects.sequences.recurrence import Recurrence
from ...subjects.sequences.sequence_files import SUFFIXES as DATA_FILES
from ...subjects.sequences.sequence_files import read_sequences
from ...subjects.sequences.sequences import Sequences
from ...subjects.sequences.torch_recurrence import SUFFIXES as WEIGHT_FILES
from ...subjects.sequences.torch_recurrence import read_recurrence


def list_tasks() -> list[tuple[str, str]]:
    """Every built-in task with its one line.

    >>> list_tasks()[0]
    ('binary_addition', 'digits of a + b in base 2, least significant first')
    """
    return [(task.name, task.title) for task in mips_tasks().values()]


def find_subject(
    text: str,
    alphabet: Alphabet | None = None,
    horizon: int | None = None,
    seed: int = 0,
    sequences: int = 20_000,
    **options: Any,
) -> tuple[Sequences | Recurrence, str, SequenceTask | None]:
    """What `text` names: a data file, a weights file, or a task, of which `sequences` are drawn. Raises ValueError.

    Beside the subject stands a name for the results, and the task where it is one.

    >>> subject, name, task = find_subject("parity_all", sequences=10)
    >>> len(subject), name, task.length
    (10, 'parity_all', 10)
    """
    path = Path(text)
    ending = path.suffix.lower()
    if ending in DATA_FILES:
        return read_sequences(path, alphabet=alphabet), path.stem, None
    if ending in WEIGHT_FILES:
        if alphabet is None:
            raise ValueError(f"{text} holds weights, which do not say what they read; add, e.g., --alphabet 0..1")
        return read_recurrence(path, alphabet=alphabet, horizon=horizon or 10, **options), path.stem, None
    if ending:
        endings = ", ".join((*DATA_FILES, *WEIGHT_FILES))
        raise ValueError(f"{text} has an unknown ending; give {endings}, or a task name")
    task = mips_task(text)
    return task.sample(sequences, seed), task.name, task
