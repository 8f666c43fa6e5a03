"""Annotated programs: the source with every added hint marked, and who proposed it."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from ..artifacts.programs.annotated_program import AnnotatedProgram
from ..artifacts.programs.python_functions import PythonFunctions
from ..core import Finding
from ..core.claim import Refuted
from .html import facts, section, source
from .pieces import Drawing, counted, drawings, sections, summary_of


@summary_of.register(AnnotatedProgram)
def annotated_summary(program: AnnotatedProgram, finding: Finding[Any]) -> str:
    """What was asked, and what was added."""
    changed = next((claim for claim in finding.claims if isinstance(claim, Refuted)), None)
    if changed is not None:
        return f"The answer to {program.name} is not the given file with hints: {changed.counterexample}."
    if any(claim.key == "verified" for claim in finding.claims):
        return f"Dafny does not verify {program.name}, with any hint that was tried."
    if not program.hints:
        return f"Dafny verifies {program.name} as it stands."
    return f"Dafny verifies {program.name} with {counted(len(program.hints), 'hint')} that were found for it."


@sections.register(AnnotatedProgram)
def annotated_sections(program: AnnotatedProgram, finding: Finding[Any]) -> list[Markup]:
    """The source, hints marked."""
    families = [(hint.text, hint.family.replace("_", " ")) for hint in program.hints]
    return [section("Program", source(marked(program)), facts(families))]


@summary_of.register(PythonFunctions)
def python_summary(program: PythonFunctions, finding: Finding[Any]) -> str:
    """What became of the contracts."""
    broken = next((claim for claim in finding.claims if isinstance(claim, Refuted)), None)
    if broken is not None:
        return f"A function of {program.name} breaks its contract: {broken.counterexample}."
    if any(claim.key == "verified" for claim in finding.claims):
        return (
            f"Runs of {program.name} break no contract, but Dafny does not verify its translation, with any hint tried."
        )
    added = f" with {counted(len(program.hints), 'hint')} found for it" if program.hints else ""
    return f"Every function of {program.name} meets its contract: Dafny verifies the translation{added}."


@sections.register(PythonFunctions)
def python_sections(program: PythonFunctions, finding: Finding[Any]) -> list[Markup]:
    """The Python source, and its translation with the hints marked."""
    families = [(hint.text, hint.family.replace("_", " ")) for hint in program.hints]
    translation = section("Translation into Dafny", source(marked(program)), facts(families))
    return [section("Functions", source(escape(program.source))), translation]


def marked(program: AnnotatedProgram | PythonFunctions) -> Markup:
    """The annotated source; a line that was added stands out.

    >>> from pellucid.artifacts.programs.annotated_program import AddedHint
    >>> print(marked(AnnotatedProgram("p", "", "a < b\\n  assert c;", (AddedHint("assert c;", "slices"),))))
    a &lt; b
    <mark>  assert c;</mark>
    """
    added = {hint.text for hint in program.hints}
    return Markup("\n").join(
        Markup("<mark>{}</mark>").format(line) if line.strip() in added else escape(line)
        for line in program.text.splitlines()
    )


@drawings.register(PythonFunctions)
@drawings.register(AnnotatedProgram)
def annotated_drawings(program: AnnotatedProgram | PythonFunctions, finding: Finding[Any]) -> list[Drawing]:
    """None: the page shows the source as text."""
    return []
