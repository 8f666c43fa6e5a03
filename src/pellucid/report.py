"""A finding as one self-contained page: no scripts, no network, readable on paper, in the dark and on a telephone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .artifacts import (
    Automaton,
    Densities,
    FieldWaves,
    Formula,
    Front,
    IntegrableFamilies,
    Invariants,
    Network,
    Orbits,
    Predictions,
    Program,
    SpecialCases,
    SplineNetwork,
    StateCloud,
    Symmetries,
    TrainingCurve,
)
from .core import Artifact, Claim, Finding, Proved

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["report_html", "summary", "title"]

_CAPTIONS = {
    FieldWaves.kind: "A wave, and its integrals",
    Symmetries.kind: "Where the symmetries move points",
    IntegrableFamilies.kind: "How much each family conserves",
    Predictions.kind: "Data and formula",
    Front.kind: "Error against length",
    SplineNetwork.kind: "Spline network",
    Automaton.kind: "Automaton",
    Network.kind: "Weights",
    StateCloud.kind: "Hidden states",
    TrainingCurve.kind: "Training",
}

_TOLD = Program | Formula | Invariants | Densities | SpecialCases
"""What the page tells in its own section, not as a drawing."""
_LONGEST = 480
_COLUMN = 5.2
"""Drawings wider than this (in inches) take the whole width of the page."""


@dataclass(frozen=True)
class Figure:
    """A drawing on the page."""

    heading: str
    caption: str
    svg: Markup
    wide: bool = False


def report_html(finding: Finding[Any]) -> str:
    """The whole page: the program, every claim with its strength and evidence, the drawings, and the provenance."""
    from importlib.resources import files

    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    here = files("pellucid")
    template = environment.from_string((here / "report.html").read_text(encoding="utf-8"))
    program = finding.artifact if isinstance(finding.artifact, Program) else None
    formula = finding.artifact if isinstance(finding.artifact, Formula) else None
    laws = finding.artifact if isinstance(finding.artifact, Invariants | Densities) else None
    artifacts = [a for a in (finding.artifact, *finding.parts.values()) if not isinstance(a, _TOLD)]
    networks = [artifact for artifact in artifacts if isinstance(artifact, Network)]
    return template.render(
        title=title(finding),
        summary=summary(finding),
        style=_markup((here / "report.css").read_text(encoding="utf-8")),
        program=program,
        source=_highlighted(program.to_python()) if program else None,
        alphabet=_alphabet(program) if program else [],
        formula=_formula(formula) if formula else None,
        notes=finding.provenance.settings.get("notes", []),
        front=_front_rows(artifacts),
        laws=_laws(laws) if laws else None,
        symmetries=_symmetries(finding.artifact),
        families=_lines(finding.artifact) if isinstance(finding.artifact, IntegrableFamilies) else [],
        cases=[line for part in finding.parts.values() for line in _lines(part)],
        claims=[_claim(claim) for claim in finding.claims],
        figures=_figures(artifacts, finding.artifact),
        network=[(network.describe(), _facts(network.shape)) for network in networks],
        provenance=_provenance(finding),
        proved=any(isinstance(claim, Proved) for claim in finding.claims),
    )


def title(finding: Finding[Any]) -> str:
    """What the finding is about, in a few words."""
    name = getattr(finding.artifact, "name", "") or getattr(finding.artifact, "title", "")
    if not name and isinstance(finding.artifact, Invariants | Densities):
        return "What the equations conserve"
    if not name and isinstance(finding.artifact, Symmetries):
        return "Symmetries of the equations"
    if isinstance(finding.artifact, IntegrableFamilies):
        return "Equations that conserve much"
    name = name or finding.provenance.settings.get("table") or finding.artifact.kind
    return name.replace("_", " ")


def summary(finding: Finding[Any]) -> str:
    """One sentence: what was opened, what was found, and how well it is known.

    >>> from pellucid.core import Provenance
    >>> summary(Finding(TrainingCurve([0], [1.0], [0.5]), (), Provenance("Training", {}, 0, "")))
    '0 steps; ended at loss 1, accuracy 50.0 %. It makes no claims.'
    """
    parts = {part.kind: part for part in finding.parts.values()}
    artifact = finding.artifact
    if isinstance(artifact, Formula):
        return _formula_summary(artifact, finding)
    if isinstance(artifact, Invariants | Densities):
        return _laws_summary(artifact, finding)
    if isinstance(artifact, Symmetries):
        what = _count(artifact.dimension, "point symmetry", "point symmetries")
        equations = len(artifact.variables)
        have = f"{_count(equations, 'equation')} {'has' if equations == 1 else 'have'}"
        return f"{have} {what} up to degree {artifact.degree}. {_known(finding.claims)}"
    if not isinstance(artifact, Program):
        return f"{artifact.describe()}. {_known(finding.claims)}"
    network, automaton = parts.get(Network.kind), parts.get(Automaton.kind)
    opened = f"A network ({network.describe()})" if network else "The subject"
    lines = len([line for line in artifact.to_python().splitlines() if line.strip()])
    through = (
        f", by way of an automaton with {_count(automaton.size, 'state')}" if isinstance(automaton, Automaton) else ""
    )
    return f"{opened} became a program of {_count(lines, 'line')}{through}. {_known(finding.claims)}"


def _formula_summary(formula: Formula, finding: Finding[Any]) -> str:
    from .artifacts.readable import readable

    rows = finding.provenance.settings.get("rows")
    features = _count(len(formula.names), "feature")
    table = f"A table of {rows:,} rows and {features}" if rows else f"A table of {features}"
    return f"{table} became {readable(formula)}. {_known(finding.claims)}"


def _laws_summary(found: Invariants | Densities, finding: Finding[Any]) -> str:
    if isinstance(found, Invariants):
        equations, laws = len(found.variables), _count(len(found.expressions), "independent invariant")
    else:
        equations, laws = len(found.fields), _count(found.dimension, "conserved density", "conserved densities")
    what = f"{_count(equations, 'equation')} {'has' if equations == 1 else 'have'}"
    return f"{what} {laws} up to degree {found.degree}. {_known(finding.claims)}"


def _known(claims: Iterable[Claim]) -> str:
    counts = Counter(claim.strength for claim in claims)
    if not counts:
        return "It makes no claims."
    (first, count), *others = counts.items()
    words = [f"{_count(count, 'claim')} {'is' if count == 1 else 'are'} {first.lower()}"]
    words += [f"{count} {strength.lower()}" for strength, count in others]
    return (words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}") + "."


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun}" if number == 1 else f"{number:,} {plural or noun + 's'}"


def _claim(claim: Claim) -> dict[str, str]:
    """A row of the table: the domain is told where there is one, the command where the claim can be checked again."""
    domain = getattr(claim, "domain", "")
    evidence, command = " ".join(claim.evidence.split()), getattr(claim, "command", "")
    return {
        "strength": claim.strength,
        "statement": _cut(claim.statement),
        "domain": "" if domain in claim.statement else domain,
        "evidence": evidence,
        "certificate": getattr(claim, "certificate", ""),
        "command": command if command != evidence else "",
    }


def _cut(text: str) -> str:
    """A statement without its middle, where that is very long; finding.json holds all of it."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2].rstrip()} … {text[-_LONGEST // 4 :].lstrip()}"


