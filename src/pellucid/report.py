"""A finding as one self-contained page: no scripts, no network, readable on paper, in the dark and on a telephone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .artifacts import Automaton, Network, Program, StateCloud, TrainingCurve
from .core import Artifact, Claim, Finding, Proved

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["report_html", "summary", "title"]

_CAPTIONS = {
    Automaton.kind: "Automaton",
    Network.kind: "Weights",
    StateCloud.kind: "Hidden states",
    TrainingCurve.kind: "Training",
}


@dataclass(frozen=True)
class Figure:
    """A drawing on the page."""

    heading: str
    caption: str
    svg: Markup


def report_html(finding: Finding[Any]) -> str:
    """The whole page: the program, every claim with its strength and evidence, the drawings, and the provenance."""
    from importlib.resources import files

    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    here = files("pellucid")
    template = environment.from_string((here / "report.html").read_text(encoding="utf-8"))
    program = finding.artifact if isinstance(finding.artifact, Program) else None
    artifacts = [a for a in (finding.artifact, *finding.parts.values()) if not isinstance(a, Program)]
    networks = [artifact for artifact in artifacts if isinstance(artifact, Network)]
    return template.render(
        title=title(finding),
        summary=summary(finding),
        style=_markup((here / "report.css").read_text(encoding="utf-8")),
        program=program,
        source=_highlighted(program.to_python()) if program else None,
        alphabet=_alphabet(program) if program else [],
        claims=[_claim(claim) for claim in finding.claims],
        figures=_figures(artifacts, program),
        network=[(network.describe(), _facts(network.shape)) for network in networks],
        provenance=_provenance(finding),
        proved=any(isinstance(claim, Proved) for claim in finding.claims),
    )


def title(finding: Finding[Any]) -> str:
    """What the finding is about, in a few words."""
    name = getattr(finding.artifact, "name", "") or finding.artifact.kind
    return name.replace("_", " ")


def summary(finding: Finding[Any]) -> str:
    """One sentence: what was opened, what was found, and how well it is known.

    >>> from pellucid.core import Provenance
    >>> summary(Finding(TrainingCurve([0], [1.0], [0.5]), (), Provenance("Training", {}, 0, "")))
    '0 steps; ended at loss 1, accuracy 50.0 %. It makes no claims.'
    """
    parts = {part.kind: part for part in finding.parts.values()}
    artifact = finding.artifact
    if not isinstance(artifact, Program):
        return f"{artifact.describe()}. {_known(finding.claims)}"
    network, automaton = parts.get(Network.kind), parts.get(Automaton.kind)
    opened = f"A network ({network.describe()})" if network else "The subject"
    lines = len([line for line in artifact.to_python().splitlines() if line.strip()])
    through = (
        f", by way of an automaton with {_count(automaton.size, 'state')}" if isinstance(automaton, Automaton) else ""
    )
    return f"{opened} became a program of {_count(lines, 'line')}{through}. {_known(finding.claims)}"


def _known(claims: Iterable[Claim]) -> str:
    counts = Counter(claim.strength for claim in claims)
    if not counts:
        return "It makes no claims."
    (first, count), *others = counts.items()
    words = [f"{_count(count, 'claim')} {'is' if count == 1 else 'are'} {first.lower()}"]
    words += [f"{count} {strength.lower()}" for strength, count in others]
    return (words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}") + "."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"


def _claim(claim: Claim) -> dict[str, str]:
    """A row of the table: the domain is told where there is one, the command where the claim can be checked again."""
    domain = getattr(claim, "domain", "")
    evidence, command = " ".join(claim.evidence.split()), getattr(claim, "command", "")
    return {
        "strength": claim.strength,
        "statement": claim.statement,
        "domain": "" if domain in claim.statement else domain,
        "evidence": evidence,
        "certificate": getattr(claim, "certificate", ""),
        "command": command if command != evidence else "",
    }


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


def _figures(artifacts: Iterable[Artifact], program: Program | None) -> list[Figure]:
    from .plot import draw, to_svg

    figures = []
    order = [Automaton.kind, StateCloud.kind, TrainingCurve.kind, Network.kind]
    drawn = sorted((a for a in artifacts if a.kind in order), key=lambda a: order.index(a.kind))
    for number, artifact in enumerate(drawn):
        svg = _inline(to_svg(draw(artifact, program)), f"f{number}-", artifact.describe())
        figures.append(Figure(_CAPTIONS[artifact.kind], _caption(artifact, program), svg))
    return figures


def _caption(artifact: Artifact, program: Program | None) -> str:
    from .plot import is_graph

    text = artifact.describe()
    if isinstance(artifact, Automaton):
        how = "An arrow reads input / output." if is_graph(artifact, program) else "Colours are the states that follow."
        return f"{text}. {how}"
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
    rows = [("Method", told.method), ("Seed", str(told.seed)), ("Subject, SHA-256", told.subject)]
    rows += [("Settings", _listed(told.settings)), ("Versions", _listed(told.versions))]
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
