"""Laws of equations: the equations, each law on a line of its own, and what their counts mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts import ConservationLaws, Densities, IntegrableFamilies, Invariants, SpecialCases, Symmetries
from ...artifacts.laws.law_text import case_lines, count_lines, equation_lines, law_lines
from ...artifacts.laws.recovered_equations import RecoveredEquations
from ...artifacts.laws.symmetry_text import algebra_lines, equation_lines_of, family_lines, generator_lines
from ...core import Finding
from ..terminal import Block, Lines
from .finding import blocks_of


@blocks_of.register(Invariants | Densities | ConservationLaws)
def law_blocks(found: Invariants | Densities | ConservationLaws, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What is conserved, and for which values of the parameters more is; recovered equations with their constants."""
    yield Lines(equation_lines(found, plain=plain), "dim")
    parts = finding.parts.values()
    constants = [part.constants("+-" if plain else "±") for part in parts if isinstance(part, RecoveredEquations)]
    if any(constants):
        yield Lines([line for lines in constants for line in lines], "dim")
    yield Lines(law_lines(found, plain=plain), "bold green")
    yield Lines(count_lines(found, plain=plain))
    yield from _special_blocks(finding, plain)


def _special_blocks(finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """For which values of the parameters there is more."""
    for part in finding.parts.values():
        if isinstance(part, SpecialCases):
            yield Lines(case_lines(part, plain=plain))


@blocks_of.register(Symmetries)
def symmetry_blocks(found: Symmetries, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """The generators and their algebra."""
    yield Lines(equation_lines_of(found, plain=plain), "dim")
    yield Lines(generator_lines(found, plain=plain), "bold green")
    yield Lines(algebra_lines(found, plain=plain))
    yield from _special_blocks(finding, plain)


@blocks_of.register(IntegrableFamilies)
def family_blocks(found: IntegrableFamilies, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """Each family with its densities."""
    yield Lines(family_lines(found, plain=plain))