def _alphabet(program: Program) -> list[tuple[str, str]]:
    """What each input may be, and what the outputs are called."""
    rows = []
    for given in program.inputs:
        words = [f"{given.low + i} is {symbol}" for i, symbol in enumerate(given.symbols)]
        rows.append(
            (f"input {given.name}", f"{given.low} to {given.high}" + (f": {', '.join(words)}" if words else ""))
        )
    if program.output_symbols:
        rows.append(("output", ", ".join(f"{i} is {symbol}" for i, symbol in enumerate(program.output_symbols))))
    return rows


def _formula(formula: Formula) -> dict[str, Any]:
    """The formula typeset, as a line of Python, and the ranges that it was seen in."""
    from .artifacts.mathml import mathml

    box = zip(formula.names, formula.box, strict=False)
    return {
        "markup": _markup(mathml(formula)),
        "text": formula.describe(),
        "ranges": [(name, f"{low:.6g} to {high:.6g}") for name, (low, high) in box],
    }


def _laws(found: Invariants | Densities) -> dict[str, Any]:
    """The equations as they were written, each law typeset, and what their counts mean."""
    import sympy

    from .artifacts.law_text import counts, dependent_lines, equation_lines
    from .artifacts.mathml import mathml_equation

    if isinstance(found, Invariants):
        heading, named = "Conserved quantities", [*zip(found.names(), found.sympy(), strict=True)]
    else:
        heading, pairs = "Conserved densities and their fluxes", zip(found.names(), found.sympy(), strict=True)
        named = [(name, e) for names, laws in pairs for name, e in zip(names, laws, strict=True) if e is not None]
    return {
        "heading": heading,
        "equations": equation_lines(found, most=40),
        "markup": [_markup(mathml_equation(sympy.Symbol(name), expression)) for name, expression in named],
        "counts": counts(found),
        "dependent": dependent_lines(found),
    }


