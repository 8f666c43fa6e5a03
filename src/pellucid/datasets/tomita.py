"""The seven Tomita grammars: regular languages over 0 and 1, the usual test of what a network learns (Tomita 1982).

Each is a fold that answers, after every symbol, whether the word read so far belongs to the language (1) or not (0).
So the smallest machine has outputs on its transitions (Mealy), and says nothing of the empty word, which all seven
accept. Networks trained on them were opened by queries first in arXiv 1711.09576 (Weiss, Goldberg and Yahav).

Uniform words almost never belong to the first two languages; `LivingWalk` draws words that mostly still can.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Integer
from numpy.typing import NDArray

from ..artifacts.programs.automaton import Automaton
from ..artifacts.programs.fold import Input
from ..artifacts.programs.program import Program, read_program
from ..subjects.sequences.alphabet import Alphabet
from ..subjects.sequences.sequences import Sequences
from .sequence_task import SequenceTask

_GRAMMARS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("1*", "inside = 1", ("inside = inside & x", "yield inside")),
    (
        "(10)*",
        "inside = 1; wanted = 1",
        ("inside = inside & int(x == wanted)", "wanted = 1 - wanted", "yield inside & wanted"),
    ),
    (
        "no odd run of 1s is followed by an odd run of 0s",
        "inside = 1; last = 1; ones = 0; zeros = 0",
        (
            "inside = 0 if x == 1 and last == 0 and ones == 1 and zeros == 1 else inside",
            "ones = ones if x == 0 else (1 - ones if last == 1 else 1)",
            "zeros = 1 - zeros if x == 0 else 0",
            "last = x",
            "yield int(inside == 1 and (ones == 0 or zeros == 0))",
        ),
    ),
    (
        "no three 0s in a row",
        "zeros = 0",
        ("zeros = 3 if zeros == 3 else (zeros + 1 if x == 0 else 0)", "yield int(zeros < 3)"),
    ),
    (
        "evenly many 0s and evenly many 1s",
        "zeros = 0; ones = 0",
        ("zeros = zeros ^ (1 - x)", "ones = ones ^ x", "yield int(zeros == 0 and ones == 0)"),
    ),
    (
        "the number of 0s minus the number of 1s is a multiple of 3",
        "balance = 0",
        ("balance = (balance + 1 + x) % 3", "yield int(balance == 0)"),
    ),
    ("0*1*0*1*", "turns = 0", ("turns = min(4, turns + (x != turns % 2))", "yield int(turns < 4)")),
)


def tomita_grammars() -> dict[str, SequenceTask]:
    """All seven by name, `tomita_1` to `tomita_7`; outputs are 1 where the prefix belongs to the language.

    >>> [minimal_automaton(task.reference).size for task in tomita_grammars().values()]
    [2, 3, 5, 4, 4, 3, 5]
    """
    tasks = {}
    for number, (title, start, body) in enumerate(_GRAMMARS, 1):
        lines = ["def reference(steps):", f"    {start}", "    for x in steps:", *(f"        {line}" for line in body)]
        source = "\n".join(lines) + "\n"
        name = f"tomita_{number}"
        tasks[name] = SequenceTask(
            name, f"Tomita {number}: {title}", source, (0,), (1,), length=15, sampler=LivingWalk(source)
        )
    return tasks


def tomita_grammar(number: int) -> SequenceTask:
    """The grammar of that number, 1 to 7; raises ValueError for any other.

    >>> words = np.array([[1, 0, 1, 0], [1, 1, 0, 0]])[:, :, None]
    >>> tomita_grammar(2).label(words)[:, :, 0].tolist()
    [[0, 1, 0, 1], [0, 0, 0, 0]]
    """
    if isinstance(number, bool) or number not in range(1, 8):
        raise ValueError(f"number={number!r} names no Tomita grammar; give 1 to 7")
    return tomita_grammars()[f"tomita_{number}"]


def minimal_automaton(program: Program, most_states: int = 4096) -> Automaton:
    """The smallest machine that answers as `program` does: its reachable registers, merged (Moore 1956).

    Raises ValueError where it reaches more than `most_states` different registers, or reads too many symbols.

    >>> minimal_automaton(tomita_grammar(6).reference).transitions.tolist()
    [[1, 2], [2, 0], [0, 1]]
    """
    alphabet = Alphabet(tuple(i.low for i in program.inputs), tuple(i.high for i in program.inputs))
    symbols = alphabet.values
    states = [tuple(register.initial for register in program.registers)]
    number = {states[0]: 0}
    transitions, outputs = [], []
    for state in states:  # grows while it is walked: breadth first
        targets, answers = _steps_from(program, state, symbols)
        for target in targets:
            if target not in number:
                number[target] = len(states)
                states.append(target)
        if len(states) > most_states:
            raise ValueError(f"{program.name} reaches over {most_states:,} states; give a program of finite state")
        transitions.append([number[target] for target in targets])
        outputs.append(answers)
    return Automaton(np.array(transitions, dtype=np.int64), np.stack(outputs).astype(np.int64), symbols).minimised()


def _steps_from(
    program: Program, state: tuple[int, ...], symbols: Integer[np.ndarray, "symbols inputs"]
) -> tuple[list[tuple[int, ...]], Integer[np.ndarray, "symbols outputs"]]:
    """The registers after each symbol, and what the program answers to it."""
    after, answers = program.step(tuple(np.int64(value) for value in state), tuple(symbols.T))
    columns = [np.broadcast_to(column, len(symbols)).tolist() for column in after]
    targets = list(zip(*columns, strict=True)) if columns else [()] * len(symbols)
    return targets, np.stack([np.broadcast_to(answer, len(symbols)) for answer in answers], 1)


def sample_varying(task: SequenceTask, sequences: int, seed: int = 0, shortest: int = 1) -> Sequences:
    """Labelled sequences of different lengths, uniform from `shortest` to the task's length; the rest is masked.

    Raises ValueError for a `shortest` beyond the task's length.

    >>> data = sample_varying(tomita_grammar(4), 100)
    >>> data.inputs.shape, int(data.lengths.min()), int(data.lengths.max())
    ((100, 15, 1), 1, 15)
    """
    if not 1 <= shortest <= task.length:
        raise ValueError(f"shortest={shortest} is no length up to {task.length}; give 1 to {task.length}")
    whole = task.sample(sequences, seed)
    lengths = np.random.default_rng([seed, 1]).integers(shortest, task.length + 1, sequences)
    return Sequences(whole.inputs, whole.outputs, alphabet=task.alphabet, lengths=lengths)


@dataclass(frozen=True)
class LivingWalk:
    """Random words that mostly can still be continued into the language that the fold `source` accepts (output 1).

    Each word slips, that is, draws a symbol regardless, with a probability of its own, one of `slips`, a step.
    Otherwise it draws among the symbols after which an accepted word is still within reach. Once none is, it goes on as
    if it began anew, so that the words that are lost look as if they were not.
    """

    source: str
    slips: tuple[float, ...] = (0.0, 0.05, 0.2, 1.0)
    """How often a symbol is drawn regardless; each word draws one of these."""

    def __call__(self, generator: np.random.Generator, sequences: int, length: int) -> NDArray[np.int64]:
        """Words (sequences, length, 1)."""
        automaton, living = self._machine
        slips = generator.choice(self.slips, sequences)
        state = np.zeros(sequences, dtype=np.int64)
        words = np.empty((sequences, length), dtype=np.int64)
        for t in range(length):
            free = generator.random(sequences) < slips
            weights = np.where(free[:, None], 1.0, living[state])
            bounds = weights.cumsum(1)
            words[:, t] = (generator.random(sequences)[:, None] * bounds[:, -1:] >= bounds).sum(1)
            kept = living[state, words[:, t]]
            state = np.where(kept, automaton.transitions[state, words[:, t]], 0)
        return words[:, :, None]

    @cached_property
    def _machine(self) -> tuple[Automaton, NDArray[np.bool_]]:
        """The language's machine, and whether an accepted word is within reach after a symbol (states, symbols)."""
        automaton = minimal_automaton(read_program(self.source, [Input("x", 0, 1)]))
        living = automaton.outputs[:, :, 0] == 1
        for _ in range(automaton.size):
            living = living | living.any(1)[automaton.transitions]
        return automaton, living
