"""A finding in one sentence, and what its page is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..artifacts import (
    Automaton,
    Densities,
    Formula,
    IntegrableFamilies,
    Invariants,
    Network,
    Program,
    Symmetries,
)
from ..core import Claim, Finding
from .look_summary import LOOK, look_summary, look_title

__all__ = ["summary", "title"]


def title(finding: Finding[Any]) -> str:
    """What the finding is about, in a few words."""
    if isinstance(finding.artifact, LOOK):
        return look_title(finding)
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

    >>> from pellucid.artifacts import TrainingCurve
    >>> from pellucid.core import Provenance
    >>> summary(Finding(TrainingCurve([0], [1.0], [0.5]), (), Provenance("Training", {}, 0, "")))
    '0 steps; ended at loss 1, accuracy 50.0 %. It makes no claims.'
    """
    parts = {part.kind: part for part in finding.parts.values()}
    artifact = finding.artifact
    if isinstance(artifact, Formula):
        return _formula_summary(artifact, finding)
    if isinstance(artifact, LOOK):
        return f"{look_summary(finding)} {_known(finding.claims)}"
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
    from ..artifacts.formulas.readable import readable

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