def _lines(part: Artifact) -> list[str]:
    from .artifacts.law_text import case_lines
    from .artifacts.symmetry_text import family_lines

    if isinstance(part, IntegrableFamilies):
        return family_lines(part)
    return case_lines(part) if isinstance(part, SpecialCases) else []


def _symmetries(found: Artifact) -> dict[str, Any] | None:
    """The equations, the generators typeset, what they are called, and their commutators."""
    import sympy

    from .artifacts.mathml import mathml_equation
    from .artifacts.symmetry_text import algebra_lines, equation_lines_of, generator_expressions

    if not isinstance(found, Symmetries):
        return None
    rows = [
        (_markup(mathml_equation(sympy.Symbol(f"X{i + 1}"), e)), name)
        for i, (e, name) in enumerate(
            zip(generator_expressions(found), found.names or ("",) * len(found.generators), strict=True)
        )
    ]
    return {"equations": equation_lines_of(found), "generators": rows, "algebra": algebra_lines(found)}


def _front_rows(artifacts: Iterable[Artifact]) -> list[dict[str, Any]]:
    """The formulas of the front, numbered as they are in its drawing."""
    from .artifacts.readable import readable

    return [
        {"text": readable(formula), "bits": f"{bits:.0f}", "error": f"{error:.2g}", "chosen": i == front.chosen}
        for front in artifacts
        if isinstance(front, Front)
        for i, (formula, error, bits) in enumerate(zip(front.formulas, front.errors, front.bits, strict=True))
    ]


def _figures(artifacts: Iterable[Artifact], found: Artifact) -> list[Figure]:
    from .plot import draw, to_svg
    from .plot.trajectories import trajectory_figures

    figures = []
    order = [Predictions.kind, Front.kind, Automaton.kind, StateCloud.kind, TrainingCurve.kind, Network.kind]
    order += [SplineNetwork.kind, FieldWaves.kind, Symmetries.kind, IntegrableFamilies.kind]
    drawn = sorted((a for a in artifacts if a.kind in order), key=lambda a: order.index(a.kind))
    for number, artifact in enumerate(drawn):
        drawing = draw(artifact, found)
        svg = _inline(to_svg(drawing), f"f{number}-", artifact.describe())
        wide = drawing.get_figwidth() > _COLUMN
        figures.append(Figure(_CAPTIONS[artifact.kind], _caption(artifact, found), svg, wide))
    for number, (heading, caption, drawing) in enumerate(trajectory_figures(artifacts, found)):
        figures.append(Figure(heading, caption, _inline(to_svg(drawing), f"t{number}-", caption)))
    return [*_orbit_figures(artifacts, found), *figures]


