"""Laws of equations: conserved quantities and densities, special values of parameters, orbits and waves."""

from __future__ import annotations

from typing import Any

import sympy
from markupsafe import Markup

from ..artifacts import ConservationLaws, Densities, FieldWaves, Invariants, Orbits, SpecialCases
from ..artifacts.formulas.mathml import mathml_equation
from ..artifacts.laws.law_text import case_lines, count_lines, dependent_lines, equation_lines
from ..core import Finding
from .html import bullets, details, section, source, typeset
from .pieces import (
    Drawing,
    Section,
    counted,
    drawings,
    name_of,
    part_sections,
    sections,
    shows,
    summary_of,
    title_of,
)

Named = list[tuple[str, sympy.Expr]]


@title_of.register(Invariants | Densities | ConservationLaws)
def laws_title(found: Invariants | Densities | ConservationLaws, finding: Finding[Any]) -> str:
    """The system's name, where it has one."""
    return name_of(found, finding, "What the equations conserve")


@summary_of.register(Invariants)
def invariants_summary(found: Invariants, finding: Finding[Any]) -> str:
    """How many equations, and how many invariants."""
    laws = counted(len(found.expressions), "independent invariant")
    return f"{equations_have(len(found.variables))} {laws} up to degree {found.degree}."


@summary_of.register(Densities)
def densities_summary(found: Densities, finding: Finding[Any]) -> str:
    """How many equations, and how many densities."""
    laws = counted(found.dimension, "conserved density", "conserved densities")
    return f"{equations_have(len(found.fields))} {laws} up to degree {found.degree}."


@summary_of.register(ConservationLaws)
def conservation_laws_summary(found: ConservationLaws, finding: Finding[Any]) -> str:
    """How many equations, and how many laws."""
    return f"{equations_have(len(found.equations))} {counted(found.dimension, 'conservation law')}: {found.scope()}."


def equations_have(count: int) -> str:
    """The first words of a sentence on equations.

    >>> equations_have(1), equations_have(2)
    ('1 equation has', '2 equations have')
    """
    return f"{counted(count, 'equation')} {'has' if count == 1 else 'have'}"


@sections.register(Invariants)
def invariants_sections(found: Invariants, finding: Finding[Any]) -> list[Markup]:
    """The equations, and each invariant typeset."""
    return _law_sections(found, "Conserved quantities", list(zip(found.names(), found.sympy(), strict=True)))


@sections.register(Densities)
def densities_sections(found: Densities, finding: Finding[Any]) -> list[Markup]:
    """The equations, and each density typeset above its flux."""
    named = [
        (name, expression)
        for names, laws in zip(found.names(), found.sympy(), strict=True)
        for name, expression in zip(names, laws, strict=True)
        if expression is not None
    ]
    return _law_sections(found, "Conserved densities and their fluxes", named)


@sections.register(ConservationLaws)
def conservation_laws_sections(found: ConservationLaws, finding: Finding[Any]) -> list[Markup]:
    """The equations, and each density typeset above its fluxes."""
    pairs = zip(found.names(), found.sympy(), strict=True)
    named = [pair for names, law in pairs for pair in zip(names, law, strict=False)]
    return _law_sections(found, "Conserved densities and their fluxes", named)


def _law_sections(found: Invariants | Densities | ConservationLaws, heading: str, named: Named) -> list[Markup]:
    """The equations as they were written, each law typeset, and what their counts mean."""
    markup = [mathml_equation(sympy.Symbol(name), expression) for name, expression in named]
    dependent = dependent_lines(found)
    more = f"{len(dependent)} more that depend{'s' if len(dependent) == 1 else ''} on these"
    return [
        section("Equations", source("\n".join(equation_lines(found, most=40)))),
        section(
            heading,
            typeset(markup, several=True),
            bullets(count_lines(found)),
            details(more, source("\n".join(dependent))) if dependent else "",
        ),
    ]


@part_sections.register(SpecialCases)
def special_cases_sections(found: SpecialCases, finding: Finding[Any]) -> list[Section]:
    """For which values of the parameters more is conserved, or there are more symmetries."""
    lines = case_lines(found)
    return [Section(section("Special values of the parameters", bullets(lines)))] if lines else []


@drawings.register(Orbits)
def orbits_drawings(orbits: Orbits, finding: Finding[Any]) -> list[Drawing]:
    """The orbits, coloured by each invariant, and how little each of them changes along them."""
    found = finding.artifact
    if not isinstance(found, Invariants) or not len(orbits):
        return []
    from ..plot import draw_drift, draw_orbits
    from ..plot.style import ROOM

    names, most = found.names(), ROOM.portraits
    if not names:
        return [Drawing("Orbits", "Orbits from random states.", draw_orbits(orbits, found), place=0)]
    made = []
    for i, name in enumerate(names[:most]):
        left_out = f"; the other {len(names) - most} are not drawn" if i == most - 1 < len(names) - 1 else ""
        caption = f"Orbits, coloured by {name}: one colour each{left_out}."
        label = f"orbits coloured by {name}"
        made.append(Drawing(f"{name} along orbits", caption, draw_orbits(orbits, found, i), 0, label))
    caption = (
        f"{orbits.describe().split(',')[0]} from random states. Over time, how far each has moved: what is left is the "
        "error of the integration."
    )
    label = "change of the invariants along orbits"
    return [*made, Drawing("Drift", caption, draw_drift(orbits, found), 0, label)]


@shows(FieldWaves, "A wave, and its integrals", place=26)
def waves_caption(waves: FieldWaves, finding: Finding[Any]) -> str:
    """What moves the integrals."""
    return f"{waves.describe()}. What is left of the integrals' motion is the error of the integration."


@drawings.register(Invariants | Densities | ConservationLaws | SpecialCases)
def told_drawings(
    found: Invariants | Densities | ConservationLaws | SpecialCases, finding: Finding[Any]
) -> list[Drawing]:
    """None: the page tells them in words and typesets them."""
    return []
