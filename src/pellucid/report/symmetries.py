"""Symmetries of equations, and families of equations that conserve much."""

from __future__ import annotations

from typing import Any

import sympy
from markupsafe import Markup

from ..artifacts import IntegrableFamilies, Symmetries
from ..artifacts.formulas.mathml import mathml_equation
from ..artifacts.laws.symmetry_text import algebra_lines, equation_lines_of, family_lines, generator_expressions
from ..core import Finding
from .html import bullets, section, source, typeset
from .laws import equations_have
from .pieces import counted, name_of, sections, shows, summary_of, title_of


@title_of.register(Symmetries)
def symmetries_title(found: Symmetries, finding: Finding[Any]) -> str:
    """The system's name, where it has one."""
    return name_of(found, finding, "Symmetries of the equations")


@summary_of.register(Symmetries)
def symmetries_summary(found: Symmetries, finding: Finding[Any]) -> str:
    """How many equations, and how many symmetries."""
    what = counted(found.dimension, "point symmetry", "point symmetries")
    return f"{equations_have(len(found.variables))} {what} up to degree {found.degree}."


@sections.register(Symmetries)
def symmetries_sections(found: Symmetries, finding: Finding[Any]) -> list[Markup]:
    """The equations, the generators typeset, what they are called, and their commutators."""
    names = found.names or ("",) * len(found.generators)
    rows = [
        (mathml_equation(sympy.Symbol(f"X{i}"), expression), name)
        for i, (expression, name) in enumerate(zip(generator_expressions(found), names, strict=True), 1)
    ]
    return [
        section("Equations", source("\n".join(equation_lines_of(found)))),
        section("Symmetries", typeset(rows, several=True), bullets(algebra_lines(found))),
    ]


@shows(Symmetries, "Where the symmetries move points", place=27)
def symmetries_caption(found: Symmetries, finding: Finding[Any]) -> str:
    """What is held still."""
    return "Each generator as a flow; coordinates that are not drawn, and parameters, are 1."


@title_of.register(IntegrableFamilies)
def families_title(found: IntegrableFamilies, finding: Finding[Any]) -> str:
    """One title for all searches."""
    return "Equations that conserve much"


@sections.register(IntegrableFamilies)
def families_sections(found: IntegrableFamilies, finding: Finding[Any]) -> list[Markup]:
    """Each family with its densities."""
    lines = family_lines(found)
    return [section("Families", source("\n".join(lines), wrapped=True))] if lines else []


@shows(IntegrableFamilies, "How much each family conserves", place=28)
def families_caption(found: IntegrableFamilies, finding: Finding[Any]) -> str:
    """What is filled."""
    return "Filled: the literature has a name for the family, or for members of it."
