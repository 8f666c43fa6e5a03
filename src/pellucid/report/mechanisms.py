"""Mechanisms: the verdict, the table of circles or irreps, and the formula."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts.mechanisms.mechanism import Mechanism
from ..artifacts.mechanisms.mechanism_text import headings, part_rows
from ..core import Finding
from .html import section, source, table
from .pieces import name_of, sections, shows, summary_of, title_of

MEANINGS = {
    "clock": "A clock multiplies the points of both symbols on each circle, which adds their angles.",
    "pizza": "A pizza adds the embeddings of both symbols, and reads the angle of the sum, up to its sign.",
    "mixed": "Some of its circles are clocks, others pizzas.",
    "characters": "Its logits are characters of a b c^-1: it compares the product with each answer.",
    "cosets": "Its logits depend on a b c^-1, but not on its conjugacy class alone, as circuits of cosets do.",
    "none of these": "No algorithm known here accounts for it.",
}


@title_of.register(Mechanism)
def mechanism_title(found: Mechanism, finding: Finding[Any]) -> str:
    """The network's name, where it has one."""
    return name_of(found, finding, "A network on pairs of symbols")


@summary_of.register(Mechanism)
def mechanism_summary(found: Mechanism, finding: Finding[Any]) -> str:
    """The verdict, and what the word means."""
    said = found.describe()
    return f"{said[:1].upper()}{said[1:]}. {MEANINGS[found.verdict]}"


@sections.register(Mechanism)
def mechanism_sections(found: Mechanism, finding: Finding[Any]) -> list[Markup]:
    """The parts, each by itself, and the formula."""
    named = "Circles, each by itself" if headings(found)[0] == "circle" else "Irreducible representations in the logits"
    parts = section(named, table("front", headings(found), part_rows(found))) if found.parts else Markup("")
    formula = section("The logits as a formula", source(found.formula(most=40), wrapped=True))
    return [parts, formula if found.has_formula else Markup("")]


@shows(Mechanism, "Answers and amplitudes", place=5)
def mechanism_caption(found: Mechanism, finding: Finding[Any]) -> str:
    """What the panels show."""
    first = "Left: the answer to every pair, as shades."
    below = " Below: symbols on the circles of the embeddings, coloured by the element they stand for."
    if found.frequencies:
        return (
            f"{first} Right: the amplitude of each frequency f against f (a - b): level for a clock, |cos| for "
            "a pizza by itself, whose blind spot is where it is 0; a circle of twice the frequency fills it."
            f"{below if found.points else ''}"
        )
    return (
        f"{first} Right: the formula's logit of each element a b c^-1; the identity's, orange, is the right answer's."
        if found.values
        else first
    )
