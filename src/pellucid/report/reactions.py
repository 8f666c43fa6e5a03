"""Reaction networks: what is conserved, what is left of the equations, and what the arrows say of equilibria."""

from __future__ import annotations

from typing import Any

import sympy
from markupsafe import Markup

from ..algebra.expressions.text import parse
from ..artifacts import Invariants
from ..artifacts.formulas.mathml import mathml_equation
from ..artifacts.reactions.reaction_structure import ReactionStructure
from ..artifacts.reactions.structure_text import (
    further_laws,
    further_lines,
    reaction_lines,
    reduced_lines,
    structure_lines,
    total_lines,
)
from ..core import Finding
from .html import bullets, details, section, source, typeset
from .pieces import counted, name_of, parts_of, sections, shows, summary_of, title_of


@title_of.register(ReactionStructure)
def reactions_title(found: ReactionStructure, finding: Finding[Any]) -> str:
    """The network's name, where it has one."""
    return name_of(found, finding, "What the reactions conserve")


@summary_of.register(ReactionStructure)
def reactions_summary(found: ReactionStructure, finding: Finding[Any]) -> str:
    """How many species, reactions and totals."""
    totals = counted(len(found.totals), "conserved total")
    reactions = counted(len(found.rates), "reaction")
    return f"{len(found.species)} species in {reactions} have {totals}; deficiency {found.stoichiometry.deficiency}."


@sections.register(ReactionStructure)
def reactions_sections(found: ReactionStructure, finding: Finding[Any]) -> list[Markup]:
    """The reactions, the totals, further laws, the reduced equations, and the structure."""
    laws = list(parts_of(finding, Invariants))
    new = [law for part in laws for law in further_laws(found, part.expressions)]
    typed = [mathml_equation(sympy.Symbol(f"H{i + 1}"), law) for i, law in enumerate(new)]
    further = [line for part in laws for line in further_lines(found, part)]
    nothing = "no sum of amounts is conserved whatever the rates are"
    return [
        section("Reactions", source("\n".join(reaction_lines(found, most=80)))),
        section("Conserved totals", source("\n".join(total_lines(found) or [nothing]))),
        section("Conserved for these rates", typeset(typed, several=True), bullets(further)) if further else Markup(""),
        section("The equations without what the totals determine", *_reduced(found)) if found.reduced else Markup(""),
        section("Complexes and siphons", bullets(structure_lines(found))),
    ]


def _reduced(found: ReactionStructure, longest: int = 300) -> list[Markup]:
    """Typeset where they are short."""
    names = (*found.variables, *found.parameters, *found.total_names)
    values = zip(found.eliminated, found.eliminated_expressions(), strict=True)
    typed = [mathml_equation(found.symbols[i], value) for i, value in values]
    for i, text in zip(found.kept, found.reduced, strict=True):
        if len(text) <= longest:
            typed.append(mathml_equation(sympy.Symbol(f"{found.variables[i]}'"), parse(text, names)))
    lines = reduced_lines(found, most=80, longest=4000)
    return [typeset(typed, several=True), details("As text", source("\n".join(lines), wrapped=True))]


@shows(ReactionStructure, "The network", place=5)
def reactions_caption(found: ReactionStructure, finding: Finding[Any]) -> str:
    """What boxes, dots and colours are."""
    orange = " Orange: species of a siphon without a conserved total, which may run dry." if found.critical else ""
    return f"Species in boxes, reactions as dots, arrows to what is made, on both ends where it goes both ways.{orange}"