def _orbit_figures(artifacts: Iterable[Artifact], found: Artifact) -> list[Figure]:
    """The orbits, coloured by each invariant, and how little each of them changes along them."""
    from .plot import MOST_PORTRAITS, draw_drift, draw_orbits, to_svg

    figures = []
    for orbits in artifacts:
        if not isinstance(orbits, Orbits) or not isinstance(found, Invariants) or not len(orbits):
            continue
        names, many = found.names(), len(found.expressions) > MOST_PORTRAITS
        for i in range(min(len(names), MOST_PORTRAITS)) if names else [0]:
            drawing = _inline(to_svg(draw_orbits(orbits, found, i)), f"o{i}-", f"orbits coloured by {names[i : i + 1]}")
            coloured = f"Orbits, coloured by {names[i]}: one colour each" if names else "Orbits from random states"
            rest = (
                f"; the other {len(names) - MOST_PORTRAITS} are not drawn" if many and i == MOST_PORTRAITS - 1 else ""
            )
            figures.append(Figure(f"{names[i]} along orbits" if names else "Orbits", f"{coloured}{rest}.", drawing))
        if names:
            caption = f"{orbits.describe().split(',')[0]} from random states. Over time, how far each has moved"
            drawing = _inline(to_svg(draw_drift(orbits, found)), "drift-", "change of the invariants along orbits")
            figures.append(Figure("Drift", f"{caption}: what is left is the error of the integration.", drawing))
    return figures


def _caption(artifact: Artifact, found: Artifact) -> str:
    from .plot import is_graph

    text = artifact.describe()
    if isinstance(artifact, Automaton):
        graph = is_graph(artifact, found if isinstance(found, Program) else None)
        how = "An arrow reads input / output." if graph else "Colours are the states that follow."
        return f"{text}. {how}"
    if isinstance(artifact, Predictions):
        return f"{text}. Below, what the formula leaves over."
    if isinstance(artifact, Front):
        return f"{text}; the filled one has the shortest description of formula and data together."
    if isinstance(artifact, SplineNetwork):
        over = "; dashed, what the formula has there" if artifact.edges else ""
        return f"{text[:1].upper()}{text[1:]}. Each box is an edge's function{over}."
    if isinstance(artifact, FieldWaves):
        return f"{text}. What is left of the integrals' motion is the error of the integration."
    if isinstance(artifact, Symmetries):
        return "Each generator as a flow; coordinates that are not drawn, and parameters, are 1."
    if isinstance(artifact, IntegrableFamilies):
        return "Filled: the literature has a name for the family, or for members of it."
    if isinstance(artifact, Network):
        return f"{text}. Each square is a weight: purple positive, orange negative."
    return f"{text}."


def _inline(svg: str, prefix: str, description: str) -> Markup:
    """SVG text for the middle of a page: scaled by the page, in its ink, with identifiers of its own."""
    from markupsafe import escape

    from .plot import INK, PAPER

    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\b(id="|xlink:href="#|url\(#)', rf"\g<1>{prefix}", svg)
    width = re.search(r'\bwidth="([\d.]+)pt"', svg)
    pixels = round(float(width[1]) * 4 / 3) if width else 600
    svg = re.sub(r'\s(width|height)="[\d.]+pt"', "", svg, count=2)
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{escape(description)}" style="width: {pixels}px"', 1)
    return _markup(svg.replace(INK, "currentColor").replace(PAPER, "var(--paper)"))


def _highlighted(source: str) -> Markup:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return _markup(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)))


def _markup(text: str) -> Markup:
    from markupsafe import Markup

    return Markup(text)


def _provenance(finding: Finding[Any]) -> list[tuple[str, str]]:
    told = finding.provenance
    method = f"{told.method}, {told.route}" if told.route else told.method
    rows = [("Method", method), ("Seed", str(told.seed)), ("Subject, SHA-256", told.subject)]
    settings = {
        name: value for name, value in told.settings.items() if name not in ("table", "rows", "notes", "system")
    }
    rows += [("Settings", _listed(settings)), ("Versions", _listed(told.versions))]
    if told.seconds:
        rows.append(("Time", ", ".join(f"{name} {seconds:.1f} s" for name, seconds in told.seconds.items())))
    return [(name, value) for name, value in rows if value]


def _listed(mapping: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in _facts(mapping))


def _facts(mapping: Any) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), _value(value)) for name, value in dict(mapping).items()]


def _value(value: Any) -> str:
    """A setting in words: settings within settings as Name(field=value, ...)."""
    if isinstance(value, dict):
        inner = ", ".join(f"{name}={_value(v)}" for name, v in value.items() if name != "name")
        return f"{value.get('name', '')}({inner})"
    return f"[{', '.join(map(_value, value))}]" if isinstance(value, list | tuple) else str(value)
