"""Fields on a grid: the recovered equations, the samples, and what the equations leave over of them."""

from __future__ import annotations

from typing import Any

import sympy
from markupsafe import Markup

from ..artifacts import MeasuredField, RecoveredEvolution, Symmetries
from ..artifacts.formulas.mathml import mathml_equation
from ..artifacts.laws.recovered_equations import RecoveredEquations
from ..artifacts.laws.symmetry_text import algebra_lines, generator_lines
from ..core import Finding
from .html import section, source, typeset
from .pieces import Drawing, Section, counted, drawings, name_of, part_sections, sections, shows, summary_of, title_of


@title_of.register(RecoveredEvolution)
def evolution_title(found: RecoveredEvolution, finding: Finding[Any]) -> str:
    """The field's name, where it has one."""
    return name_of(found, finding, "Equations recovered from a field")


@summary_of.register(RecoveredEvolution)
def evolution_summary(found: RecoveredEvolution, finding: Finding[Any]) -> str:
    """How many equations and terms."""
    return f"{counted(len(found.fields), 'field equation')} with {counted(found.terms, 'term')} recovered."


@sections.register(RecoveredEvolution)
def evolution_sections(found: RecoveredEvolution, finding: Finding[Any]) -> list[Markup]:
    """The equations typeset."""
    return [equations_section(found)]


@part_sections.register(RecoveredEvolution)
def evolution_part(found: RecoveredEvolution, finding: Finding[Any]) -> list[Section]:
    """The values of the constants; beside laws that were found in the equations, which the page shows with these."""
    if finding.artifact is found:
        return []
    return [Section(equations_section(found))]


def constants(found: RecoveredEquations) -> Markup:
    """Each constant with its standard deviation, on a line as it is written; empty where there is none.

    >>> print(constants(RecoveredEvolution(("u",), ("k1*u_xx",), ("k1",), (2.03,), (0.01,))))
    <pre class="source" tabindex="0"><code>k1 = 2.03 ± 0.01</code></pre>
    """
    lines = found.constants("±")
    return source("\n".join(lines)) if lines else Markup("")


def equations_section(found: RecoveredEvolution) -> Markup:
    """Every equation typeset, then the constants with their standard deviations."""
    pairs = zip(found.fields, found.sympy(), strict=True)
    markup = [mathml_equation(sympy.Symbol(f"{field}_t"), expression) for field, expression in pairs]
    return section(
        "Equations recovered from the field",
        typeset(markup, several=len(markup) > 1),
        constants(found),
    )


@part_sections.register(Symmetries)
def symmetries_part(found: Symmetries, finding: Finding[Any]) -> list[Section]:
    """The generators, where they are not what the page is about."""
    if finding.artifact is found:
        return []
    lines = [*generator_lines(found), *algebra_lines(found)]
    return [Section(section("Point symmetries of these equations", source("\n".join(lines))))]


@shows(MeasuredField, "The field, and what is left over", place=20)
def measured_caption(measured: MeasuredField, finding: Finding[Any]) -> str:
    """What is drawn, and where nothing was fitted."""
    beyond = f"{measured.held_axis} = {measured.held_from:.4g}"
    return (
        f"{measured.describe()}, and the part of its rate that the equations do not explain, averaged over small test "
        f"functions. Beyond the dashed line, {beyond}, nothing was fitted. Structure that continues would be a missing "
        "term; grain is noise."
    )


@drawings.register(RecoveredEvolution)
def told_equations(found: RecoveredEvolution, finding: Finding[Any]) -> list[Drawing]:
    """None: the page typesets them."""
    return []
