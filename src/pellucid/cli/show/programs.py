"""Programs: the network and the automaton that they were read off, what their numbers stand for, and the source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts import Automaton, Network, Program
from ...artifacts.programs.annotated_program import AnnotatedProgram
from ...artifacts.programs.python_functions import PythonFunctions
from ...core import Finding
from ..terminal import Block, Code, Lines, Pairs
from .finding import blocks_of


@blocks_of.register(Program)
def program_blocks(program: Program, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What it was made of, and the source."""
    parts = [part for part in finding.parts.values() if isinstance(part, Network | Automaton)]
    if notes := list(finding.provenance.settings.get("notes", [])):
        yield Lines(notes, "dim")
    yield Pairs([*((part.kind, part.describe()) for part in parts), *symbol_meanings(program)])
    yield Code(program.to_python())


def symbol_meanings(program: Program) -> list[tuple[str, str]]:
    """What the numbers stand for, where the data had words.

    >>> from pellucid.artifacts import Input, Number
    >>> symbol_meanings(Program((Input("x", 0, 1, ("no", "yes")),), (), (Number(0),)))
    [('x', '0 is no, 1 is yes')]
    """
    named = [(given.name, given.low, given.symbols) for given in program.inputs]
    named.append(("output", 0, program.output_symbols))
    return [
        (name, ", ".join(f"{low + i} is {word}" for i, word in enumerate(words))) for name, low, words in named if words
    ]


@blocks_of.register(PythonFunctions)
@blocks_of.register(AnnotatedProgram)
def annotated_blocks(
    program: AnnotatedProgram | PythonFunctions, finding: Finding[Any], plain: bool
) -> Iterator[Block]:
    """The hints that were added; the whole source stands in its file."""
    if program.hints:
        yield Code("\n".join(hint.text for hint in program.hints))
