"""Programs: the source with its alphabet, and the network, states and automaton that it was read off."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts import Automaton, Network, Program, StateCloud, TrainingCurve
from ..core import Finding
from .html import facts, highlighted, section, source
from .pieces import Drawing, counted, described, drawings, facts_of, parts_of, remarks, sections, shows, summary_of
from .settings_text import setting_rows


@summary_of.register(Program)
def program_summary(program: Program, finding: Finding[Any]) -> str:
    """How long the program is, and what it was made of."""
    network, automaton = next(parts_of(finding, Network), None), next(parts_of(finding, Automaton), None)
    if finding.provenance.method.endswith("FiniteProgram"):
        said = next((claim for claim in finding.claims if claim.key in ("program", "agreement")), None)
        how = f" ({said.evidence})" if said else ""
        rule = next(
            (f" That it follows a rule is undecided: {c.evidence}." for c in finding.claims if c.key == "rule"), ""
        )
        return f"{program.description[:1].upper()}{program.description[1:]}, as a program{how}.{rule}"
    opened = f"A network ({network.describe()})" if network else "The subject"
    lines = len([line for line in program.to_python().splitlines() if line.strip()])
    through = f", by way of an automaton with {counted(automaton.size, 'state')}" if automaton else ""
    return f"{opened} became a program of {counted(lines, 'line')}{through}."


@remarks.register(Program)
def program_remarks(program: Program, finding: Finding[Any]) -> list[str]:
    """What the job noted about the circuit."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(Program)
def program_sections(program: Program, finding: Finding[Any]) -> list[Markup]:
    """The source, and what each input may be."""
    return [section("Program", source(highlighted(program.to_python())), facts(alphabet(program)))]


def alphabet(program: Program) -> list[tuple[str, str]]:
    """What each input may be, and what the outputs are called.

    >>> from pellucid.artifacts import Input, Number
    >>> alphabet(Program((Input("x", 0, 1, ("no", "yes")),), (), (Number(0),)))
    [('input x', '0 to 1: 0 is no, 1 is yes')]
    """
    rows = []
    for given in program.inputs:
        words = ", ".join(f"{given.low + i} is {symbol}" for i, symbol in enumerate(given.symbols))
        rows.append((f"input {given.name}", f"{given.low} to {given.high}" + (f": {words}" if words else "")))
    if program.output_symbols:
        rows.append(("output", ", ".join(f"{i} is {symbol}" for i, symbol in enumerate(program.output_symbols))))
    return rows


@drawings.register(Program)
def program_drawings(program: Program, finding: Finding[Any]) -> list[Drawing]:
    """None: the page shows the source as text."""
    return []


@shows(Automaton, "Automaton", place=3)
def automaton_caption(automaton: Automaton, finding: Finding[Any]) -> str:
    """What arrows or colours mean."""
    from ..plot import is_graph

    graph = is_graph(automaton, finding.artifact if isinstance(finding.artifact, Program) else None)
    return f"{automaton.describe()}. " + (
        "An arrow reads input / output." if graph else "Colours are the states that follow."
    )


shows(StateCloud, "Hidden states", place=4)(described)
shows(TrainingCurve, "Training", place=5)(described)


@shows(Network, "Weights", place=6)
def network_caption(network: Network, finding: Finding[Any]) -> str:
    """What the colours mean."""
    return f"{network.describe()}. Each square is a weight: purple positive, orange negative."


@facts_of.register(Network)
def network_facts(network: Network, finding: Finding[Any]) -> list[tuple[str, str]]:
    """Its size and shape."""
    shape = ", ".join(f"{name} {value}" for name, value in setting_rows(network.shape))
    return [("Network", network.describe() + (f": {shape}" if shape else ""))]
